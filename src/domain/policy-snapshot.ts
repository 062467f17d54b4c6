import type { Action } from './action.ts';
import type { Ancestry } from './ancestry.ts';
import type { Door } from './door.ts';
import type { KeyLimit, SignInStrength } from './grant.ts';
import type { GrantId, PrincipalId } from './ids.ts';
import type { Policy } from './policy.ts';

/** Who asks, and what conditions can test of the call. */
export interface Asker {
  readonly principal: PrincipalId;
  /** Of the key or token that they came with. Null: they came without one, or with one that has no limit. */
  readonly limit: KeyLimit | null;
  readonly context: CallContext;
}

export interface CallContext {
  readonly at: Date;
  readonly door: Door;
  readonly address: string;
  /** Null: the caller did not sign in and has no key (the system, a replayed entry). */
  readonly signIn: { readonly strength: SignInStrength; readonly at: Date | null } | null;
}

/** What is asked about: the whole workspace, or an object by where it stands. */
export type JudgedObject =
  | {
      readonly state: 'workspace';
      /** What the call returns is filtered object by object, so a `limit` does not deny the whole (rule 5). */
      readonly filtered: boolean;
    }
  | Ancestry;

export const judgementReasons = [
  /** The role of the membership allows it. */
  'role',
  /** At least one grant allows it. */
  'grant',
  'denied_by_grant',
  'outside_limit',
  /** The key is limited to other pages. */
  'outside_key_pages',
  'key_lacks_action',
  'role_lacks_action',
  'not_a_member',
  'unknown_object',
  'stale_object',
] as const;
export type JudgementReason = (typeof judgementReasons)[number];

export interface Judgement {
  readonly effect: 'allow' | 'deny';
  readonly because: JudgementReason;
  /** Every grant that determines it: of a denial all that deny, of an allowance all that allow. In order of their ids. */
  readonly grants: readonly GrantId[];
}

/**
 * A workspace's policy at one revision, ready to answer. `authorize/` has the only implementation; everything that asks
 * about permission (the path, the filters of answers, accounts, reports) asks this. Pure, total, synchronous.
 */
export interface PolicySnapshot {
  readonly revision: number;
  /** What it was compiled from. */
  readonly source: Policy;
  /** Null for somebody who is no member. */
  roleOf(principal: PrincipalId): string | null;
  /** What a role allows in the workspace, built-in or custom. A role that nobody defined allows nothing. */
  ofRole(role: string): ReadonlySet<Action>;
  /** False: what this asker may do is the same for every object, so nobody needs to look up where one stands. */
  dependsOnPages(asker: Asker): boolean;
  judge(asker: Asker, action: Action, object: JudgedObject): Judgement;
  /** The effect of `judge` alone, and fast: for filters. */
  may(asker: Asker, action: Action, object: JudgedObject): boolean;
  /** Whether a `deny` or a `limit` takes the action from this asker on some pages: what holds above need not hold below. */
  hasExceptions(asker: Asker, action: Action): boolean;
  /** Names of the properties that are hidden (`read`) or may not be written (`update`) at this object. */
  maskedProperties(asker: Asker, action: 'read' | 'update', object: Ancestry): ReadonlySet<string>;
  /**
   * Whether any member may do anything with content after a move that they may not do before: `before` and `after` are where
   * the object stands. Holds for whatever call they could make; of the context only its moment counts.
   */
  widens(before: Ancestry, after: Ancestry, context: CallContext): boolean;
  /** Names of the properties that any condition tests: what the page index mirrors. */
  readonly testedProperties: ReadonlySet<string>;
}
