import { type Ancestry, type Container, objectKey } from './ancestry.ts';
import type { Grant, GrantScope } from './grant.ts';
import type { PrincipalId } from './ids.ts';
import type { NotionRef } from './page-index.ts';
import type { Policy } from './policy.ts';

/** Where a page or database stands: from itself up to the top. Null: not known, so it may be anywhere. */
export type WhereIs = (id: string) => readonly Container[] | null;

export const nobodyKnows: WhereIs = () => null;

/** Pages that one decision about a gift looks for at most. Those beyond may be anywhere. */
const placesMax = 1_000;

/**
 * What must be known to say whether an author holds what a change gives (rule 8): where the exceptions to the author's rights
 * stand, and where what changes stands.
 *
 * @param under pages that what is given lies under
 */
export function placesOfGift(
  before: Policy,
  after: Policy | null,
  author: PrincipalId,
  under: readonly string[] = [],
): NotionRef[] {
  const [was, is] = [new Set(before.grants.map(({ id }) => id)), new Set(after?.grants.map(({ id }) => id))];
  const changed =
    after === null ? [] : [...before.grants, ...after.grants].filter(({ id }) => was.has(id) !== is.has(id));
  const exceptions = before.grants.filter(grant => grant.effect !== 'allow' && mayConcern(grant, author));
  const refs = new Map(under.map(id => [id, { kind: 'page' as const, id }] as [string, NotionRef]));
  for (const { scopes } of [...changed, ...exceptions]) {
    for (const scope of scopes) if (scope.kind !== 'workspace') refs.set(scope.id, refOf(scope));
  }
  return [...refs.values()].slice(0, placesMax);
}

function mayConcern({ subject }: Grant, author: PrincipalId): boolean {
  return subject.kind !== 'principal' || subject.id === author;
}

function refOf({ kind, id }: Exclude<GrantScope, { kind: 'workspace' }>): NotionRef {
  return { kind: kind === 'database' ? 'database' : 'page', id };
}

/** Answers from what was found, by `objectKey`. */
export function whereAmong(found: ReadonlyMap<string, Ancestry>): WhereIs {
  return id => {
    for (const kind of ['page', 'database'] as const) {
      const ancestry = found.get(objectKey({ kind, id }));
      if (ancestry?.state === 'known') return ancestry.path;
    }
    return null;
  };
}
