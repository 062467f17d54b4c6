import type { Route } from '../http/route.ts';
import { asyncTaskRoutes } from './async-tasks.ts';
import { blockRoutes } from './blocks.ts';
import { commentRoutes } from './comments.ts';
import { dataSourceRoutes } from './data-sources.ts';
import { databaseRoutes } from './databases.ts';
import { fileUploadRoutes } from './file-uploads.ts';
import { markdownRoutes } from './markdown.ts';
import { pageRoutes } from './pages.ts';
import { searchRoutes } from './search.ts';
import { userRoutes } from './users.ts';

/** The whole REST surface: the router, the documentation and the coverage test read this table. */
export const restRoutes: readonly Route[] = [
  ...userRoutes,
  ...searchRoutes,
  ...pageRoutes,
  ...markdownRoutes,
  ...blockRoutes,
  ...databaseRoutes,
  ...dataSourceRoutes,
  ...commentRoutes,
  ...fileUploadRoutes,
  ...asyncTaskRoutes,
];
