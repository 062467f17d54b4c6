import type { Action } from './action.ts';
import type { Door } from './door.ts';
import type { GrantId, GroupId, PrincipalId } from './ids.ts';

/** What a grant does. `limit`: outside its scopes the actions are denied; inside it gives nothing by itself. */
export const grantEffects = ['allow', 'deny', 'limit'] as const;
export type GrantEffect = (typeof grantEffects)[number];

/** Whom a grant is for. `everyone` means the current members of the workspace (rule 6). */
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

/** The comparison of one property of a page. Exactly one key is set. Text compares exactly; dates compare as ISO 8601. */
export type PropertyTest =
  | { readonly is: PropertyValue }
  | { readonly isNot: PropertyValue }
  | { readonly in: readonly PropertyValue[] }
  | { readonly atLeast: number | string }
  | { readonly contains: string };

/** A property as the page index mirrors it: a select is its name, a multi-select the list of its names. */
export type PropertyValue = string | number | boolean;
export type MirroredProperties = Readonly<Record<string, PropertyValue | readonly PropertyValue[]>>;

/** How the caller proved who they are, from weak to strong. */
export const signInStrengths = ['key', 'link', 'password', 'single_sign_on'] as const;
export type SignInStrength = (typeof signInStrengths)[number];

/**
 * The closed list of conditions; all of them must hold. What a condition needs and the call does not show makes an
 * `allow` not match, and a `deny` or `limit` match.
 */
export interface GrantConditions {
  /** The grant is none before this moment. */
  readonly notBefore?: Date;
  /** The grant is none from this moment on. */
  readonly until?: Date;
  readonly doors?: readonly Door[];
  /** Networks in CIDR notation (RFC 4632, RFC 4291); one of them holds the client's address. */
  readonly addresses?: readonly string[];
  /**
   * Tests by name of the property. The value is that of the object's page or, where that page has no such property, of
   * the nearest page above it that has one.
   */
  readonly property?: Readonly<Record<string, PropertyTest>>;
  /** The sign-in is at least this strong, and at most so old. */
  readonly signIn?: { readonly strength?: SignInStrength; readonly maxAgeSeconds?: number };
}

/** One statement of a workspace's policy. */
export interface Grant {
  readonly id: GrantId;
  readonly effect: GrantEffect;
  readonly subject: GrantSubject;
  /** The actions, or the role whose actions they are at any time. */
  readonly actions: readonly Action[] | { readonly role: string };
  /** At least one. A `limit` denies what lies under none of them. */
  readonly scopes: readonly GrantScope[];
  readonly when: GrantConditions | null;
  /** Only of a `deny`: it hides these properties (`read`) or keeps them from being written (`update`), and nothing else. */
  readonly properties: readonly string[] | null;
  readonly reason: string;
  readonly createdBy: PrincipalId | null;
  readonly createdAt: Date;
}

/** The limit of a key or of an access token: it gives nothing, and allows no more than this (rule 11). */
export interface KeyLimit {
  /** Null: no limit of actions. */
  readonly actions: ReadonlySet<Action> | null;
  /** Canonical ids of pages and databases. Content lies under one of them, or the key does not reach it. Null: no limit of pages. */
  readonly under: readonly string[] | null;
}

/** Whether it matters to a grant where an object stands. */
export function dependsOnPlace({ scopes, when }: Pick<Grant, 'scopes' | 'when'>): boolean {
  return when?.property !== undefined || scopes.some(({ kind }) => kind !== 'workspace');
}
