import { type Action, actions, type BuiltInRole } from '../domain/action.ts';

const viewer: readonly Action[] = ['read', 'file.read', 'comment.read', 'people.read'];
const editor: readonly Action[] = [...viewer, 'create', 'update', 'move', 'comment.write', 'file.write'];

// A Map, not an object: a role named `constructor` must find nothing (defect A21).
const permissions: ReadonlyMap<string, ReadonlySet<Action>> = new Map<BuiltInRole, ReadonlySet<Action>>([
  ['admin', new Set(actions)],
  ['editor', new Set(editor)],
  ['viewer', new Set(viewer)],
  ['guest', new Set()],
]);

/** The actions that a built-in role allows in its workspace; null for a role that is not built in. */
export function actionsOfBuiltInRole(role: string): ReadonlySet<Action> | null {
  return permissions.get(role) ?? null;
}
