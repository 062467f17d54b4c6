import { fetchObject } from './fetch.ts';
import type { RestTool } from './notion-calls.ts';
import { createPages, updatePage } from './pages.ts';
import { createComment, getComments, getSelf, getUsers } from './people.ts';
import { duplicatePage, movePages } from './places.ts';
import { search } from './search.ts';
import { createDatabase, queryDataSources, updateDataSource } from './tables.ts';

/** The tools that Notion's REST API can serve as well, by their names. */
export const restTools: ReadonlyMap<string, RestTool> = new Map<string, RestTool>([
  ['notion-search', search],
  ['notion-fetch', fetchObject],
  ['notion-create-pages', createPages],
  ['notion-update-page', updatePage],
  ['notion-move-pages', movePages],
  ['notion-duplicate-page', duplicatePage],
  ['notion-create-database', createDatabase],
  ['notion-update-data-source', updateDataSource],
  ['notion-query-data-sources', queryDataSources],
  ['notion-create-comment', createComment],
  ['notion-get-comments', getComments],
  ['notion-get-users', getUsers],
  ['notion-get-self', getSelf],
  [
    'notion-get-async-task',
    ({ task_id: id }, calls) => calls.ask('GET', `/v1/async_tasks/${encodeURIComponent(String(id))}`),
  ],
]);
