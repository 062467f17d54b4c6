import type { Action } from '../domain/action.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { GrantId, WorkspaceId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { Policy } from '../domain/policy.ts';
import type { PolicyProposal, Proposals } from '../domain/policy-proposal.ts';
import type { Judgement } from '../domain/policy-snapshot.ts';
import { type Caller, principalIdOf } from '../domain/principal.ts';
import type { CompilePolicy } from '../domain/rights.ts';
import type { Now } from '../domain/units.ts';
import type { Comparison, PolicyAnalysis } from './analysis.ts';
import { type Applied, applyProposal, type ProposalContext } from './apply-proposal.ts';
import { type CheckPolicy, type FailedCheck, sayFailed } from './check-policy.ts';
import { describeChange } from './describe-change.ts';
import { readDocument } from './document.ts';
import type { DraftStore } from './draft-store.ts';
import type { PlacedCall } from './past-calls.ts';
import type { PolicyChecks, PolicyStore, StoredPolicy } from './policy-store.ts';
import type { ReadPast } from './read-past.ts';
import { type ToldChange, tellChanges } from './tell-changes.ts';

export interface PolicyParts {
  readonly cedarOf: Policies['cedarOf'];
  readonly store: PolicyStore;
  readonly drafts: Pick<DraftStore, 'read'>;
  /** What a change gives to a principal although its author may not give it (rule 8). */
  readonly beyond: (
    workspaceId: WorkspaceId,
    before: Policy,
    after: Policy,
    author: Caller,
    at: Date,
  ) => Promise<readonly Action[]>;
  readonly check: CheckPolicy;
  readonly compile: CompilePolicy;
  readonly readPast: ReadPast;
  readonly analysis: PolicyAnalysis;
  readonly now: Now;
}

export interface Policies extends Proposals {
  /** The policy in the Cedar language, and the schema that it is valid under: for an independent opinion. */
  cedarOf(policy: Policy): { readonly policies: string; readonly schema: string };
  /** What a role allows under this policy. */
  actionsOf(policy: Policy, role: string): ReadonlySet<Action>;
  read(workspaceId: WorkspaceId): Promise<StoredPolicy>;
  /** What a change would do, without doing it. Throws `policy_invalid` with everything that is wrong with it. */
  plan(context: CommandContext, workspaceId: WorkspaceId, proposal: PolicyProposal): Promise<PolicyPlan>;
  /**
   * Calls of a time that a change would decide differently. Conditions are judged at the time of each call (`then`) or now.
   */
  simulate(
    context: CommandContext,
    workspaceId: WorkspaceId,
    proposal: PolicyProposal,
    time: { readonly since: Date; readonly until: Date; readonly as: 'then' | 'now' },
  ): Promise<Simulated>;
  /**
   * Makes a change. Throws `validation_error` with everything that is wrong with it, `conflict` where an invariant or a test
   * of the policy fails, `policy_changed` where the author may not make it any more.
   *
   * @param expected the revision that the author has seen; another one now is a `conflict`
   */
  change(
    context: CommandContext,
    workspaceId: WorkspaceId,
    proposal: PolicyProposal,
    expected?: number,
  ): Promise<StoredPolicy>;
}

/** A call that a draft would decide differently. */
export interface FlippedCall {
  readonly call: PlacedCall;
  readonly now: Judgement;
  /** Which of its demands decides that. */
  readonly by: number;
}

/** What a simulation found, in the names of the draft's workspace. */
export interface Simulated {
  readonly stored: StoredPolicy;
  /** Calls that were judged again. */
  readonly calls: number;
  readonly flips: readonly FlippedCall[];
  /** Calls that the policy did not decide, or whose objects are no longer known. */
  readonly skipped: number;
  /** The log of that time was looked through to its beginning. */
  readonly complete: boolean;
}

/** Calls that one simulation judges at most. */
const simulatedMax = 20_000;

/** What a change would do. */
export interface PolicyPlan extends Comparison {
  readonly stored: StoredPolicy;
  readonly after: Policy;
  readonly changes: readonly ToldChange[];
  /** The part of it that the author may not give (rule 8). Empty: the author may make the change. */
  readonly beyond: readonly Action[];
  /** Invariants and tests that would fail. */
  readonly failed: readonly string[];
}

