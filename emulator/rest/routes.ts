import type { Route } from '../http/route.ts';
import { asyncTaskRoutes } from './async-tasks.ts';
import { blockRoutes } from './blocks.ts';
import { commentRoutes } from './comments.ts';
import { customEmojiRoutes } from './custom-emojis.ts';
import { dataSourceRoutes } from './data-sources.ts';
import { databaseRoutes } from './databases.ts';
import { fileUploadRoutes } from './file-uploads.ts';
import { markdownRoutes } from './markdown.ts';
import { meetingNoteRoutes } from './meeting-notes.ts';
import { pageRoutes } from './pages.ts';
import { propertyItemRoutes } from './property-items.ts';
import { searchRoutes } from './search.ts';
import { templateRoutes } from './templates.ts';
import { userRoutes } from './users.ts';
import { viewQueryRoutes } from './view-queries.ts';
import { viewRoutes } from './views.ts';

/** The whole REST surface: the router, the documentation and the coverage test read this table. */
export const restRoutes: readonly Route[] = [
  ...userRoutes,
  ...searchRoutes,
  ...pageRoutes,
  ...propertyItemRoutes,
  ...markdownRoutes,
  ...blockRoutes,
  ...meetingNoteRoutes,
  ...databaseRoutes,
  ...dataSourceRoutes,
  ...templateRoutes,
  ...viewRoutes,
  ...viewQueryRoutes,
  ...commentRoutes,
  ...fileUploadRoutes,
  ...customEmojiRoutes,
  ...asyncTaskRoutes,
];
