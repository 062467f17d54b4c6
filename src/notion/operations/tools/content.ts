import { z } from 'zod';
import { type ToolRow, toolRow } from '../../tool-row.ts';
import { databaseParent, dataSourceParent, flatValues, markdownText, pageParent, reading } from './shapes.ts';

const dates = z.strictObject({ start_date: z.string().optional(), end_date: z.string().optional() });

const newParents = ['new_parent.page_id', 'new_parent.database_id', 'new_parent.data_source_id'] as const;

/** Pages: finding, reading, making and changing them. */
export const contentTools: readonly ToolRow[] = [
  toolRow('notion-search', {
    aliases: ['search', 'notion-ai-search', 'ai-search'],
    title: 'Search Notion',
    description: 'Find pages, databases and people in Notion by words. Only what you may read is found.',
    annotations: reading,
    effect: 'read',
    actions: ['read'],
    hosted: {
      locators: [
        { at: 'page_url', kind: 'page', actions: ['read'] },
        { at: 'data_source_url', kind: 'data_source', actions: ['read'] },
      ],
      otherwise: { unless: ['page_url', 'data_source_url'], actions: ['read'], filtered: true },
      shows: 'rows',
    },
    shape: {
      query: z.string().describe('What to look for'),
      query_type: z.enum(['internal', 'user']).optional().describe('`user` finds people'),
      content_search_mode: z.enum(['workspace_search', 'ai_search']).optional(),
      data_source_url: z.string().optional().describe('Only rows of this data source: collection://…'),
      page_url: z.string().optional().describe('Only this page and what is below it'),
      teamspace_id: z.string().optional(),
      filters: z
        .strictObject({
          created_date_range: dates.optional(),
          created_by_user_ids: z.array(z.string()).max(100).optional(),
        })
        .optional(),
      sort: z.record(z.string(), z.unknown()).optional(),
      page_size: z.number().int().min(1).max(50).optional(),
      max_highlight_length: z.number().int().min(0).max(2_000).optional(),
    },
  }),
  toolRow('notion-fetch', {
    aliases: ['fetch'],
    title: 'Fetch a Notion page or database',
    description:
      'Read a page, a database, a data source (collection://…) or a view (view://…) by its URL or id; `self` tells who you are.',
    annotations: reading,
    effect: 'read',
    actions: ['read'],
    hosted: { locators: [{ at: 'id', kind: 'page', actions: ['read'] }], shows: 'object' },
    shape: {
      id: z.string().describe('URL, id, collection://…, view://… or self'),
      include_transcript: z.boolean().optional(),
      include_discussions: z.boolean().optional(),
    },
  }),
  toolRow('notion-create-pages', {
    title: 'Create pages',
    description: 'Create pages under a page, or as rows of a data source.',
    annotations: { readOnlyHint: false, destructiveHint: false },
    effect: 'write',
    actions: ['create'],
    hosted: {
      locators: [
        { at: 'parent.page_id', kind: 'page', actions: ['create'] },
        { at: 'parent.database_id', kind: 'database', actions: ['create'] },
        { at: 'parent.data_source_id', kind: 'data_source', actions: ['create'] },
        { at: 'pages.*.template_id', kind: 'page', actions: ['read'] },
      ],
      otherwise: {
        unless: ['parent.page_id', 'parent.database_id', 'parent.data_source_id'],
        actions: ['create'],
      },
      markdown: ['pages.*.content'],
      texts: ['pages.*.properties', 'pages.*.icon', 'pages.*.cover'],
      writes: ['pages.*.properties', 'pages.*.template_id'],
      shows: 'made',
    },
    shape: {
      parent: z
        .union([
          pageParent,
          databaseParent,
          dataSourceParent,
          z.strictObject({ teamspace_id: z.string(), type: z.literal('teamspace_id').optional() }),
        ])
        .optional(),
      creation_mode: z.enum(['draft', 'publish']).optional(),
      pages: z
        .array(
          z.strictObject({
            properties: flatValues.optional(),
            content: markdownText.optional(),
            template_id: z.string().optional(),
            icon: z.string().optional(),
            cover: z.string().optional(),
            is_skill: z.boolean().optional(),
          }),
        )
        .min(1)
        .max(100),
      allow_async: z.boolean().optional(),
    },
  }),
  toolRow('notion-update-page', {
    title: 'Update a page',
    description: 'Change the properties or the content of a page. The command says which.',
    annotations: { readOnlyHint: false, destructiveHint: true },
    effect: 'write',
    actions: ['update'],
    hosted: {
      locators: [
        { at: 'page_id', kind: 'page', actions: ['update'] },
        { at: 'template_id', kind: 'page', actions: ['read'] },
      ],
      escalations: [
        { at: 'allow_deleting_content', when: 'true', actions: ['delete'], on: 'page_id', fresh: true },
        { at: 'is_skill', when: 'present', actions: ['manage'], on: 'page_id' },
        { at: 'verification_status', when: 'present', actions: ['manage'], on: 'page_id' },
      ],
      markdown: ['new_str', 'content', 'content_updates.*.new_str'],
      texts: ['properties', 'icon', 'cover'],
      writes: ['properties', 'template_id'],
      shows: 'made',
    },
    shape: {
      page_id: z.string(),
      command: z.enum([
        'update_properties',
        'update_content',
        'replace_content',
        'replace_content_range',
        'insert_content',
        'insert_content_after',
        'apply_template',
        'update_verification',
      ]),
      properties: flatValues.optional(),
      new_str: markdownText.optional(),
      content: markdownText.optional(),
      position: z.strictObject({ type: z.enum(['start', 'end']) }).optional(),
      content_updates: z
        .array(
          z.strictObject({ old_str: z.string(), new_str: z.string(), replace_all_matches: z.boolean().optional() }),
        )
        .max(100)
        .optional(),
      selection_with_ellipsis: z.string().optional().describe('first words...last words'),
      template_id: z.string().optional(),
      allow_deleting_content: z.boolean().optional(),
      verification_status: z.enum(['verified', 'unverified']).optional(),
      verification_expiry_days: z.number().optional(),
      icon: z.string().optional(),
      cover: z.string().optional(),
      is_skill: z.boolean().optional(),
    },
  }),
  toolRow('notion-move-pages', {
    title: 'Move pages',
    description: 'Move pages or databases under another page or into a data source.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    effect: 'write',
    actions: ['move'],
    hosted: {
      locators: [
        {
          at: 'page_or_database_ids.*',
          kind: 'page',
          actions: ['move'],
          fresh: true,
          alsoParent: true,
          movesUnder: newParents,
        },
        { at: 'new_parent.page_id', kind: 'page', actions: ['create'] },
        { at: 'new_parent.database_id', kind: 'database', actions: ['create'] },
        { at: 'new_parent.data_source_id', kind: 'data_source', actions: ['create'] },
      ],
      // A page at the top of the workspace belongs to one person alone: a move there takes it away from all others.
      otherwise: { unless: newParents, actions: ['create', 'manage'] },
      shows: 'made',
    },
    shape: {
      page_or_database_ids: z.array(z.string()).min(1).max(100),
      new_parent: z.union([
        pageParent,
        databaseParent,
        dataSourceParent,
        z.strictObject({ type: z.literal('workspace') }),
      ]),
    },
  }),
  toolRow('notion-duplicate-page', {
    title: 'Duplicate a page',
    description: 'Copy a page to a place beside the original.',
    annotations: { readOnlyHint: false, destructiveHint: false },
    effect: 'write',
    actions: ['read', 'create'],
    hosted: {
      locators: [
        { at: 'page_id', kind: 'page', actions: ['read'] },
        { at: 'page_id', kind: 'page', actions: ['create'], alsoParent: true },
      ],
      shows: 'made',
    },
    shape: { page_id: z.string() },
  }),
  toolRow('notion-get-async-task', {
    title: 'Get async task',
    description: 'How far a task is that you started with allow_async.',
    annotations: reading,
    effect: 'read',
    actions: ['read'],
    hosted: {
      locators: [{ at: 'task_id', kind: 'async_task', actions: ['read'], owned: true }],
      shows: 'task',
    },
    shape: { task_id: z.string() },
  }),
];
