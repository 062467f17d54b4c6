import type { Grant } from '../../domain/grant.ts';
import type { PrincipalId } from '../../domain/ids.ts';
import type { JudgedObject } from '../../domain/policy-snapshot.ts';
import { writeScope } from '../../policy/document.ts';
import type { Change } from '../../policy/explain.ts';
import { type Questioned, shownPath } from '../../policy/questions.ts';

/** How much of a policy the reader of an explanation may see: all of it, or what concerns the principal (rule 19). */
export type Extent = 'all' | 'own';

export async function pathView(questioned: Questioned, object: JudgedObject) {
  const shown = shownPath(questioned, object);
  const titles = await questioned.titles(shown.flatMap(({ id }) => (id === null ? [] : [id])));
  return shown.map(({ kind, id }) => ({ kind, id, title: id === null ? null : (titles.get(id) ?? null) }));
}

/** A grant by which something was decided. Pages that the reader does not see stand in it as `page` alone. */
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

/** The changes that would reverse a decision. Groups are named only to those who may see the whole policy. */
export function changesView(
  changes: readonly Change[],
  principal: PrincipalId,
  questioned: Questioned,
  extent: Extent,
) {
  const who = questioned.names.nameOf(principal);
  return changes.flatMap(change => {
    const says = sayChange(change, who, questioned);
    const ofGroup = change.kind === 'join_group' || change.kind === 'leave_group';
    return ofGroup && extent !== 'all' ? [] : [{ kind: change.kind, says }];
  });
}

function sayChange(change: Change, who: string, { names }: Questioned): string {
  switch (change.kind) {
    case 'remove_grants':
      return `Remove ${change.grants.length === 1 ? 'the grant' : 'the grants'} ${change.grants.map(({ id }) => id).join(', ')}.`;
    case 'leave_group':
      return `Take ${who} out of ${names.subjectName({ kind: 'group', id: change.group })}.`;
    case 'join_group':
      return `Put ${who} into ${names.subjectName({ kind: 'group', id: change.group })}.`;
    case 'set_role':
      return `Give ${who} the role ${change.role}.`;
    case 'add_grant': {
      const where = change.on === null ? 'in the workspace' : `on ${change.on.kind.replace('_', ' ')} ${change.on.id}`;
      return `Add a grant that ${change.effect === 'allow' ? 'allows' : 'denies'} it to ${who} ${where}.`;
    }
  }
}
