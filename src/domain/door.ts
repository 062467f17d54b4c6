/**
 * `dashboard` is the admin API as the dashboard's pages call it, with a session; `api` is the same API with a key.
 * `file_link` is the REST door for the holder of a link to a file. The holder sees that file only.
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
