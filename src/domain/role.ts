/** Roles that every workspace has. A guest is a member without any workspace-wide permission. */
export const builtInRoles = ['admin', 'editor', 'viewer', 'guest'] as const;
export type BuiltInRole = (typeof builtInRoles)[number];
