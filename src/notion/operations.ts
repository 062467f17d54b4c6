import type { OperationRow } from './operation-row.ts';
import { blockRows } from './operations/blocks.ts';
import { commentRows } from './operations/comments.ts';
import { dataSourceRows } from './operations/data-sources.ts';
import { databaseRows } from './operations/databases.ts';
import { fileUploadRows } from './operations/file-uploads.ts';
import { pageRows } from './operations/pages.ts';
import { viewRows } from './operations/views.ts';
import { workspaceRows } from './operations/workspace.ts';

/**
 * Every endpoint of Notion's REST API that passes. Endpoints without a row do not pass: OAuth (tokens stay in the
 * vault), agents, sessions and threads (they act with rights of their own, past any page policy), AI plugins and
 * skills, the admin API, and all endpoints that Notion adds later.
 */
export const operations: readonly OperationRow[] = [
  ...pageRows,
  ...blockRows,
  ...databaseRows,
  ...dataSourceRows,
  ...commentRows,
  ...viewRows,
  ...fileUploadRows,
  ...workspaceRows,
];
