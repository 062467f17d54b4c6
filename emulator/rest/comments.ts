import type { CommentObjectResponse, GetCommentResponse } from '@notionhq/client';
import { minuteTime } from '../clock.ts';
import { invalid } from '../http/errors.ts';
import { listOf, pageOf, queryPaging } from '../http/pagination.ts';
import { type Call, type Route, route } from '../http/route.ts';
import { array, looseObject, object, oneOf, optional, type Read, string, union, uuid } from '../http/shape.ts';
import type { Comment, Node, RichText } from '../world/records.ts';
import { textOf } from '../world/rich-text.ts';
import { announce, entryOf } from '../world/world.ts';
import { requireEditable } from './block-writes.ts';
import { hostedFile, usableUpload } from './file-input.ts';
import { findBlock, findPage, notFound, visibleNode } from './lookup.ts';
import { richText } from './rich-text-input.ts';
import { richTextObject } from './rich-text-object.ts';
import { partialUser } from './user-object.ts';

const commentId = object({ comment_id: uuid });
const parent = union(
  object({ type: optional(oneOf('page_id')), page_id: uuid }),
  object({ type: optional(oneOf('block_id')), block_id: uuid }),
);
const displayName = union(
  object({ type: oneOf('integration', 'user') }),
  object({ type: oneOf('custom'), custom: object({ name: string() }) }),
);
const creation = object({
  parent: optional(parent),
  discussion_id: optional(uuid),
  rich_text: optional(richText),
  markdown: optional(string()),
  attachments: optional(array(object({ type: optional(oneOf('file_upload')), file_upload_id: uuid }), 3)),
  display_name: optional(displayName),
});
const update = object({ rich_text: optional(richText), markdown: optional(string()) });

export const commentRoutes: readonly Route[] = [
  route('GET', '/v1/comments', {
    needs: 'read_comments',
    query: looseObject({ ...queryPaging, block_id: uuid }),
    handle(call, { query }) {
      const node = findBlock(call, query.block_id);
      const ids = call.world.commentsOn.get(node.id) ?? [];
      const page = pageOf(
        ids.flatMap(id => call.world.comments.get(id) ?? []),
        query,
      );
      return listOf(
        'comment',
        page.items.map(one => commentObject(call, one)),
        page.nextCursor,
      );
    },
  }),
  route('POST', '/v1/comments', {
    needs: 'insert_comments',
    body: creation,
    handle: (call, { body }) => commentAnswer(call, createComment(call, body)),
  }),
  route('GET', '/v1/comments/:comment_id', {
    needs: 'read_comments',
    params: commentId,
    handle: (call, { params }) => commentObject(call, findComment(call, params.comment_id)),
  }),
  route('PATCH', '/v1/comments/:comment_id', {
    needs: 'insert_comments',
    params: commentId,
    body: update,
    handle(call, { params, body }) {
      const comment = ownComment(call, params.comment_id);
      comment.text = textFrom(body);
      comment.editedAt = call.world.clock.now();
      announceComment(call, comment, 'comment.updated');
      return commentAnswer(call, comment);
    },
  }),
  route('DELETE', '/v1/comments/:comment_id', {
    needs: 'insert_comments',
    params: commentId,
    handle(call, { params }) {
      const comment = ownComment(call, params.comment_id);
      const answer = commentAnswer(call, comment);
      call.world.comments.delete(comment.id);
      const siblings = call.world.commentsOn.get(comment.parentId) ?? [];
      siblings.splice(siblings.indexOf(comment.id), 1);
      announceComment(call, comment, 'comment.deleted');
      return answer;
    },
  }),
];

function commentAnswer(call: Call, comment: Comment): GetCommentResponse {
  if (call.caller.capabilities.read_comments) return commentObject(call, comment);
  return { object: 'comment', id: comment.id };
}

