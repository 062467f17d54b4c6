import { canonicalId } from '../../notion/ids.ts';
import { isObject, type Json } from '../read-answer.ts';
import type { Findings } from './findings.ts';
import { blankParent, objectsNamed } from './parent.ts';
import { blankAuthors } from './people.ts';
import { blankRichText } from './rich-text.ts';
import { blankFile } from './values.ts';

/** Types of blocks that are known (https://developers.notion.com/reference/block). */
const types: ReadonlySet<unknown> = new Set([
  ...['paragraph', 'heading_1', 'heading_2', 'heading_3', 'heading_4', 'bulleted_list_item', 'numbered_list_item'],
  ...['quote', 'to_do', 'toggle', 'template', 'synced_block', 'child_page', 'child_database', 'equation', 'code'],
  ...['callout', 'divider', 'breadcrumb', 'table_of_contents', 'tab', 'column_list', 'column', 'link_to_page'],
  ...['table', 'table_row', 'meeting_notes', 'transcription', 'embed', 'bookmark', 'image', 'video', 'pdf', 'file'],
  ...['audio', 'link_preview', 'unsupported'],
]);

const commonKeys: ReadonlySet<string> = new Set([
  ...['object', 'id', 'parent', 'type', 'created_time', 'last_edited_time', 'created_by', 'last_edited_by'],
  ...['has_children', 'archived', 'in_trash', 'request_id'],
]);

/** Keys of rich text in a block's content. */
const textKeys: ReadonlySet<string> = new Set(['rich_text', 'caption', 'cells', 'title', 'text']);
/** Keys of a block's content that hold several values, none of which leads to another page. */
const plainKeys: ReadonlySet<string> = new Set(['icon', 'file', 'recording', 'children']);

/**
 * A block. If its type is unknown, or if it shows something hidden, it becomes a block that Notion's API does not
 * support.
 */
export function blankBlock(block: Json, findings: Findings): void {
  const { type } = block;
  blankParent(block, 'parent', findings);
  blankAuthors(block, findings);
  const content = typeof type === 'string' ? block[type] : null;
  if (!types.has(type) || !isObject(content)) {
    if (type !== undefined) findings.blank(() => becomeUnsupported(block));
    findings.keep(block, commonKeys, 'unsupported');
    return;
  }
  findings.keep(block, commonKeys, String(type));
  noteHolder(block, findings);
  if (type === 'child_page') noteTitle(block, content, findings);
  if (type === 'link_to_page') blankReference(block, content, findings);
  else if (type === 'synced_block') {
    if (isObject(content.synced_from)) blankReference(block, content.synced_from, findings);
  } else blankContent(content, findings);
}

function noteHolder(block: Json, findings: Findings): void {
  const id = typeof block.id === 'string' ? canonicalId(block.id) : null;
  if (block.has_children !== true || id === null) return;
  const kind = block.type === 'child_page' ? 'page' : 'block';
  const hide = () => {
    block.has_children = false;
  };
  findings.holders.push({ object: { kind, id }, hide });
}

function noteTitle(block: Json, content: Json, findings: Findings): void {
  const id = typeof block.id === 'string' ? canonicalId(block.id) : null;
  const hide = () => {
    content.title = '';
  };
  if (id === null) findings.blank(hide);
  else findings.titled.push({ page: { kind: 'page', id }, hide });
}

/** A link to a page is only that page, and a synced copy is only its original. */
function blankReference(block: Json, reference: Json, findings: Findings): void {
  const hide = () => becomeUnsupported(block);
  const objects = objectsNamed(reference);
  if (objects === null || objects.length === 0) findings.blank(hide);
  else findings.shows(objects, hide);
}

function becomeUnsupported(block: Json): void {
  delete block[String(block.type)];
  Object.assign(block, { type: 'unsupported', unsupported: { block_type: 'unsupported' }, has_children: false });
}

function blankContent(content: Json, findings: Findings): void {
  for (const key of Object.keys(content)) {
    const value = content[key];
    if (key === 'url') findings.link(content, key, '');
    else if (key === 'external') blankFile(content, findings);
    else if (key === 'calendar_event') blankEvent(value, findings);
    else if (key === 'children' && Array.isArray(value)) {
      for (const child of value) if (isObject(child)) blankBlock(child, findings);
    } else if (typeof value !== 'object' || value === null) continue;
    else if (textKeys.has(key)) blankRichText(value, findings);
    else if (!plainKeys.has(key)) findings.blank(() => delete content[key]);
  }
}

/** The meeting that notes were taken of. */
function blankEvent(event: unknown, findings: Findings): void {
  if (findings.people || !isObject(event) || !Array.isArray(event.attendees)) return;
  findings.blank(() => {
    event.attendees = [];
  });
}
