import type { Action } from '../domain/action.ts';
import type { Grant, GrantScope } from '../domain/grant.ts';
import type { JudgedObject } from '../domain/policy-snapshot.ts';
import { type ActionMask, maskOf } from './action-bits.ts';
import { type Conditions, compileConditions } from './conditions.ts';

/** A grant made ready to be judged by. */
export interface ReadyGrant {
  readonly grant: Grant;
  readonly mask: ActionMask;
  readonly conditions: Conditions | null;
  /** One of its scopes is the workspace, so it covers every object. Such a `limit` denies nothing. */
  readonly throughout: boolean;
  /** Whether the effect of the grant depends on where an object stands. */
  readonly onPages: boolean;
}

export function readyGrant(grant: Grant, ofRole: (role: string) => ReadonlySet<Action>): ReadyGrant {
  const { actions, effect, when, scopes } = grant;
  const throughout = scopes.some(({ kind }) => kind === 'workspace');
  return {
    grant,
    mask: maskOf('role' in actions ? ofRole(actions.role) : actions),
    conditions: when === null ? null : compileConditions(when),
    throughout,
    onPages: throughout ? effect !== 'limit' && when?.property !== undefined : true,
  };
}

export function byId(a: ReadyGrant, b: ReadyGrant): number {
  if (a.grant.id === b.grant.id) return 0;
  return a.grant.id < b.grant.id ? -1 : 1;
}

export function covers(scope: GrantScope, object: JudgedObject): boolean {
  if (scope.kind === 'workspace') return true;
  if (object.state !== 'known') return false;
  if (scope.kind === 'page_only') return object.path[0]?.id === scope.id;
  return object.path.some(({ id }) => id === scope.id);
}

/** Whether a mask of properties holds. If the object's place is not known, it does. */
export function hides(
  { grant, conditions }: ReadyGrant,
  context: Parameters<Conditions['test']>[0],
  object: JudgedObject,
) {
  const placed = object.state === 'known' || object.state === 'workspace';
  if (placed && !grant.scopes.some(scope => covers(scope, object))) return false;
  return conditions === null || conditions.test(context, object) !== 'no';
}
