import type { Action } from '../domain/action.ts';
import type { NotionObjectKind } from '../domain/operation.ts';
import type { OperationRow } from './operation-row.ts';
import { operations } from './operations.ts';

/** The rights that a call of an endpoint needs, for people who ask before they call. */
export interface OperationTakes extends Pick<OperationRow, 'name' | 'method' | 'path'> {
  /** What the actions are taken on: the object that the call is about first of all, or the whole workspace. */
  readonly on: NotionObjectKind | 'workspace';
  /** In every call. Empty: every member may. */
  readonly actions: readonly Action[];
  /** Actions that depend on other parts of the request, such as `in_trash`. */
  readonly sometimes: readonly Action[];
}

/** Every endpoint that passes, once for all versions of it. */
export function operationTakes(): readonly OperationTakes[] {
  return [...new Map(operations.map(row => [row.name, takesOf(row)])).values()];
}

function takesOf({ name, method, path, workspace, locators = [], escalations = [] }: OperationRow): OperationTakes {
  const [about, ...others] = locators;
  const actions = about?.actions ?? (workspace === undefined || workspace === 'member' ? [] : [workspace]);
  const more = [...others, ...escalations].flatMap(row => row.actions);
  const sometimes = [...new Set(more)].filter(action => !actions.includes(action));
  return { name, method, path, on: about?.kind ?? 'workspace', actions, sometimes };
}
