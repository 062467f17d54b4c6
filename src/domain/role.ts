/** Roles that every workspace has. A guest is a member without any workspace-wide permission. */
export const builtInRoles = ['admin', 'editor', 'viewer', 'guest'] as const;
export type BuiltInRole = (typeof builtInRoles)[number];

/** How roles and groups that a workspace makes for itself may be called. */
export const policyName = /^[a-z][a-z0-9_-]{0,62}$/;

/** Whether there is such a role in a workspace whose own roles are these. */
export function isRole(name: string, own: ReadonlyMap<string, unknown>): boolean {
  return (builtInRoles as readonly string[]).includes(name) || own.has(name);
}
