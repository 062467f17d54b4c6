import type { OperationRow } from '../operation-row.ts';

/** What belongs to the workspace as a whole: search, people, custom emojis, and the tasks of single callers. */
export const workspaceRows: readonly OperationRow[] = [
  {
    name: 'search',
    method: 'POST',
    path: '/v1/search',
    effect: 'read',
    workspace: 'read',
    filtered: true,
    query: [],
    body: ['query', 'sort', 'filter', 'start_cursor', 'page_size'],
    response: { readAction: 'read', rewriteUrls: true, list: { paged: 'body' } },
  },
  {
    name: 'users.me',
    method: 'GET',
    path: '/v1/users/me',
    effect: 'read',
    workspace: 'member',
    query: [],
    // The answer names the person who connected the workspace, with their address.
    response: { readAction: 'people.read' },
  },
  {
    name: 'users.get',
    method: 'GET',
    path: '/v1/users/:user_id',
    effect: 'read',
    locators: [{ at: 'path.user_id', kind: 'user', actions: ['people.read'] }],
    query: [],
    response: { readAction: 'people.read' },
  },
  {
    name: 'users.list',
    method: 'GET',
    path: '/v1/users',
    effect: 'read',
    workspace: 'people.read',
    query: ['start_cursor', 'page_size'],
    response: { readAction: 'people.read' },
  },
  {
    name: 'custom_emojis.list',
    method: 'GET',
    path: '/v1/custom_emojis',
    effect: 'read',
    workspace: 'member',
    query: ['start_cursor', 'page_size', 'name'],
    response: {},
  },
  {
    name: 'async_tasks.get',
    method: 'GET',
    path: '/v1/async_tasks/:task_id',
    effect: 'read',
    // The result of a finished task carries the content that was asked for.
    locators: [{ at: 'path.task_id', kind: 'async_task', actions: ['read'], owned: true }],
    query: [],
    response: { readAction: 'read', rewriteUrls: true },
  },
];
