import type { RecordedEvent } from '../domain/event.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { Invariant, PolicyTest } from '../domain/policy-proposal.ts';
import type { NamedMember } from './names.ts';

/** The workspace's checks of every change of its policy. */
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
  /**
   * The draft that becomes the policy with this change, and then is no draft any more. Throws `conflict` if it has
   * changed meanwhile.
   */
  readonly promotes: number | null;
  readonly event: RecordedEvent;
}

export interface PolicyStore {
  read(workspaceId: WorkspaceId): Promise<StoredPolicy>;
  /**
   * Changes a policy while no other change of it is running. `work` gets the current policy, and returns the new one;
   * null changes nothing. Returns the policy after that, at its new revision.
   */
  change(workspaceId: WorkspaceId, work: (stored: StoredPolicy) => Promise<PolicyWrite | null>): Promise<StoredPolicy>;
}
