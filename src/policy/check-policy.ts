import type { WorkspaceId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { Invariant, PolicyTest } from '../domain/policy-proposal.ts';
import type { AllowedCalls } from './analysis.ts';
import type { NamedMember } from './names.ts';
import type { PolicyChecks } from './policy-store.ts';

/** A case of the policy's own tests with another result, or an invariant with a member who breaks it. */
export type FailedCheck =
  | { readonly test: PolicyTest; readonly got: AllowedCalls | null }
  | { readonly invariant: Invariant; readonly brokenBy: string; readonly at: string | null };

/** Checks a future policy against the workspace's checks. Returns everything that fails. */
export type CheckPolicy = (
  workspaceId: WorkspaceId,
  policy: Policy,
  members: readonly NamedMember[],
  checks: PolicyChecks,
  at: Date,
) => Promise<readonly FailedCheck[]>;

/** One line for the author of a change. */
export function sayFailed(failed: FailedCheck): string {
  if ('test' in failed) {
    const { who, may, on, expect } = failed.test;
    return `Test fails: ${who} may ${may} on ${scopeName(on)}: expected ${expect}, ${said(failed.got)}.`;
  }
  const { who, may, on } = failed.invariant.never;
  const where = failed.at === null ? '' : `, at ${failed.at}`;
  return `Invariant broken: ${who} must never ${may} on ${scopeName(on)}, and ${failed.brokenBy} could${where}.`;
}

/** Null: the name means no member. */
function said(got: AllowedCalls | null): string {
  if (got === null) return 'but it names no member';
  if (got === 'sometimes') return 'got allow in some calls and deny in others';
  return got === 'always' ? 'got allow' : 'got deny';
}

function scopeName(scope: PolicyTest['on']): string {
  if (scope.kind === 'workspace') return 'the workspace';
  return `${scope.kind === 'page_only' ? 'page-only' : scope.kind}:${scope.id}`;
}
