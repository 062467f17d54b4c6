import type { Action } from '../domain/action.ts';
import type { Capable, ExplainedJudgement } from '../domain/explained.ts';
import type { GrantScope } from '../domain/grant.ts';
import type { PrincipalId, WorkspaceId } from '../domain/ids.ts';
import type { PastCall, UnplacedCall } from '../domain/past-call.ts';
import type { Policy } from '../domain/policy.ts';
import type { IdleGrant, LesserRight } from '../domain/policy-advice.ts';
import type { Asker, JudgedObject, Judgement, PolicySnapshot } from '../domain/policy-snapshot.ts';

/** What a member gains or loses by a change, and where. */
export interface Difference {
  readonly principal: PrincipalId;
  readonly actions: readonly Action[];
  /** The places, each including what is below it, except where something below differs. */
  readonly on: readonly GrantScope[];
  /** Pages and databases in them that are known. */
  readonly pages: number;
}

export interface Comparison {
  readonly gains: readonly Difference[];
  readonly losses: readonly Difference[];
}

/** Which calls are allowed: every one, some, or none. */
export type AllowedCalls = 'always' | 'sometimes' | 'never';

/** A policy laid over the tree of its workspace, as far as that is known. */
export interface LaidPolicy {
  /** The members who could do it somewhere in the scope, in any call, and one place where. */
  breaking(
    principals: readonly PrincipalId[],
    action: Action,
    scope: GrantScope,
  ): readonly { readonly principal: PrincipalId; readonly page: string | null }[];
  /** The members with another result than expected, and which calls are allowed to them. */
  unexpected(
    principals: readonly PrincipalId[],
    action: Action,
    scope: GrantScope,
    expect: 'allow' | 'deny',
  ): readonly { readonly principal: PrincipalId; readonly calls: AllowedCalls }[];
  /** What a member can use. Null: the place of `under` or `cursor` is not known. */
  reach(question: {
    readonly principal: PrincipalId;
    readonly action: Action;
    readonly under?: string;
    readonly cursor?: string;
    readonly limit: number;
  }): {
    readonly always: number;
    readonly sometimes: number;
    readonly ids: readonly string[];
    readonly cursor: string | null;
  } | null;
  kindOf(id: string): 'page' | 'database' | 'data_source';
}

/** Exact answers about all members and all pages at once, from a moment on, for every possible call. */
export interface PolicyAnalysis {
  compare(workspaceId: WorkspaceId, before: Policy, after: Policy, at: Date): Promise<Comparison>;
  /** @param scopes places that will be asked about, beside those of the grants */
  lay(workspaceId: WorkspaceId, policy: Policy, scopes: readonly GrantScope[], at: Date): Promise<LaidPolicy>;
  /** Grants that have no effect from a moment on. */
  idle(workspaceId: WorkspaceId, policy: Policy, at: Date): Promise<readonly IdleGrant[]>;
  /** Calls of the past that a policy would decide otherwise, and what would decide them. `by`: which of their demands. */
  replay<Call extends PastCall>(
    policy: Policy,
    calls: readonly Call[],
  ): Promise<readonly { readonly call: Call; readonly now: Judgement; readonly by: number }[]>;
  /** Grants and roles that are bigger than what the calls used of them, each with the calls that less would deny. */
  lessen<Call extends PastCall>(
    policy: Policy,
    calls: readonly Call[],
    unplaced: readonly UnplacedCall[],
  ): Promise<readonly LesserRight<Call>[]>;
  /** Why it is judged so, and what would reverse it. */
  explain(policy: PolicySnapshot, asker: Asker, action: Action, object: JudgedObject): ExplainedJudgement;
  /** Every member who may do something with an object from a moment on, in every call or in some. */
  whoCan(policy: PolicySnapshot, action: Action, object: JudgedObject, at: Date): readonly Capable[];
}