/** Changes of policies: each is one revision, and one commit with its entry in the log. */
export function createPolicies(parts: PolicyParts): Policies {
  const { store, drafts, cedarOf, beyond, check, compile, readPast, analysis, now } = parts;

  /** What a proposal would make of a policy; a draft is read from where it is kept. Null: that is gone. */
  async function apply(
    workspaceId: WorkspaceId,
    proposal: PolicyProposal,
    before: Policy,
    context: ProposalContext,
  ): Promise<(Applied & { readonly checks: PolicyChecks | null }) | null> {
    if (proposal.kind !== 'promote_draft')
      return { ...applyProposal(before, proposal, context), checks: checksOf(proposal) };
    const draft = await drafts.read(workspaceId);
    if (draft?.revision !== proposal.draft) return null;
    const read = readDocument(draft.document);
    if ('problems' in read) return { ...read, checks: null };
    return apply(workspaceId, { kind: 'replace', document: read.document }, before, context);
  }

  /** The same. Throws `policy_invalid` with every problem, `conflict` if the draft is gone. */
  async function applied(...[workspaceId, proposal, before, context]: Parameters<typeof apply>) {
    const found = await apply(workspaceId, proposal, before, context);
    if (found === null) throw new PortcullisError('conflict', 'The draft has been changed or removed.');
    if ('problems' in found) throw invalid(found.problems);
    return found;
  }

  return {
    actionsOf: (policy, role) => compile(policy).ofRole(role),
    cedarOf,
    read: workspaceId => store.read(workspaceId),

    async outcome(workspaceId, before, proposal, author) {
      const { members } = await store.read(workspaceId);
      const found = await apply(workspaceId, proposal, before, { members, author, at: now() });
      return found !== null && 'policy' in found ? found.policy : null;
    },

    async plan(context, workspaceId, proposal) {
      const stored = await store.read(workspaceId);
      requireExisting(stored, proposal);
      const { policy: before, members } = stored;
      const author = principalIdOf(context.caller);
      const made = await applied(workspaceId, proposal, before, { members, author, at: now() });
      const after = made.policy;
      const checks = made.checks ?? stored.checks;
      return {
        stored,
        after,
        changes: tellChanges(stored, after, checks),
        ...(await analysis.compare(workspaceId, before, after, now())),
        beyond: await beyond(workspaceId, before, after, context.caller, now()),
        failed: (await check(workspaceId, after, members, checks, now())).map(sayFailed),
      };
    },

    async simulate(context, workspaceId, proposal, { since, until, as }) {
      const stored = await store.read(workspaceId);
      const at = now();
      const { policy: before, members } = stored;
      const author = principalIdOf(context.caller);
      const made = await applied(workspaceId, proposal, before, { members, author, at });
      const time = { since, until, of: 'notion' } as const;
      const past = await readPast(workspaceId, time, simulatedMax, before.members, as === 'now' ? at : null);
      const { placed, skipped, complete } = past;
      const flips = await analysis.replay(made.policy, placed);
      return { stored, calls: placed.length, flips, skipped, complete };
    },

    change: (context, workspaceId, proposal, expected) =>
      store.change(workspaceId, async stored => {
        if (expected !== undefined && expected !== stored.policy.revision) throw revisionMoved(stored.policy.revision);
        requireExisting(stored, proposal);
        const { policy: before, members } = stored;
        const author = principalIdOf(context.caller);
        const made = await applied(workspaceId, proposal, before, { members, author, at: now() });
        const after = made.policy;
        const missing = await beyond(workspaceId, before, after, context.caller, now());
        if (missing.length > 0) throw new PortcullisError('policy_changed');
        const checks = made.checks ?? stored.checks;
        const failed = await check(workspaceId, after, members, checks, now());
        if (failed.length > 0) throw refused(failed);
        const promotes = proposal.kind === 'promote_draft' ? proposal.draft : null;
        return { after, checks, promotes, event: describeChange(context, workspaceId, proposal, stored, after) };
      }),
  };
}

/** Those that come with a document; null: those of the policy stay. */
function checksOf(proposal: PolicyProposal): PolicyChecks | null {
  if (proposal.kind !== 'replace') return null;
  const { invariants, tests } = proposal.document;
  return { invariants, tests };
}

/** Checks that the thing to be removed exists. */
function requireExisting({ policy }: StoredPolicy, proposal: PolicyProposal): void {
  const found = {
    remove_grant: () => policy.grants.some(({ id }) => id === (proposal as { id: GrantId }).id),
    remove_group: () => [...policy.groups.values()].some(({ name }) => name === (proposal as { name: string }).name),
    remove_role: () => policy.roles.has((proposal as { name: string }).name),
  };
  const what = { remove_grant: 'grant', remove_group: 'group', remove_role: 'role' };
  if (!(proposal.kind in found)) return;
  const kind = proposal.kind as keyof typeof found;
  if (!found[kind]()) throw new PortcullisError('not_found', `There is no such ${what[kind]}.`);
}

export function invalid(problems: readonly string[]): PortcullisError {
  return new PortcullisError('policy_invalid', problems.join('\n'), { additionalData: { problems: [...problems] } });
}

function refused(failed: readonly FailedCheck[]): PortcullisError {
  const said = failed.map(sayFailed);
  return new PortcullisError('conflict', said.join('\n'), {
    hint: 'Change the policy so that its invariants and tests hold, or change those first.',
    additionalData: { failed: said },
  });
}

function revisionMoved(revision: number): PortcullisError {
  return new PortcullisError('revision_moved', `The policy is at revision ${revision} now.`);
}
