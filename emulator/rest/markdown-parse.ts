import type { RichText } from '../world/records.ts';
import { PLAIN_ANNOTATIONS } from '../world/rich-text.ts';
import type { BlockInput, WritableBlockType } from './block-input.ts';

/** Reads Notion-flavoured Markdown into blocks: one line is one block, tabs nest, fences hold code and equations. */
export function parseMarkdown(markdown: string): BlockInput[] {
  const lines = markdown.replaceAll('\r\n', '\n').split('\n');
  const roots: Open[] = [];
  const stack: { depth: number; block: Open }[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line.trim() === '' || CLOSING.test(line)) continue;
    const depth = /^\t*/.exec(line)?.[0].length ?? 0;
    const text = line.slice(depth);
    const cell = /^<td>(.*)<\/td>$/.exec(text);
    const row = stack.findLast(one => one.block.type === 'table_row')?.block;
    if (cell !== null && row !== undefined) {
      (row.content.cells as RichText[]).push(parseInline(cell[1] ?? ''));
      continue;
    }
    const fence = readFence(lines, index, text);
    const block = fence?.block ?? readLine(text);
    index = fence?.last ?? index;
    while (stack.length > 0 && (stack.at(-1)?.depth ?? 0) >= depth) stack.pop();
    const parent = stack.at(-1)?.block;
    (parent?.children ?? roots).push(block);
    stack.push({ depth, block });
  }
  return roots.map(measured);
}

/** A table is as wide as its first row, which is known once it has been read. */
function measured(open: Open): Open {
  const children = open.children.map(measured);
  if (open.type !== 'table') return { ...open, children };
  const cells = children[0]?.content.cells;
  return { ...open, children, content: { ...open.content, table_width: Array.isArray(cells) ? cells.length : 1 } };
}

interface Open extends BlockInput {
  readonly children: Open[];
}

function block(type: WritableBlockType, content: Record<string, unknown>): Open {
  return { type, content, children: [] };
}

/** A code or equation fence that starts on this line, and the index of its last line. */
function readFence(lines: readonly string[], index: number, text: string): { block: Open; last: number } | null {
  const mark = text.startsWith('```') ? '```' : text === '$$' ? '$$' : null;
  if (mark === null) return null;
  let last = index + 1;
  while (last < lines.length && (lines[last] ?? '').trim() !== mark) last += 1;
  const inside = lines.slice(index + 1, last).join('\n');
  if (mark === '$$') return { block: block('equation', { expression: inside }), last };
  const language = text.slice(3).trim() || 'plain text';
  return { block: block('code', { rich_text: plainItems(inside), language, caption: [] }), last };
}

const CLOSING = /^\t*<\/(table|tr|columns|column|synced_block)>$/;

/** The blocks that are written as a pair of tags around their children. */
function readContainer(text: string): Open | null {
  if (text === '<columns>') return block('column_list', {});
  if (text === '<column>') return block('column', {});
  if (text === '<synced_block>') return block('synced_block', { synced_from: null });
  if (text === '<tr>') return block('table_row', { cells: [] });
  if (!/^<table( [^>]*)?>$/.test(text)) return null;
  const flags = {
    has_column_header: text.includes('header-row="true"'),
    has_row_header: text.includes('header-column="true"'),
  };
  return block('table', { table_width: 1, ...flags });
}

const HEADINGS = ['heading_1', 'heading_2', 'heading_3', 'heading_4'] as const;

