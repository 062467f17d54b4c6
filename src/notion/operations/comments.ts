import type { OperationRow } from '../operation-row.ts';

const comment = { at: 'path.comment_id', kind: 'comment' } as const;

/**
 * Comments. All callers share one bot at Notion, and Notion lets it change every comment that it wrote. So the author
 * of a comment must be known here. https://developers.notion.com/reference/comment-object
 */
export const commentRows: readonly OperationRow[] = [
  {
    name: 'comments.create',
    method: 'POST',
    path: '/v1/comments',
    effect: 'write',
    locators: [
      { at: 'body.parent.page_id', kind: 'page', actions: ['comment.write'] },
      { at: 'body.parent.block_id', kind: 'block', actions: ['comment.write'] },
      { at: 'body.discussion_id', kind: 'discussion', actions: ['comment.write'] },
    ],
    needs: [{ anyOf: ['body.parent.page_id', 'body.parent.block_id', 'body.discussion_id'] }],
    query: [],
    body: ['parent', 'discussion_id', 'rich_text', 'markdown', 'attachments', 'display_name'],
    markdown: ['markdown'],
    response: { readAction: 'comment.read', rewriteUrls: true, binds: 'comment' },
  },
  {
    name: 'comments.list',
    method: 'GET',
    path: '/v1/comments',
    effect: 'read',
    locators: [{ at: 'query.block_id', kind: 'block', actions: ['comment.read'] }],
    needs: [{ anyOf: ['query.block_id'] }],
    query: ['block_id', 'start_cursor', 'page_size'],
    response: {
      readAction: 'comment.read',
      rewriteUrls: true,
      list: { kind: 'comment', action: 'comment.read', paged: 'query' },
    },
  },
  {
    name: 'comments.get',
    method: 'GET',
    path: '/v1/comments/:comment_id',
    effect: 'read',
    locators: [{ ...comment, actions: ['comment.read'] }],
    query: [],
    response: { readAction: 'comment.read', rewriteUrls: true },
  },
  {
    name: 'comments.update',
    method: 'PATCH',
    path: '/v1/comments/:comment_id',
    effect: 'write',
    locators: [{ ...comment, actions: ['comment.write'], owned: true }],
    query: [],
    body: ['rich_text', 'markdown'],
    markdown: ['markdown'],
    response: { readAction: 'comment.read', rewriteUrls: true },
  },
  {
    name: 'comments.delete',
    method: 'DELETE',
    path: '/v1/comments/:comment_id',
    effect: 'write',
    locators: [{ ...comment, actions: ['comment.write'], owned: true }],
    query: [],
    response: { readAction: 'comment.read', rewriteUrls: true },
  },
];
