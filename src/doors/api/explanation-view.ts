import type { ExplainedGrant, Flip, SubjectChain } from '../../domain/explained.ts';
import type { Grant } from '../../domain/grant.ts';
import type { PrincipalId } from '../../domain/ids.ts';
import type { JudgedObject } from '../../domain/policy-snapshot.ts';
import { writeScope } from '../../policy/document.ts';
import type { SubjectNames } from '../../policy/names.ts';
import { type Questioned, shownPath } from '../../policy/questions.ts';

/** How much of a policy the reader of an explanation may see: all of it, or what concerns the principal (rule 19). */
export type Extent = 'all' | 'own';

export async function pathView(questioned: Questioned, object: JudgedObject) {
  const shown = shownPath(questioned, object);
  const titles = await questioned.titles(shown.flatMap(({ id }) => (id === null ? [] : [id])));
  return shown.map(({ kind, id }) => ({ kind, id, title: id === null ? null : (titles.get(id) ?? null) }));
}

/** A grant that decided something. Pages that the reader may not see are shown as `page` only. */
export function decidingGrantView(
  { id, effect, subject, actions, scopes, reason }: Grant,
  { names }: Questioned,
  extent: Extent,
  seen: ReadonlySet<string>,
) {
  return {
    id,
    effect,
    to: extent === 'all' || subject.kind !== 'group' ? names.subjectName(subject) : 'group',
    actions: 'role' in actions ? null : [...actions],
    role: 'role' in actions ? actions.role : null,
    on: scopes.map(scope =>
      scope.kind === 'workspace' || extent === 'all' || seen.has(scope.id) ? writeScope(scope) : scope.kind,
    ),
    reason,
  };
}

/** The same, with how the grant applies to the principal. */
export function explainedGrantView(
  { grant, via }: Pick<ExplainedGrant, 'grant'> & { readonly via: SubjectChain | null },
  questioned: Questioned,
  extent: Extent,
  seen: ReadonlySet<string>,
) {
  const view = decidingGrantView(grant, questioned, extent, seen);
  return { ...view, via: via === null ? null : sayChain(via, questioned.names, extent) };
}

function sayChain(via: SubjectChain, { subjectName }: SubjectNames, extent: Extent): string {
  if (via.by !== 'group') return via.by === 'name' ? 'by name' : 'as a member';
  if (extent === 'own') return 'by a group';
  const group = subjectName({ kind: 'group', id: via.group });
  return via.inside === null
    ? `by ${group}`
    : `by ${group}, which holds ${subjectName({ kind: 'group', id: via.inside })}`;
}

/** Changes that one answer names. */
const changesMax = 12;

/**
 * The changes that would reverse a decision. For a caller who may not see the whole policy, it leaves out groups, and
 * all grants except those that decided it (rule 19).
 *
 * @param deciding ids of the grants that decided it
 */
export function changesView(
  changes: readonly Flip[],
  principal: PrincipalId,
  questioned: Questioned,
  extent: Extent,
  deciding: ReadonlySet<string>,
) {
  const who = questioned.names.nameOf(principal);
  const mayHear = (change: Flip) => {
    if (extent === 'all') return true;
    if (change.kind === 'join_group' || change.kind === 'leave_group') return false;
    return change.kind !== 'remove_grants' || change.grants.every(id => deciding.has(id));
  };
  const told = changes.filter(mayHear).slice(0, changesMax);
  return told.map(change => ({ kind: change.kind, says: sayChange(change, who, questioned) }));
}

function sayChange(change: Flip, who: string, { names }: Questioned): string {
  switch (change.kind) {
    case 'add_grant':
      return `Add a grant that ${change.effect === 'allow' ? 'allows' : 'denies'} it to ${who} on ${writeScope(change.scope)}.`;
    case 'limit_includes':
      return `Let the limit ${change.grant} include ${writeScope(change.scope)}.`;
    case 'remove_grants':
      return `Remove ${change.grants.length === 1 ? 'the grant' : 'the grants'} ${change.grants.join(', ')}.`;
    case 'leave_group':
      return `Take ${who} out of ${names.subjectName({ kind: 'group', id: change.group })}.`;
    case 'join_group':
      return `Put ${who} into ${names.subjectName({ kind: 'group', id: change.group })}.`;
    case 'set_role':
      return `Give ${who} the role ${change.role}.`;
    case 'remove_member':
      return `Let ${who} be no member any more.`;
    case 'other_key':
      return 'Call with a key that is not limited so.';
  }
}
