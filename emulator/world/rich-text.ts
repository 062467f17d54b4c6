import type { RichText } from './records.ts';

type Item = RichText[number];

/** Shared by every unstyled item: a large workspace holds millions of them. */
export const PLAIN_ANNOTATIONS: Item['annotations'] = Object.freeze({
  bold: false,
  italic: false,
  strikethrough: false,
  underline: false,
  code: false,
  color: 'default',
});

/** One unstyled text item, or none for the empty string. */
export function textOf(content: string): RichText {
  if (content === '') return [];
  return [
    {
      type: 'text',
      text: { content, link: null },
      annotations: PLAIN_ANNOTATIONS,
      plain_text: content,
      href: null,
    },
  ];
}

export function plainText(text: RichText): string {
  const only = text[0];
  if (text.length === 1 && only !== undefined) return only.plain_text;
  return text.map(item => item.plain_text).join('');
}
