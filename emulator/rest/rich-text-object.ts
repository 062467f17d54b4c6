import type { RichTextItemResponse } from '@notionhq/client';
import type { Call } from '../http/route.ts';
import type { RichText } from '../world/records.ts';
import { titleOf } from '../world/tree.ts';
import { visibleNode } from './lookup.ts';
import { userReference } from './user-object.ts';

/** Rich text as answers show it: mentions carry the name of what they mention, as it is now. */
export function richTextObject(call: Call, text: RichText): RichText {
  return text.some(item => item.type === 'mention') ? text.map(item => shown(call, item)) : text;
}

function shown(call: Call, item: RichTextItemResponse): RichTextItemResponse {
  if (item.type !== 'mention') return item;
  const mention = item.mention;
  switch (mention.type) {
    case 'page':
      return { ...item, ...linked(call, mention.page.id) };
    case 'database':
      return { ...item, ...linked(call, mention.database.id) };
    case 'user': {
      const user = userReference(call, mention.user.id);
      const name = 'name' in user ? user.name : null;
      return { ...item, mention: { type: 'user', user }, plain_text: `@${name ?? 'Anonymous'}` };
    }
    case 'date':
      return { ...item, plain_text: [mention.date.start, mention.date.end].filter(Boolean).join(' → ') };
    case 'custom_emoji':
      return { ...item, plain_text: `:${mention.custom_emoji.name}:` };
    case 'template_mention':
      return { ...item, plain_text: mention.template_mention.type === 'template_mention_user' ? '@Me' : '@Today' };
    default:
      return item;
  }
}

/** What the caller cannot see is called "Untitled". */
function linked(call: Call, id: string): { plain_text: string; href: string } {
  const node = visibleNode(call, id);
  const title = node === null ? '' : titleOf(node);
  return { plain_text: title === '' ? 'Untitled' : title, href: `https://app.notion.com/p/${id.replaceAll('-', '')}` };
}
