import { z } from 'zod';
import { type ToolRow, toolRow } from '../../tool-row.ts';
import { reading } from './shapes.ts';

/** People, and what they say beside pages. */
export const peopleTools: readonly ToolRow[] = [
  toolRow('notion-create-comment', {
    title: 'Create a comment',
    description: 'Comment on a page, or reply to a discussion.',
    annotations: { readOnlyHint: false, destructiveHint: false },
    effect: 'write',
    actions: ['comment.write'],
    hosted: {
      locators: [
        { at: 'page_id', kind: 'page', actions: ['comment.write'] },
        { at: 'discussion_id', kind: 'discussion', actions: ['comment.write'] },
      ],
      otherwise: { unless: ['page_id', 'discussion_id'], actions: ['comment.write'] },
      markdown: ['markdown'],
      texts: ['rich_text'],
      shows: 'made',
    },
    shape: {
      page_id: z.string().optional(),
      discussion_id: z.string().optional().describe('discussion://pageId/blockId/discussionId'),
      rich_text: z.array(z.record(z.string(), z.unknown())).max(100).optional(),
      markdown: z.string().optional(),
    },
  }),
  toolRow('notion-get-comments', {
    title: 'Get comments',
    description: 'Read the comments on a page.',
    annotations: reading,
    effect: 'read',
    actions: ['comment.read'],
    hosted: {
      locators: [
        { at: 'page_id', kind: 'page', actions: ['comment.read'] },
        { at: 'discussion_id', kind: 'discussion', actions: ['comment.read'] },
      ],
      shows: 'text',
    },
    shape: {
      page_id: z.string(),
      discussion_id: z.string().optional(),
      include_all_blocks: z.boolean().optional(),
      include_resolved: z.boolean().optional(),
    },
  }),
  toolRow('notion-get-users', {
    title: 'Get users',
    description: 'List the people of the workspace, or get one of them; `self` is you.',
    annotations: reading,
    effect: 'read',
    actions: ['people.read'],
    hosted: {
      locators: [],
      otherwise: { unless: [], actions: ['people.read'] },
      shows: 'people',
    },
    shape: {
      query: z.string().optional(),
      user_id: z.string().optional(),
      start_cursor: z.string().optional(),
      page_size: z.number().int().min(1).max(100).optional(),
    },
  }),
  toolRow('notion-get-self', {
    title: 'Get self',
    description: 'Who calls, and in which workspace.',
    annotations: reading,
    effect: 'read',
    actions: [],
    hosted: { locators: [], otherwise: { unless: [], actions: ['people.read'] }, shows: 'people' },
    shape: {},
  }),
  toolRow('notion-get-teams', {
    title: 'Get teams',
    description: 'The teamspaces of the workspace.',
    annotations: reading,
    effect: 'read',
    actions: ['people.read'],
    hosted: { locators: [], otherwise: { unless: [], actions: ['people.read', 'read'] }, shows: 'text' },
    shape: { query: z.string().optional() },
  }),
];
