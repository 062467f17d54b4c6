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
