import type { RichTextItemResponse } from '@notionhq/client';
import {
  anything,
  array,
  boolean,
  nullable,
  object,
  oneOf,
  optional,
  type Read,
  record,
  type Shape,
  string,
  union,
  uuid,
} from '../http/shape.ts';
import type { RichText } from '../world/records.ts';
import { PLAIN_ANNOTATIONS } from '../world/rich-text.ts';

export const COLORS = [
  'default',
  'gray',
  'brown',
  'orange',
  'yellow',
  'green',
  'blue',
  'purple',
  'pink',
  'red',
] as const;
const BACKGROUNDS = [
  'default_background',
  'gray_background',
  'brown_background',
  'orange_background',
  'yellow_background',
  'green_background',
  'blue_background',
  'purple_background',
  'pink_background',
  'red_background',
] as const;
export const color = oneOf(...COLORS, ...BACKGROUNDS);

const annotations = object({
  bold: optional(boolean),
  italic: optional(boolean),
  strikethrough: optional(boolean),
  underline: optional(boolean),
  code: optional(boolean),
  color: optional(color),
});

export const dateInput = object({
  start: string(),
  end: optional(nullable(string())),
  time_zone: optional(nullable(string())),
});

// Official clients send answers back as they got them, so the fields of an answer are accepted and ignored.
const echoed = {
  annotations: optional(annotations),
  plain_text: optional(string()),
  href: optional(nullable(string())),
};

/** A person or bot. The official client's types up to 2.x take the whole user as an answer shows it; the id decides. */
export const userInput = object({
  id: uuid,
  object: optional(oneOf('user')),
  type: optional(oneOf('person', 'bot')),
  name: optional(nullable(string())),
  avatar_url: optional(nullable(string())),
  person: optional(record(anything)),
  bot: optional(record(anything)),
});

const mention = union(
  object({ type: optional(oneOf('user')), user: userInput }),
  object({ type: optional(oneOf('date')), date: dateInput }),
  object({ type: optional(oneOf('page')), page: object({ id: uuid }) }),
  object({ type: optional(oneOf('database')), database: object({ id: uuid }) }),
  object({
    type: optional(oneOf('custom_emoji')),
    custom_emoji: object({ id: uuid, name: optional(string()), url: optional(string()) }),
  }),
  object({
    type: optional(oneOf('template_mention')),
    template_mention: union(
      object({ type: optional(oneOf('template_mention_date')), template_mention_date: oneOf('today', 'now') }),
      object({ type: optional(oneOf('template_mention_user')), template_mention_user: oneOf('me') }),
    ),
  }),
);

const item = union(
  object({
    type: optional(oneOf('text')),
    text: object({ content: string(2000), link: optional(nullable(object({ url: string(2000) }))) }),
    ...echoed,
  }),
  object({ type: optional(oneOf('mention')), mention, ...echoed }),
  object({ type: optional(oneOf('equation')), equation: object({ expression: string(1000) }), ...echoed }),
);

type ItemInput = Read<typeof item>;
type Mention = Extract<RichTextItemResponse, { type: 'mention' }>['mention'];

/** A rich text array of a request, in the form in which it is stored. */
export const richText: Shape<RichText> = {
  read: (value, path) => array(item).read(value, path).map(stored),
};

function stored(input: ItemInput): RichText[number] {
  const style = { annotations: { ...PLAIN_ANNOTATIONS, ...input.annotations } };
  if ('text' in input) {
    const link = input.text.link ?? null;
    const content = input.text.content;
    return { type: 'text', text: { content, link }, ...style, plain_text: content, href: link?.url ?? null };
  }
  if ('equation' in input) {
    const expression = input.equation.expression;
    return { type: 'equation', equation: { expression }, ...style, plain_text: expression, href: null };
  }
  // The text of a mention is that of its target when it is read, not when it was written.
  return { type: 'mention', mention: storedMention(input.mention), ...style, plain_text: '', href: null };
}

function storedMention(input: Read<typeof mention>): Mention {
  if ('user' in input) return { type: 'user', user: { object: 'user', id: input.user.id } };
  if ('date' in input) return { type: 'date', date: storedDate(input.date) };
  if ('page' in input) return { type: 'page', page: input.page };
  if ('database' in input) return { type: 'database', database: input.database };
  if ('custom_emoji' in input) {
    const { id, name = '', url = '' } = input.custom_emoji;
    return { type: 'custom_emoji', custom_emoji: { id, name, url } };
  }
  const template = input.template_mention;
  return {
    type: 'template_mention',
    template_mention:
      'template_mention_date' in template
        ? { type: 'template_mention_date', template_mention_date: template.template_mention_date }
        : { type: 'template_mention_user', template_mention_user: template.template_mention_user },
  };
}

export function storedDate(input: Read<typeof dateInput>) {
  return { start: input.start, end: input.end ?? null, time_zone: input.time_zone ?? null };
}
