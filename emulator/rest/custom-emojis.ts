import type { ListCustomEmojisResponse } from '@notionhq/client';
import { pageOf, queryPaging } from '../http/pagination.ts';
import { type Route, route } from '../http/route.ts';
import { looseObject, optional, string } from '../http/shape.ts';

export const customEmojiRoutes: readonly Route[] = [
  route('GET', '/v1/custom_emojis', {
    needs: 'read_content',
    query: looseObject({ ...queryPaging, name: optional(string()) }),
    handle(call, { query }): ListCustomEmojisResponse {
      const emojis = [...call.world.emojis.values()].filter(
        one => one.workspaceId === call.caller.workspaceId && (query.name === undefined || one.name === query.name),
      );
      const page = pageOf(emojis, query);
      return {
        object: 'list',
        type: 'custom_emoji',
        results: page.items.map(({ id, name, url }) => ({ id, name, url })),
        next_cursor: page.nextCursor,
        has_more: page.nextCursor !== null,
      };
    },
  }),
];
