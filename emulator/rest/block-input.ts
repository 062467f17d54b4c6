import { invalid } from '../http/errors.ts';
import type { Call } from '../http/route.ts';
import {
  array,
  boolean,
  isPlain,
  Mismatch,
  nullable,
  number,
  object,
  oneOf,
  optional,
  readInput,
  type Shape,
  string,
  union,
  uuid,
} from '../http/shape.ts';
import type { BlockNode, BlockType } from '../world/records.ts';
import { storedUpload } from './file-input.ts';
import { iconInput, storedIcon } from './icon-input.ts';
import { notFound, visibleNode } from './lookup.ts';
import { color, richText } from './rich-text-input.ts';

/** A block of a request, read but not yet placed: its content as stored, and the blocks inside it. */
export interface BlockInput {
  readonly type: BlockType;
  readonly content: Record<string, unknown>;
  readonly children: readonly BlockInput[];
}

const text = { rich_text: richText, color: optional(color) };
const heading = { ...text, is_toggleable: optional(boolean) };
const withIcon = { ...text, icon: optional(iconInput) };
const url = string(2000);
const caption = { caption: optional(richText) };
const media = union(
  object({ type: optional(oneOf('external')), external: object({ url }), ...caption, name: optional(string()) }),
  object({
    type: optional(oneOf('file_upload')),
    file_upload: object({ id: uuid }),
    ...caption,
    name: optional(string()),
  }),
);
const mediaText = object({ ...caption, name: optional(string()) });
const link = object({ url, ...caption });
const linkTarget = union(
  object({ type: optional(oneOf('page_id')), page_id: uuid }),
  object({ type: optional(oneOf('database_id')), database_id: uuid }),
  object({ type: optional(oneOf('comment_id')), comment_id: uuid }),
);
const empty = object({});

/** What may be written under each block type. The keys are also the list of writable types. */
const CONTENT = {
  paragraph: object(withIcon),
  heading_1: object(heading),
  heading_2: object(heading),
  heading_3: object(heading),
  heading_4: object(heading),
  bulleted_list_item: object(text),
  numbered_list_item: object(text),
  quote: object(text),
  to_do: object({ ...text, checked: optional(boolean) }),
  toggle: object(text),
  template: object({ rich_text: richText }),
  callout: object(withIcon),
  synced_block: object({ synced_from: nullable(object({ type: optional(oneOf('block_id')), block_id: uuid })) }),
  code: object({ rich_text: richText, language: string(), ...caption }),
  equation: object({ expression: string(1000) }),
  divider: empty,
  breadcrumb: empty,
  tab: empty,
  table_of_contents: object({ color: optional(color) }),
  link_to_page: linkTarget,
  table: object({ table_width: number, has_column_header: optional(boolean), has_row_header: optional(boolean) }),
  table_row: object({ cells: array(richText) }),
  column_list: empty,
  column: object({ width_ratio: optional(number) }),
  embed: link,
  bookmark: link,
  image: media,
  video: media,
  pdf: media,
  file: media,
  audio: media,
} satisfies Partial<Record<BlockType, Shape<Record<string, unknown>>>>;
export type WritableBlockType = keyof typeof CONTENT;

const HEADING = { color: 'default', is_toggleable: false };
/** What a block shows for the fields that its request left out. */
const DEFAULTS: Partial<Record<WritableBlockType, Record<string, unknown>>> = {
  paragraph: { color: 'default', icon: null },
  heading_1: HEADING,
  heading_2: HEADING,
  heading_3: HEADING,
  heading_4: HEADING,
  bulleted_list_item: { color: 'default' },
  numbered_list_item: { color: 'default' },
  quote: { color: 'default' },
  to_do: { color: 'default', checked: false },
  toggle: { color: 'default' },
  callout: { color: 'default', icon: null },
  code: { caption: [] },
  table_of_contents: { color: 'gray' },
  table: { has_column_header: false, has_row_header: false },
  embed: { caption: [] },
  bookmark: { caption: [] },
  image: { caption: [] },
  video: { caption: [] },
  pdf: { caption: [] },
  file: { caption: [] },
  audio: { caption: [] },
};

/** Types whose content may carry `children`; the first group must. */
const MUST_HOLD = new Set<string>(['table', 'column_list', 'column', 'tab']);
const MAY_HOLD = new Set<string>([
  ...MUST_HOLD,
  'paragraph',
  'heading_1',
  'heading_2',
  'heading_3',
  'heading_4',
  'bulleted_list_item',
  'numbered_list_item',
  'quote',
  'to_do',
  'toggle',
  'template',
  'callout',
  'synced_block',
]);
const NESTING_MAX = 2;

/** `children` of an append or a page creation: at most 100, nested two levels deep. */
export const childrenInput: Shape<BlockInput[]> = array(blockShape(NESTING_MAX));

