import type { OperationRow } from '../operation-row.ts';

const block = { at: 'path.block_id', kind: 'block' } as const;

/** A block with children may hold pages, which are deleted with it. A block without children is text of its page. */
const deletion = { fresh: true, leafAction: 'update' } as const;

/** Block types whose content can be changed. https://developers.notion.com/reference/update-a-block */
const blockTypes = [
  ...['audio', 'bookmark', 'breadcrumb', 'bulleted_list_item', 'callout', 'code', 'column', 'divider', 'embed'],
  ...['equation', 'file', 'heading_1', 'heading_2', 'heading_3', 'heading_4', 'image', 'link_to_page'],
  ...['numbered_list_item', 'paragraph', 'pdf', 'quote', 'synced_block', 'tab', 'table', 'table_of_contents'],
  ...['table_row', 'template', 'to_do', 'toggle', 'video'],
];

/**
 * Blocks and meeting notes. The id of a block may be that of a page or a database: to delete such a block is to delete
 * the page. https://developers.notion.com/reference/block
 */
export const blockRows: readonly OperationRow[] = [
  {
    name: 'blocks.get',
    method: 'GET',
    path: '/v1/blocks/:block_id',
    effect: 'read',
    locators: [{ ...block, actions: ['read'] }],
    query: [],
    response: { readAction: 'read', rewriteUrls: true },
  },
  {
    name: 'blocks.update',
    method: 'PATCH',
    path: '/v1/blocks/:block_id',
    effect: 'write',
    locators: [{ ...block, actions: ['update'] }],
    escalations: [
      { at: 'in_trash', when: 'present', actions: ['delete'], on: block.at, care: deletion },
      { at: 'archived', when: 'present', actions: ['delete'], on: block.at, care: deletion },
    ],
    query: [],
    body: ['object', 'type', 'in_trash', 'archived', ...blockTypes],
    response: { readAction: 'read', rewriteUrls: true },
  },
  {
    name: 'blocks.delete',
    method: 'DELETE',
    path: '/v1/blocks/:block_id',
    effect: 'write',
    locators: [{ ...block, actions: ['delete'], care: deletion }],
    query: [],
    response: { readAction: 'read', rewriteUrls: true },
  },
  {
    name: 'blocks.children.list',
    method: 'GET',
    path: '/v1/blocks/:block_id/children',
    effect: 'read',
    locators: [{ ...block, actions: ['read'] }],
    query: ['start_cursor', 'page_size'],
    response: { readAction: 'read', rewriteUrls: true, list: { kind: 'block', paged: 'query' } },
  },
  {
    name: 'blocks.children.append',
    method: 'PATCH',
    path: '/v1/blocks/:block_id/children',
    effect: 'write',
    locators: [
      { ...block, actions: ['create'] },
      { at: 'body.after', kind: 'block', actions: ['read'] },
      { at: 'body.position.after_block.id', kind: 'block', actions: ['read'] },
    ],
    query: [],
    body: ['children', 'after', 'position'],
    response: { readAction: 'read', rewriteUrls: true },
  },
  {
    name: 'blocks.meeting_notes.create',
    method: 'POST',
    path: '/v1/blocks/meeting_notes',
    effect: 'write',
    locators: [
      { at: 'body.parent.page_id', kind: 'page', actions: ['create'] },
      { at: 'body.source.block_id', kind: 'block', actions: ['create'] },
      { at: 'body.source.file_upload_id', kind: 'file_upload', actions: ['file.write'], owned: true },
    ],
    needs: [
      { anyOf: ['body.parent.page_id', 'body.source.block_id'] },
      { anyOf: ['body.source.block_id', 'body.source.file_upload_id'] },
    ],
    query: [],
    body: ['title', 'language', 'options', 'source', 'parent'],
    response: { readAction: 'read', rewriteUrls: true },
  },
  {
    name: 'blocks.meeting_notes.query',
    method: 'POST',
    path: '/v1/blocks/meeting_notes/query',
    effect: 'read',
    workspace: 'read',
    filtered: true,
    query: [],
    body: ['filter', 'sort', 'limit'],
    response: { readAction: 'read', rewriteUrls: true, list: { kind: 'block' } },
  },
];
