import type { OperationRow } from '../operation-row.ts';

const page = { at: 'path.page_id', kind: 'page' } as const;
const newParents = ['body.parent.page_id', 'body.parent.data_source_id'] as const;
const trash = ['in_trash', 'archived', 'is_archived'] as const;

/** Pages, their properties and their Markdown. https://developers.notion.com/reference/page */
export const pageRows: readonly OperationRow[] = [
  {
    name: 'pages.create',
    method: 'POST',
    path: '/v1/pages',
    effect: 'write',
    locators: [
      { at: 'body.parent.page_id', kind: 'page', actions: ['create'] },
      { at: 'body.parent.database_id', kind: 'database', actions: ['create'] },
      { at: 'body.parent.data_source_id', kind: 'data_source', actions: ['create'] },
      { at: 'body.parent.workspace', kind: 'workspace', actions: ['create'] },
      { at: 'body.template.template_id', kind: 'page', actions: ['read'] },
      { at: 'body.position.after_block.id', kind: 'block', actions: ['read'] },
    ],
    needs: [
      {
        onlyIf: 'body.parent',
        anyOf: [
          'body.parent.page_id',
          'body.parent.database_id',
          'body.parent.data_source_id',
          'body.parent.workspace',
        ],
      },
    ],
    standIns: [{ unless: ['body.parent'], actions: ['create'], on: 'workspace' }],
    query: ['filter_properties'],
    body: [
      ...['parent', 'properties', 'icon', 'cover', 'content', 'children', 'markdown', 'markdown_version'],
      ...['allow_async', 'template', 'position'],
    ],
    markdown: ['markdown'],
    writes: ['properties'],
    writesAny: ['body.template'],
    response: { readAction: 'read', rewriteUrls: true, binds: 'async_task' },
  },
  {
    name: 'pages.get',
    method: 'GET',
    path: '/v1/pages/:page_id',
    effect: 'read',
    locators: [{ ...page, actions: ['read'] }],
    query: ['filter_properties'],
    response: { readAction: 'read', rewriteUrls: true },
  },
  {
    name: 'pages.update',
    method: 'PATCH',
    path: '/v1/pages/:page_id',
    effect: 'write',
    locators: [
      { ...page, actions: ['update'] },
      { at: 'body.template.template_id', kind: 'page', actions: ['read'] },
    ],
    escalations: [
      // Restoring needs `delete` too, so `in_trash: false` escalates like `true`.
      ...trash.map(at => ({ at, when: 'present', actions: ['delete'], on: page.at, care: { fresh: true } }) as const),
      { at: 'erase_content', when: 'not_false', actions: ['delete'], on: page.at, care: { fresh: true } },
      { at: 'is_locked', when: 'present', actions: ['manage'], on: page.at },
    ],
    query: ['filter_properties'],
    body: ['properties', 'icon', 'cover', 'is_locked', 'template', 'erase_content', ...trash],
    writes: ['properties'],
    writesAny: ['body.template'],
    response: { readAction: 'read', rewriteUrls: true },
  },
  {
    name: 'pages.move',
    method: 'POST',
    path: '/v1/pages/:page_id/move',
    effect: 'write',
    locators: [
      { ...page, actions: ['move'], care: { fresh: true, alsoParent: true, movesUnder: newParents } },
      { at: 'body.parent.page_id', kind: 'page', actions: ['create'] },
      { at: 'body.parent.data_source_id', kind: 'data_source', actions: ['create'] },
    ],
    needs: [{ anyOf: newParents }],
    query: [],
    body: ['parent'],
    response: { readAction: 'read', rewriteUrls: true },
  },
  {
    name: 'pages.properties.get',
    method: 'GET',
    path: '/v1/pages/:page_id/properties/:property_id',
    effect: 'read',
    locators: [{ ...page, actions: ['read'] }],
    query: ['start_cursor', 'page_size'],
    response: { readAction: 'read', rewriteUrls: true, list: { paged: 'query' } },
  },
  {
    name: 'pages.markdown.get',
    method: 'GET',
    path: '/v1/pages/:page_id/markdown',
    effect: 'read',
    // Notion accepts a block's id here as well.
    locators: [{ ...page, actions: ['read'] }],
    query: ['include_transcript'],
    response: { readAction: 'read', rewriteUrls: true },
  },
  {
    name: 'pages.markdown.update',
    method: 'PATCH',
    path: '/v1/pages/:page_id/markdown',
    effect: 'write',
    locators: [{ ...page, actions: ['update'] }],
    escalations: [
      { at: '*.allow_deleting_content', when: 'not_false', actions: ['delete'], on: page.at, care: { fresh: true } },
    ],
    query: [],
    body: [
      ...['type', 'insert_content', 'replace_content_range', 'update_content', 'replace_content'],
      ...['allow_async', 'markdown_version'],
    ],
    markdown: [
      'insert_content.content',
      'replace_content_range.content',
      'update_content.content_updates.new_str',
      'replace_content.new_str',
    ],
    response: { readAction: 'read', rewriteUrls: true, binds: 'async_task' },
  },
];