function blockShape(levels: number): Shape<BlockInput> {
  return {
    read(value, path) {
      const { type, content } = splitBlock(value, path);
      const contentPath = `${path}.${type}`;
      if (!isPlain(content)) throw new Mismatch(contentPath, 'an object', content);
      const { children, ...own } = content;
      const inner = readChildren(type, children, `${contentPath}.children`, levels);
      return { type, content: { ...DEFAULTS[type], ...CONTENT[type].read(own, contentPath) }, children: inner };
    },
  };
}

function readChildren(type: WritableBlockType, value: unknown, path: string, levels: number): BlockInput[] {
  if (value === undefined && !MUST_HOLD.has(type)) return [];
  if (!MAY_HOLD.has(type)) throw new Mismatch(path, 'not present', value);
  if (levels === 0 && !MUST_HOLD.has(type)) throw new Mismatch(path, 'not present', value);
  return array(blockShape(levels - 1)).read(value, path);
}

/** Finds the one key that is a block type: `type` itself may be left out. */
function splitBlock(value: unknown, path: string): { type: WritableBlockType; content: unknown } {
  if (!isPlain(value)) throw new Mismatch(path, value === undefined ? 'defined' : 'an object', value);
  const types = Object.keys(CONTENT) as WritableBlockType[];
  const type = types.find(one => Object.hasOwn(value, one));
  if (type === undefined) {
    throw new Mismatch(
      path,
      'a block',
      value,
      types.map(one => new Mismatch(`${path}.${one}`, 'defined', undefined)),
    );
  }
  if (value.type !== undefined && value.type !== type)
    throw new Mismatch(`${path}.${value.type}`, 'defined', undefined);
  for (const key of Object.keys(value)) {
    if (key !== type && key !== 'type' && key !== 'object')
      throw new Mismatch(`${path}.${key}`, 'not present', value[key]);
  }
  return { type, content: value[type] };
}

/**
 * The changed content in the body of a block update, or `null` if it names none. Fields that are left out stay as they
 * are; a text block needs its `rich_text`, as the reference says, unless the type's fields are all optional.
 */
export function readBlockUpdate(block: BlockNode, body: Record<string, unknown>): Record<string, unknown> | null {
  const named = Object.keys(body).filter(key => !NOT_CONTENT.has(key));
  if (named.length === 0) return null;
  const type = block.type;
  const content = body[type];
  if (!isWritable(type)) throw invalid(`Block type ${type} is not supported for update.`);
  if (!isPlain(content)) throw invalid(`Expected block type ${type} in request body`);
  const fields = Object.keys(content);
  const whole = isPlain(block.content) ? { ...echoable(block.content), ...content } : content;
  const shape: Shape<Record<string, unknown>> =
    CONTENT[type] === media && !replacesMedia(content) ? mediaText : CONTENT[type];
  const read = readInput({ read: value => shape.read(value, `body.${type}`) }, whole, 'body');
  return Object.fromEntries(Object.entries(read).filter(([field]) => fields.includes(field)));
}

const NOT_CONTENT = new Set(['type', 'object', 'in_trash', 'archived']);

function replacesMedia(content: Record<string, unknown>): boolean {
  return 'external' in content || 'file_upload' in content;
}

/** Stored content without what requests spell differently: media are replaced as a whole or not at all. */
function echoable(content: Record<string, unknown>): Record<string, unknown> {
  const { type: _type, file: _file, external: _external, icon: _icon, ...rest } = content;
  return rest;
}

function isWritable(type: BlockType): type is WritableBlockType {
  return Object.hasOwn(CONTENT, type);
}

/** Resolves what a content refers to: uploads become hosted files; blocks and pages must be visible. */
export function resolvedContent(call: Call, content: Record<string, unknown>): Record<string, unknown> {
  const { file_upload: upload, external, icon, ...rest } = content;
  const resolved: Record<string, unknown> = { ...rest };
  if (isPlain(upload)) Object.assign(resolved, { type: 'file', file: storedUpload(call, String(upload.id)) });
  if (external !== undefined) Object.assign(resolved, { type: 'external', external });
  if (icon !== undefined) resolved.icon = icon === null ? null : storedIcon(call, iconInput.read(icon, 'icon'));
  if (isPlain(content.synced_from)) {
    const id = String(content.synced_from.block_id);
    requireVisible(call, 'block', id);
    resolved.synced_from = { type: 'block_id', block_id: id };
  }
  if (typeof content.page_id === 'string') {
    requireVisible(call, 'page', content.page_id);
    resolved.type = 'page_id';
  }
  if (typeof content.database_id === 'string') {
    requireVisible(call, 'database', content.database_id);
    resolved.type = 'database_id';
  }
  return resolved;
}

function requireVisible(call: Call, kind: 'block' | 'page' | 'database', id: string): void {
  if (visibleNode(call, id) === null) throw notFound(call, kind, id);
}
