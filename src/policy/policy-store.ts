import type { RecordedEvent } from '../domain/event.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { Invariant, PolicyTest } from '../domain/policy-proposal.ts';
import type { NamedMember } from './names.ts';

/** What a workspace asks of every change of its policy. */
export interface PolicyChecks {
  readonly invariants: readonly Invariant[];
  readonly tests: readonly PolicyTest[];
}

/** A policy with the names in it, read at one moment. */
export interface StoredPolicy {
  readonly policy: Policy;
  readonly members: readonly NamedMember[];
  readonly checks: PolicyChecks;
}

/** What becomes of a policy: all of it in one commit, with its entry in the log. */
export interface PolicyWrite {
  readonly after: Policy;
  readonly checks: PolicyChecks;
  /** The draft that this makes the policy, and that is none any more; it is a `conflict` where that is another by now. */
  readonly promotes: number | null;
  readonly event: RecordedEvent;
}

export interface PolicyStore {
  read(workspaceId: WorkspaceId): Promise<StoredPolicy>;
  /**
   * Changes a policy while no other change of it is under way. `work` sees it as it is, and answers with what it becomes;
   * null changes nothing. Answers with the policy as it then is, at its new revision.
   */
  change(workspaceId: WorkspaceId, work: (stored: StoredPolicy) => Promise<PolicyWrite | null>): Promise<StoredPolicy>;
}
