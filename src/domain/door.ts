/**
 * `dashboard` is the admin API as its own pages call it, with a session; `api` is the same with a key. `file_link` is the
 * REST door for whoever holds a link to a file, and shows nothing else.
 */
export const doors = [
  'rest',
  'file_link',
  'mcp',
  'api',
  'dashboard',
  'oauth',
  'webhooks',
  'scim',
  'library',
  'internal',
] as const;
export type Door = (typeof doors)[number];
