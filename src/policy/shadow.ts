import type { WorkspaceId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { PolicyAnalysis } from './analysis.ts';
import { applyProposal } from './apply-proposal.ts';
import { readDocument } from './document.ts';
import type { DraftFlip, DraftStore, StoredDraft } from './draft-store.ts';
import type { RecordedCall } from './past-calls.ts';
import type { FlippedCall } from './policies.ts';
import type { PolicyStore, StoredPolicy } from './policy-store.ts';
import type { PlacePast } from './read-past.ts';

/** Entries of the log that are judged at a time. */
const atOnce = 2_000;

/** The policy that a draft makes of the current one, or why that is no longer possible. */
export type DraftedPolicy = { readonly policy: Policy } | { readonly problems: readonly string[] };

/** Judges the calls since a draft was set, under the draft too. It stands beside the path, and answers no caller. */
export interface Shadow {
  /** Goes on to the end of the log, and returns the draft after that. Null: there is no draft. */
  catchUp(workspaceId: WorkspaceId): Promise<StoredDraft | null>;
  /** The same for every workspace with a draft. If one fails, the others go on. */
  round(): Promise<void>;
}

export function createShadow(parts: {
  readonly drafts: DraftStore;
  readonly store: Pick<PolicyStore, 'read'>;
  readonly analysis: Pick<PolicyAnalysis, 'replay'>;
  /** The calls to Notion in an entry of the log. */
  readonly callsIn: (entry: string) => readonly RecordedCall[];
  readonly placePast: PlacePast;
  readonly onError: (error: unknown, workspaceId: WorkspaceId) => void;
}): Shadow {
  const { drafts, store, analysis, callsIn, placePast, onError } = parts;

  async function catchUp(workspaceId: WorkspaceId): Promise<StoredDraft | null> {
    for (;;) {
      const draft = await drafts.read(workspaceId);
      if (draft === null) return null;
      const { entries, next } = await drafts.entries(workspaceId, draft.watched, atOnce);
      if (next === draft.watched) return draft;
      // What cannot be applied is waited for: the draft is changed, or the policy is, and then these calls are judged.
      const stored = await store.read(workspaceId);
      const drafted = draftedPolicy(draft, stored);
      if ('problems' in drafted) return draft;
      const since = entries.flatMap(callsIn).filter(({ time }) => time >= draft.setAt);
      const { placed, skipped } = await placePast(workspaceId, since, stored.policy.members, null);
      const flips = await analysis.replay(drafted.policy, placed);
      const lost = flips.filter(({ now }) => now.effect === 'deny').length;
      const counts = { calls: placed.length, skipped, lost, gained: flips.length - lost };
      const found = { ...counts, flips: counted(flips), revision: draft.revision, from: draft.watched, next };
      await drafts.add(workspaceId, found);
    }
  }

  return {
    catchUp,
    async round() {
      for (const workspaceId of await drafts.behind()) {
        await catchUp(workspaceId).catch(error => onError(error, workspaceId));
      }
    },
  };
}

/** Applies a draft to the policy as it is now. */
export function draftedPolicy({ document, author, setAt }: StoredDraft, stored: StoredPolicy): DraftedPolicy {
  const read = readDocument(document);
  if ('problems' in read) return read;
  const proposal = { kind: 'replace', document: read.document } as const;
  return applyProposal(stored.policy, proposal, { members: stored.members, author, at: setAt });
}

/** Calls that differ in their time only, as one. */
function counted(flips: readonly FlippedCall[]): DraftFlip[] {
  const found = new Map<string, DraftFlip>();
  for (const { call, now, by } of flips) {
    const { principal, operation, objects, time, decision } = call.recorded;
    const { kind = 'workspace', id = null, action = '' } = objects[by] ?? {};
    const of = { principal, operation, object: { kind, id }, action, becomes: now.effect, because: now.because };
    const key = JSON.stringify(of);
    const known = found.get(key);
    const first = known === undefined || time < known.first ? time : known.first;
    const isLast = known === undefined || time >= known.last;
    const last = isLast ? { last: time, decision } : { last: known.last, decision: known.decision };
    found.set(key, { ...of, calls: (known?.calls ?? 0) + 1, first, ...last });
  }
  return [...found.values()];
}
