import { z } from 'zod';
import { type ToolRow, toolRow } from '../../tool-row.ts';
import { pageParent, reading } from './shapes.ts';

const query = {
  mode: z.enum(['sql', 'view', 'rows']).optional(),
  data_source_urls: z.array(z.string()).max(20).optional().describe('collection://…'),
  query: z.string().optional().describe('SELECT … FROM "collection://…"'),
  params: z
    .array(z.union([z.string(), z.number(), z.null()]))
    .max(100)
    .optional(),
  view_url: z.string().optional(),
  filter: z.record(z.string(), z.unknown()).optional().describe("A filter of Notion's REST API"),
  sorts: z.array(z.record(z.string(), z.unknown())).max(100).optional(),
  start_cursor: z.string().optional(),
  page_size: z.number().int().min(1).max(100).optional(),
};

/** Databases and the tables in them. */
export const tableTools: readonly ToolRow[] = [
  toolRow('notion-create-database', {
    title: 'Create a database',
    description: 'Create a database under a page from a CREATE TABLE statement.',
    annotations: { readOnlyHint: false, destructiveHint: false },
    effect: 'write',
    actions: ['manage'],
    hosted: {
      locators: [{ at: 'parent.page_id', kind: 'page', actions: ['manage'] }],
      otherwise: { unless: ['parent.page_id'], actions: ['manage'] },
      statements: ['schema'],
      shows: 'made',
    },
    shape: {
      parent: pageParent.optional(),
      title: z.string().optional(),
      description: z.string().optional(),
      schema: z.string().describe('CREATE TABLE ("Name" TITLE, "Status" SELECT(\'To do\':red, \'Done\':green))'),
      database_type: z.enum(['default', 'tasks', 'projects']).optional(),
    },
  }),
  toolRow('notion-update-data-source', {
    title: 'Update a data source',
    description: 'Change the name, the description or the columns of a data source, or move it to the trash.',
    annotations: { readOnlyHint: false, destructiveHint: true },
    effect: 'write',
    actions: ['manage'],
    hosted: {
      locators: [{ at: 'data_source_id', kind: 'data_source', actions: ['manage'] }],
      escalations: [
        { at: 'in_trash', when: 'present', actions: ['delete'], on: 'data_source_id', fresh: true },
        { at: 'statements', when: 'drop', actions: ['delete'], on: 'data_source_id', fresh: true },
      ],
      statements: ['statements'],
      // A statement may name any column, and give it another name.
      writes: ['statements'],
      shows: 'made',
    },
    shape: {
      data_source_id: z.string(),
      name: z.string().optional(),
      title: z.string().optional(),
      description: z.string().optional(),
      statements: z.string().optional().describe('ADD COLUMN "Due" DATE; DROP COLUMN "Old"; RENAME COLUMN "A" TO "B"'),
      is_inline: z.boolean().optional(),
      in_trash: z.boolean().optional(),
    },
  }),
  toolRow('notion-query-data-sources', {
    aliases: ['notion-query-multiple-data-sources'],
    title: 'Query data sources',
    description: 'Read rows of a data source: by one of its views, by a filter, or all of them.',
    annotations: reading,
    effect: 'read',
    actions: ['read'],
    hosted: {
      locators: ['', 'data.'].flatMap(within => [
        { at: `${within}data_source_urls.*`, kind: 'data_source', actions: ['read'] },
        { at: `${within}view_url`, kind: 'view', actions: ['read'] },
      ]),
      sql: ['query', 'data.query'],
      onlyOverRest: ['filter', 'sorts', 'data.filter', 'data.sorts'],
      shows: 'text',
    },
    shape: { ...query, data: z.strictObject(query).optional() },
  }),
  toolRow('notion-create-view', {
    title: 'Create a view',
    description: 'Add a view of a data source to a database, or to a page.',
    annotations: { readOnlyHint: false, destructiveHint: false },
    effect: 'write',
    actions: ['manage'],
    hosted: {
      locators: [
        { at: 'database_id', kind: 'database', actions: ['manage'] },
        { at: 'parent_page_id', kind: 'page', actions: ['manage'] },
        { at: 'data_source_id', kind: 'data_source', actions: ['read'] },
      ],
      otherwise: { unless: ['database_id', 'parent_page_id'], actions: ['manage'] },
      shows: 'made',
    },
    shape: {
      database_id: z.string().optional(),
      parent_page_id: z.string().optional(),
      data_source_id: z.string(),
      name: z.string(),
      type: z.string(),
      configure: z.string().optional(),
    },
  }),
  toolRow('notion-update-view', {
    title: 'Update a view',
    description: 'Rename a view, or change how it sorts.',
    annotations: { readOnlyHint: false, destructiveHint: false },
    effect: 'write',
    actions: ['manage'],
    hosted: { locators: [{ at: 'view_id', kind: 'view', actions: ['manage'] }], shows: 'made' },
    shape: { view_id: z.string(), name: z.string().optional(), configure: z.string().optional() },
  }),
  toolRow('notion-query-meeting-notes', {
    title: 'Query meeting notes',
    description: 'The meeting notes of the person who connected the workspace.',
    annotations: reading,
    effect: 'read',
    actions: ['read'],
    hosted: { locators: [], otherwise: { unless: [], actions: ['read'] }, shows: 'text' },
    shape: { filter: z.record(z.string(), z.unknown()).optional() },
  }),
];
