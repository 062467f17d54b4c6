import type { Action } from './action.ts';
import type { Door } from './door.ts';
import type { GrantId, GroupId, PrincipalId } from './ids.ts';

/** What a grant does. `limit` denies the actions outside its scopes; inside them it allows nothing by itself. */
export const grantEffects = ['allow', 'deny', 'limit'] as const;
export type GrantEffect = (typeof grantEffects)[number];

/** The subject of a grant. `everyone` means the current members of the workspace (rule 6). */
export type GrantSubject =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'principal'; readonly id: PrincipalId }
  | { readonly kind: 'group'; readonly id: GroupId };

/**
 * Where a grant holds. `page`: the page and everything below it. `page_only`: the page and its blocks, without the pages
 * and databases in it. `database`: the database, its data sources and the rows in them. Ids are canonical.
 */
export type GrantScope =
  | { readonly kind: 'workspace' }
  | { readonly kind: 'page' | 'page_only' | 'database'; readonly id: string };

/** A test of one property of a page. Exactly one key is set. Text compares exactly; dates compare as ISO 8601. */
export type PropertyTest =
  | { readonly is: PropertyValue }
  | { readonly isNot: PropertyValue }
  | { readonly in: readonly PropertyValue[] }
  | { readonly atLeast: number | string }
  | { readonly contains: string };

/** A property in the page index: the name of a select, the list of names of a multi-select. */
export type PropertyValue = string | number | boolean;
export type MirroredProperties = Readonly<Record<string, PropertyValue | readonly PropertyValue[]>>;

/** How the caller proved who they are, from weak to strong. */
export const signInStrengths = ['key', 'link', 'password', 'single_sign_on'] as const;
export type SignInStrength = (typeof signInStrengths)[number];

/**
 * The closed list of conditions; all of them must hold. If the call does not show what a condition needs, an `allow`
 * does not match, and a `deny` or `limit` does.
 */
export interface GrantConditions {
  /** The grant has no effect before this moment. */
  readonly notBefore?: Date;
  /** The grant has no effect from this moment on. */
  readonly until?: Date;
  readonly doors?: readonly Door[];
  /** Networks in CIDR notation (RFC 4632, RFC 4291). The client's address must be in one of them. */
  readonly addresses?: readonly string[];
  /**
   * Tests by name of the property. The value is the one of the object's page. If that page has no such property, the
   * nearest page above it that has one counts.
   */
  readonly property?: Readonly<Record<string, PropertyTest>>;
  /** The sign-in must be at least this strong, and at most this old. */
  readonly signIn?: { readonly strength?: SignInStrength; readonly maxAgeSeconds?: number };
}

/** One statement of a workspace's policy. */
export interface Grant {
  readonly id: GrantId;
  readonly effect: GrantEffect;
  readonly subject: GrantSubject;
  /** The actions, or a role. A role means its current actions. */
  readonly actions: readonly Action[] | { readonly role: string };
  /** At least one. A `limit` denies objects that are under none of them. */
  readonly scopes: readonly GrantScope[];
  readonly when: GrantConditions | null;
  /**
   * Only for a `deny`: it hides these properties (`read`) or forbids to write them (`update`), and does nothing else.
   */
  readonly properties: readonly string[] | null;
  readonly reason: string;
  readonly createdBy: PrincipalId | null;
  readonly createdAt: Date;
}

/**
 * The limit of a key or of an access token. It allows nothing by itself, and no more than this is allowed (rule 11).
 */
export interface KeyLimit {
  /** Null: no limit of actions. */
  readonly actions: ReadonlySet<Action> | null;
  /** Canonical ids of pages and databases. The key reaches content under one of them only. Null: no limit of pages. */
  readonly under: readonly string[] | null;
}

/** Whether the effect of a grant depends on where an object stands. */
export function dependsOnPlace({ scopes, when }: Pick<Grant, 'scopes' | 'when'>): boolean {
  return when?.property !== undefined || scopes.some(({ kind }) => kind !== 'workspace');
}
