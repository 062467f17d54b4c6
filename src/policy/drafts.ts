import { PortcullisError } from '../domain/errors.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import { principalIdOf } from '../domain/principal.ts';
import type { Now } from '../domain/units.ts';
import type { DraftFlip, DraftStore, StoredDraft } from './draft-store.ts';
import { invalid } from './policies.ts';
import type { PolicyStore, StoredPolicy } from './policy-store.ts';
import { draftedPolicy, type Shadow } from './shadow.ts';

/** Flips that one report lists. All of them are counted. */
const flipsShownMax = 1_000;

/** A draft, and the policy that it would change today. */
export interface DraftToday {
  readonly draft: StoredDraft;
  readonly stored: StoredPolicy;
  /** Why it cannot be applied to the policy of today. Empty: it can. */
  readonly problems: readonly string[];
}

/** What a draft would have decided differently since it was set. */
export interface DraftReport extends DraftToday {
  readonly flips: readonly DraftFlip[];
  /** Entries of the log that are not judged yet, since the draft cannot be applied. */
  readonly behind: number;
}

/** The draft of a workspace: a policy that is tried beside the one that decides. */
export interface Drafts {
  /** Throws `not_found`. */
  read(workspaceId: WorkspaceId): Promise<DraftToday>;
  /** Sets a draft, and begins to watch anew. Throws `policy_invalid` with everything that is wrong with it. */
  set(context: CommandContext, workspaceId: WorkspaceId, document: unknown): Promise<DraftToday>;
  /** Throws `not_found`. */
  remove(context: CommandContext, workspaceId: WorkspaceId): Promise<void>;
  /** Judges the calls that are not judged yet, and reports all results. Throws `not_found`. */
  report(workspaceId: WorkspaceId): Promise<DraftReport>;
}

export function createDrafts(parts: {
  readonly drafts: DraftStore;
  readonly store: Pick<PolicyStore, 'read'>;
  readonly shadow: Pick<Shadow, 'catchUp'>;
  readonly now: Now;
}): Drafts {
  const { drafts, store, shadow, now } = parts;

  async function today(workspaceId: WorkspaceId, draft: StoredDraft | null): Promise<DraftToday> {
    if (draft === null) throw new PortcullisError('not_found', 'There is no draft.');
    const stored = await store.read(workspaceId);
    const drafted = draftedPolicy(draft, stored);
    return { draft, stored, problems: 'problems' in drafted ? drafted.problems : [] };
  }

  return {
    read: async workspaceId => today(workspaceId, await drafts.read(workspaceId)),

    async set(context, workspaceId, document) {
      const stored = await store.read(workspaceId);
      const madeOn = stored.policy.revision;
      const draft = { document, madeOn, author: principalIdOf(context.caller), setAt: now() };
      const drafted = draftedPolicy({ ...draft, ...notYet }, stored);
      if ('problems' in drafted) throw invalid(drafted.problems);
      return today(workspaceId, await drafts.set(workspaceId, draft, told('policy.draft_set', context, workspaceId)));
    },

    async remove(context, workspaceId) {
      const removed = await drafts.remove(workspaceId, told('policy.draft_removed', context, workspaceId));
      if (!removed) throw new PortcullisError('not_found', 'There is no draft.');
    },

    async report(workspaceId) {
      const found = await today(workspaceId, await shadow.catchUp(workspaceId));
      const flips = await drafts.flips(workspaceId, flipsShownMax);
      if (found.problems.length === 0) return { ...found, flips, behind: 0 };
      const { size } = await drafts.entries(workspaceId, found.draft.watched, 0);
      return { ...found, flips, behind: size - found.draft.watched };
    },
  };
}

const notYet = { revision: 0, watched: 0, counts: { calls: 0, skipped: 0, lost: 0, gained: 0 } };

function told(
  name: 'policy.draft_set' | 'policy.draft_removed',
  { caller, clientAddress, requestId }: CommandContext,
  workspaceId: WorkspaceId,
) {
  const about = { workspaceId, principalId: principalIdOf(caller), clientAddress, requestId };
  return { name, ...about, result: 'success', detail: {} } as const;
}
