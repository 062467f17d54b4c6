/** Roles of every workspace. A guest is a member without any workspace-wide permission. */
export const builtInRoles = ['admin', 'editor', 'viewer', 'guest'] as const;
export type BuiltInRole = (typeof builtInRoles)[number];

/** The names that a workspace may give to its own roles and groups. */
export const policyName = /^[a-z][a-z0-9_-]{0,62}$/;

/** Whether a workspace with these roles of its own has this role. */
export function isRole(name: string, own: ReadonlyMap<string, unknown>): boolean {
  return (builtInRoles as readonly string[]).includes(name) || own.has(name);
}
