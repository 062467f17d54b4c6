/** What can be done to content. The names are Portcullis's own; the operation table maps Notion's endpoints onto them. */
export const contentActions = [
  'read',
  'create',
  'update',
  'delete',
  'move',
  'manage',
  'comment.read',
  'comment.write',
  'file.read',
  'file.write',
  'people.read',
] as const;

/** What can be done to Portcullis itself. */
const administrativeActions = ['connect', 'members', 'grants', 'audit', 'approve'] as const;

export const actions = [...contentActions, ...administrativeActions] as const;
export type ContentAction = (typeof contentActions)[number];
export type Action = (typeof actions)[number];

export function isAction(value: unknown): value is Action {
  return (actions as readonly unknown[]).includes(value);
}

/** Roles of every workspace. A guest is a member without any workspace-wide permission. */
export const builtInRoles = ['admin', 'editor', 'viewer', 'guest'] as const;
export type BuiltInRole = (typeof builtInRoles)[number];

/** The names that a workspace may give to its own roles and groups. */
export const policyName = /^[a-z][a-z0-9_-]{0,62}$/;

/** Whether a workspace with these roles of its own has this role. */
export function isRole(name: string, own: ReadonlyMap<string, unknown>): boolean {
  return (builtInRoles as readonly string[]).includes(name) || own.has(name);
}
