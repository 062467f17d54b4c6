import { invalid } from '../http/errors.ts';
import type { Call } from '../http/route.ts';
import { array, boolean, object, oneOf, optional, type Read, string, union } from '../http/shape.ts';
import type { Container, ContentNode } from '../world/records.ts';
import { liveChildren, type Position, titleOf, touch } from '../world/tree.ts';
import { childrenOf } from './block-object.ts';
import { appendBlocks } from './block-writes.ts';
import { parseMarkdown } from './markdown-parse.ts';
import { renderMarkdown, renderNode } from './markdown-render.ts';
import { setTrash } from './trash.ts';

const deleting = { allow_deleting_content: optional(boolean) };
const common = { allow_async: optional(boolean), markdown_version: optional(string()) };

/** The body of PATCH /v1/pages/:page_id/markdown. */
export const markdownChange = union(
  object({
    ...common,
    type: oneOf('insert_content'),
    insert_content: object({
      content: string(),
      after: optional(string()),
      position: optional(object({ type: oneOf('start', 'end') })),
    }),
  }),
  object({
    ...common,
    type: oneOf('replace_content_range'),
    replace_content_range: object({ content: string(), content_range: string(), ...deleting }),
  }),
  object({
    ...common,
    type: oneOf('update_content'),
    update_content: object({
      content_updates: array(object({ old_str: string(), new_str: string(), replace_all_matches: optional(boolean) })),
      ...deleting,
    }),
  }),
  object({
    ...common,
    type: oneOf('replace_content'),
    replace_content: object({ new_str: string(), ...deleting }),
  }),
);
export type MarkdownChange = Read<typeof markdownChange>;

/** Carries out a change of a page's Markdown. Blocks whose text stays as it was keep their ids. */
export function changeMarkdown(call: Call, container: Container, change: MarkdownChange): void {
  const before = renderMarkdown(call, container);
  const after = edited(before, change);
  rewrite(call, container, after, mayDelete(change));
  touch(call.world, container, call.caller.botId);
}

function mayDelete(change: MarkdownChange): boolean {
  if (change.type === 'replace_content_range') return change.replace_content_range.allow_deleting_content ?? false;
  if (change.type === 'update_content') return change.update_content.allow_deleting_content ?? false;
  return change.type === 'replace_content' ? (change.replace_content.allow_deleting_content ?? false) : false;
}

function edited(before: string, change: MarkdownChange): string {
  switch (change.type) {
    case 'insert_content':
      return inserted(before, change.insert_content);
    case 'replace_content_range': {
      const { start, end } = rangeOf(before, change.replace_content_range.content_range);
      return before.slice(0, start) + change.replace_content_range.content + before.slice(end);
    }
    case 'update_content':
      return change.update_content.content_updates.reduce(replaced, before);
    case 'replace_content':
      return change.replace_content.new_str;
  }
}

interface Insertion {
  readonly content: string;
  readonly after?: string;
  readonly position?: { readonly type: 'start' | 'end' };
}

function inserted(before: string, { content, after, position }: Insertion): string {
  if (after !== undefined) {
    const { end } = rangeOf(before, after);
    return `${before.slice(0, end)}\n${content}${before.slice(end)}`;
  }
  return position?.type === 'start' ? `${content}\n${before}` : `${before}\n${content}`;
}

interface Update {
  readonly old_str: string;
  readonly new_str: string;
  readonly replace_all_matches?: boolean;
}

function replaced(text: string, { old_str: old, new_str: next, replace_all_matches: all }: Update): string {
  if (old === '' || !text.includes(old)) throw invalid(`Could not find content matching "${old}" in the page.`);
  const several = text.indexOf(old) !== text.lastIndexOf(old);
  if (several && all !== true)
    throw invalid(`Found more than one match for "${old}". Set replace_all_matches to true.`);
  return text.split(old).join(next);
}

/** A range is named by its beginning and its end: `first words...last words`. */
function rangeOf(text: string, range: string): { start: number; end: number } {
  const dots = range.indexOf('...');
  const [first, last] = dots < 0 ? [range, range] : [range.slice(0, dots), range.slice(dots + 3)];
  const start = text.indexOf(first);
  const tail = dots < 0 ? start : text.indexOf(last, start + first.length);
  if (start < 0 || tail < 0 || range === '') throw invalid(`Could not find content matching "${range}" in the page.`);
  return { start, end: tail + last.length };
}

/** Makes the content of a container read as `markdown`: what reads the same stays, the rest is made or trashed. */
function rewrite(call: Call, container: Container, markdown: string, allowDeleting: boolean): void {
  const kept = new Map<string, ContentNode[]>();
  for (const child of childrenOf(call, container)) {
    const text = renderNode(call, child, 0);
    kept.set(text, [...(kept.get(text) ?? []), child]);
  }
  const plan = chunks(markdown).map(text => kept.get(text)?.shift() ?? text);
  const gone = [...kept.values()].flat();
  if (!allowDeleting) refuseDeletions(call, gone);
  for (const node of gone) setTrash(call, node, true);
  const order: string[] = [];
  for (const step of plan) {
    const after = order.at(-1);
    const place: Position = after === undefined ? 'start' : { after };
    if (typeof step !== 'string') order.push(step.id);
    else order.push(...appendBlocks(call, container, parseMarkdown(step), place).map(block => block.id));
  }
  const placed = new Set(order);
  container.children = [...order, ...container.children.filter(id => !placed.has(id))];
}

/** Child pages and databases are lost only if the request says so. */
function refuseDeletions(call: Call, gone: readonly ContentNode[]): void {
  const lost = gone.flatMap(node => [node, ...below(call, node)]).filter(node => node.kind !== 'block');
  if (lost.length === 0) return;
  const names = lost.map(node => titleOf(node) || 'Untitled').join(', ');
  throw invalid(
    `This operation would delete ${lost.length} child page(s) or database(s): ${names}. Set allow_deleting_content to true.`,
  );
}

function below(call: Call, node: ContentNode): ContentNode[] {
  if (node.kind === 'database') return [];
  return [...liveChildren(call.world, node)].flatMap(child => [child, ...below(call, child)]);
}

/** One piece of text for each top-level block: a line at the margin, with the indented lines and fences below it. */
function chunks(markdown: string): string[] {
  const pieces: string[] = [];
  let fence: string | null = null;
  for (const line of markdown.replaceAll('\r\n', '\n').split('\n')) {
    const inside = fence !== null || line.startsWith('\t');
    if (inside && pieces.length > 0) pieces.push(`${pieces.pop()}\n${line}`);
    else if (line.trim() !== '') pieces.push(line);
    const mark = line.trim().startsWith('```') ? '```' : line.trim() === '$$' ? '$$' : null;
    if (mark !== null) fence = fence === null ? mark : fence === mark ? null : fence;
  }
  return pieces;
}