function readLine(text: string): Open {
  const container = readContainer(text);
  if (container !== null) return container;
  const heading = /^(#{1,4}) (.*)$/.exec(text);
  if (heading !== null) {
    const type = HEADINGS[(heading[1]?.length ?? 1) - 1] ?? 'heading_1';
    return block(type, { rich_text: parseInline(heading[2] ?? ''), color: 'default', is_toggleable: false });
  }
  const todo = /^- \[([ xX])\] (.*)$/.exec(text);
  if (todo !== null) {
    return block('to_do', { rich_text: parseInline(todo[2] ?? ''), color: 'default', checked: todo[1] !== ' ' });
  }
  for (const [pattern, type] of TEXT_LINES) {
    const match = pattern.exec(text);
    if (match !== null) return block(type, { rich_text: parseInline(match[1] ?? ''), color: 'default' });
  }
  if (text === '---') return block('divider', {});
  if (text === '<table_of_contents/>') return block('table_of_contents', { color: 'gray' });
  const image = /^!\[(.*?)\]\((\S+?)\)$/.exec(text);
  if (image !== null) {
    const caption = parseInline(image[1] ?? '');
    return block('image', { type: 'external', external: { url: image[2] ?? '' }, caption });
  }
  const callout = /^<callout>(.*)<\/callout>$/.exec(text);
  if (callout !== null)
    return block('callout', { rich_text: parseInline(callout[1] ?? ''), color: 'default', icon: null });
  return block('paragraph', { rich_text: parseInline(text), color: 'default', icon: null });
}

const TEXT_LINES: readonly (readonly [RegExp, WritableBlockType])[] = [
  [/^- (.*)$/, 'bulleted_list_item'],
  [/^\d+\. (.*)$/, 'numbered_list_item'],
  [/^> (.*)$/, 'quote'],
];

type Annotations = RichText[number]['annotations'];

/** One pattern for each inline mark; the order is the order in which they are tried at a place. */
const INLINE =
  /<mention-page url="([^"]*)"(?:\/>|>[^<]*<\/mention-page>)|<mention-user url="user:\/\/([^"]*)"(?:\/>|>[^<]*<\/mention-user>)|\*\*(.+?)\*\*|\*(.+?)\*|~~(.+?)~~|`([^`]+)`|\$([^$]+)\$|\[([^\]]+)\]\(([^)\s]+)\)/;

/** Reads inline Markdown: bold, italic, strikethrough, code, equations, links, mentions of pages and people. */
function parseInline(text: string, annotations: Annotations = PLAIN_ANNOTATIONS): RichText {
  const match = INLINE.exec(hideEscapes(text));
  if (match === null) return plainItems(text, annotations);
  const before = plainItems(text.slice(0, match.index), annotations);
  const after = parseInline(text.slice(match.index + match[0].length), annotations);
  return [...before, ...marked(match, annotations, text.slice(match.index, match.index + match[0].length)), ...after];
}

function marked(match: RegExpExecArray, annotations: Annotations, raw: string): RichText {
  const [, page, user, bold, italic, strike, code, equation, label, url] = match;
  const inside = (open: number, close = open) => raw.slice(open, raw.length - close);
  if (page !== undefined) return mention({ type: 'page', page: { id: idOfUrl(page) } }, annotations);
  if (user !== undefined) return mention({ type: 'user', user: { object: 'user', id: user } }, annotations);
  if (bold !== undefined) return parseInline(inside(2), { ...annotations, bold: true });
  if (italic !== undefined) return parseInline(inside(1), { ...annotations, italic: true });
  if (strike !== undefined) return parseInline(inside(2), { ...annotations, strikethrough: true });
  if (code !== undefined) return plainItems(inside(1), { ...annotations, code: true }, null, false);
  if (equation !== undefined) {
    return [{ type: 'equation', equation: { expression: equation }, annotations, plain_text: equation, href: null }];
  }
  return plainItems(label ?? '', annotations, url ?? null);
}

type Mention = Extract<RichText[number], { type: 'mention' }>['mention'];

function mention(what: Mention, annotations: Annotations): RichText {
  return [{ type: 'mention', mention: what, annotations, plain_text: '', href: null }];
}

/** The id at the end of a page URL, dashed. */
function idOfUrl(url: string): string {
  const hex = /([0-9a-f]{32})(?:[?#].*)?$/i.exec(url.replaceAll('-', ''))?.[1] ?? '';
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5').toLowerCase();
}

function plainItems(
  text: string,
  annotations: Annotations = PLAIN_ANNOTATIONS,
  url: string | null = null,
  escapes = true,
): RichText {
  const content = escapes ? text.replace(/\\([\\*~`$[\]<>{}|^])/g, '$1') : text;
  if (content === '') return [];
  const link = url === null ? null : { url };
  return [{ type: 'text', text: { content, link }, annotations, plain_text: content, href: url }];
}

/** Escaped characters cannot start a mark: they are hidden, at the same length, while marks are looked for. */
function hideEscapes(text: string): string {
  return text.replace(/\\./g, '\u0000\u0000');
}
