import type { Action } from './action.ts';
import type { Ancestry, Container } from './ancestry.ts';
import type { Door } from './door.ts';
import type { KeyLimit, SignInStrength } from './grant.ts';
import type { GrantId, PrincipalId } from './ids.ts';
import type { Policy } from './policy.ts';

/** The caller, and what conditions can test about the call. */
export interface Asker {
  readonly principal: PrincipalId;
  /** The limit of the caller's key or token. Null: no key or token, or one without a limit. */
  readonly limit: KeyLimit | null;
  readonly context: CallContext;
}

export interface CallContext {
  readonly at: Date;
  readonly door: Door;
  readonly address: string;
  /** Null: the caller did not sign in and has no key (the system, or a replayed entry). */
  readonly signIn: { readonly strength: SignInStrength; readonly at: Date | null } | null;
}

/** The object of a question: the whole workspace, or an object given by where it stands. */
export type JudgedObject =
  | {
      readonly state: 'workspace';
      /**
       * The result of the call is filtered object by object, so a `limit` does not deny the call as a whole (rule 5).
       */
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
  /** Every grant that led to it, in order of id: for a denial all grants that deny, otherwise all that allow. */
  readonly grants: readonly GrantId[];
}

/**
 * A workspace's policy at one revision, ready for questions. `authorize/` has the only implementation. Everything that
 * asks about permission (the path, the filters of answers, accounts, reports) asks this. Pure, total, synchronous.
 */
export interface PolicySnapshot {
  readonly revision: number;
  /** The policy that it was compiled from. */
  readonly source: Policy;
  /** Null for a principal who is no member. */
  roleOf(principal: PrincipalId): string | null;
  /** The actions of a role, built-in or custom. An undefined role allows nothing. */
  ofRole(role: string): ReadonlySet<Action>;
  /** False: this asker has the same rights on every object, so it is not needed to look up where an object stands. */
  dependsOnPages(asker: Asker): boolean;
  judge(asker: Asker, action: Action, object: JudgedObject): Judgement;
  /** The effect of `judge` alone, but faster: for filters. */
  may(asker: Asker, action: Action, object: JudgedObject): boolean;
  /**
   * Whether a `deny` or a `limit` takes the action from this asker on some pages. If so, what is allowed on a page need
   * not be allowed below it.
   */
  hasExceptions(asker: Asker, action: Action): boolean;
  /** The containers of the grants that take the action from this asker, each once. */
  exceptionsOf(asker: Asker, action: Action): readonly Container[];
  /** Names of the properties that are hidden (`read`) or may not be written (`update`) at this object. */
  maskedProperties(asker: Asker, action: 'read' | 'update', object: Ancestry): ReadonlySet<string>;
  /**
   * Whether a move lets any member do more with content than before. `before` and `after` are the places of the object.
   * Considers every call that a member could make; of the context, only the time counts.
   */
  widens(before: Ancestry, after: Ancestry, context: CallContext): boolean;
  /** Names of the properties that any condition tests. The page index keeps their values. */
  readonly testedProperties: ReadonlySet<string>;
}