export function commentObject(call: Call, comment: Comment): CommentObjectResponse {
  const onPage = call.world.nodes.get(comment.parentId)?.kind === 'page';
  const attachments = comment.attachments.map(url => ({
    category: 'productivity' as const,
    file: hostedFile(call, { url, expiry_time: '' }),
  }));
  return {
    object: 'comment',
    id: comment.id,
    parent: onPage ? { type: 'page_id', page_id: comment.parentId } : { type: 'block_id', block_id: comment.parentId },
    discussion_id: comment.discussionId,
    created_time: minuteTime(comment.createdAt),
    last_edited_time: minuteTime(comment.editedAt),
    created_by: partialUser(comment.createdBy),
    rich_text: richTextObject(call, comment.text),
    display_name: comment.displayName,
    ...(attachments.length > 0 ? { attachments } : {}),
  };
}

function findComment(call: Call, id: string): Comment {
  const comment = call.world.comments.get(id);
  if (comment === undefined || visibleNode(call, comment.parentId) === null) throw notFound(call, 'comment', id);
  return comment;
}

/** For a caller who wants to change it, someone else's comment is as good as missing. */
function ownComment(call: Call, id: string): Comment {
  const comment = findComment(call, id);
  if (comment.createdBy !== call.caller.botId) throw notFound(call, 'comment', id);
  return comment;
}

function createComment(call: Call, body: Read<typeof creation>): Comment {
  if ((body.parent === undefined) === (body.discussion_id === undefined)) {
    throw invalid('body failed validation: provide either body.parent or body.discussion_id, and not both.');
  }
  const node =
    body.parent === undefined ? discussedNode(call, body.discussion_id ?? '') : parentNode(call, body.parent);
  requireEditable(call, node);
  const now = call.world.clock.now();
  const comment: Comment = {
    id: call.world.ids.uuid(),
    workspaceId: call.caller.workspaceId,
    parentId: node.id,
    discussionId: body.discussion_id ?? call.world.ids.uuid(),
    createdAt: now,
    editedAt: now,
    createdBy: call.caller.botId,
    text: textFrom(body),
    displayName: displayedAs(call, body.display_name),
    attachments: (body.attachments ?? []).map(one => `upload:${usableUpload(call, one.file_upload_id).id}`),
  };
  addComment(call, comment);
  announceComment(call, comment, 'comment.created');
  return comment;
}

function addComment(call: Call, comment: Comment): void {
  call.world.comments.set(comment.id, comment);
  entryOf(call.world.commentsOn, comment.parentId, () => []).push(comment.id);
  call.world.discussions.set(comment.discussionId, comment.parentId);
}

function parentNode(call: Call, parentInput: Read<typeof parent>): Node {
  return 'page_id' in parentInput ? findPage(call, parentInput.page_id) : findBlock(call, parentInput.block_id);
}

function discussedNode(call: Call, discussionId: string): Node {
  const nodeId = call.world.discussions.get(discussionId);
  const node = nodeId === undefined ? null : visibleNode(call, nodeId);
  if (node === null) throw notFound(call, 'discussion', discussionId);
  return node;
}

function textFrom(body: { rich_text?: RichText; markdown?: string }): RichText {
  if (body.rich_text !== undefined) return body.rich_text;
  if (body.markdown !== undefined) return textOf(body.markdown);
  throw invalid('body failed validation: body.rich_text should be defined, instead was `undefined`.');
}

function displayedAs(call: Call, wanted: Read<typeof displayName> | undefined): Comment['displayName'] {
  if (wanted?.type === 'custom') return { type: 'custom', resolved_name: wanted.custom.name };
  if (wanted?.type === 'user') {
    const owner = call.caller.userId === null ? undefined : call.world.people.get(call.caller.userId);
    return { type: 'user', resolved_name: owner?.name ?? null };
  }
  return { type: 'integration', resolved_name: call.caller.name };
}

function announceComment(call: Call, comment: Comment, type: string): void {
  announce(call.world, {
    type,
    workspaceId: comment.workspaceId,
    id: comment.id,
    by: call.caller.botId,
    data: { page_id: comment.parentId },
  });
}
