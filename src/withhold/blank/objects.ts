import type { NotionRef } from '../../domain/page-index.ts';
import { canonicalId } from '../../notion/ids.ts';
import { isObject, type Json } from '../read-answer.ts';
import { blankBlock } from './blocks.ts';
import type { Findings, ShownBy } from './findings.ts';
import { hideColumns } from './hidden-columns.ts';
import { blankParent } from './parent.ts';
import { blankAuthors, partialUser } from './people.ts';
import { blankRichText } from './rich-text.ts';
import { blankSchema } from './schema.ts';
import { blankFile, blankValue, emptyComputed } from './values.ts';
import { blankView } from './view.ts';

const commonKeys = [
  ...['object', 'id', 'parent', 'created_time', 'last_edited_time', 'created_by', 'last_edited_by', 'archived'],
  ...['in_trash', 'request_id'],
];
const pageKeys: ReadonlySet<string> = new Set([
  ...commonKeys,
  ...['is_archived', 'is_locked', 'url', 'public_url', 'properties', 'icon', 'cover'],
]);
const databaseKeys: ReadonlySet<string> = new Set([
  ...commonKeys,
  ...['title', 'description', 'is_inline', 'is_locked', 'data_sources', 'properties', 'icon', 'cover', 'url'],
  ...['public_url', 'database_parent'],
]);
const commentKeys: ReadonlySet<string> = new Set([
  ...commonKeys,
  ...['discussion_id', 'rich_text', 'display_name', 'attachments'],
]);
const textKeys: ReadonlySet<string> = new Set([
  ...['object', 'id', 'markdown', 'truncated', 'unknown_block_ids', 'request_id'],
]);
const requestId: ReadonlySet<string> = new Set(['request_id']);

/** Answers, and parts of them, that show no page. */
const harmless: ReadonlySet<unknown> = new Set(['file_upload', 'custom_emoji', 'error']);

/**
 * Walks through an object of an answer and finds every part that shows another object. Unknown parts are blanked at
 * once.
 *
 * @returns false for an object of an unknown kind, which must not be shown
 */
export function blankObject(object: Json, findings: Findings): boolean {
  switch (object.object) {
    case 'page':
      blankPage(object, findings);
      return true;
    case 'database':
    case 'data_source':
      blankDatabase(object, findings);
      return true;
    case 'block':
      blankBlock(object, findings);
      return true;
    case 'view':
      blankView(object, findings);
      return true;
    case 'comment':
      blankComment(object, findings);
      return true;
    case 'user':
      blankPerson(object, findings);
      return true;
    case 'property_item':
      return blankItem(object, findings);
    case 'async_task':
      return blankTask(object, findings);
    case 'page_markdown':
      // Its text is judged as a whole.
      findings.keep(object, textKeys);
      return true;
    default:
      return blankList(object, findings) || harmless.has(object.object);
  }
}

/** Lists, view queries, templates: what they list has been judged before. */
function blankList(list: Json, findings: Findings): boolean {
  const { results, property_item: item, type } = list;
  // Emojis do not say what they are.
  if (Array.isArray(results) && type !== 'custom_emoji') {
    const known = results.filter(result => isObject(result) && blankObject(result, findings));
    if (known.length < results.length) {
      findings.blank(() => {
        list.results = known;
      });
    }
  }
  if (isObject(item)) blankItems(list, item, findings);
  return Array.isArray(results) || Array.isArray(list.templates) || list.object === 'view_query';
}

function blankPage(page: Json, findings: Findings): void {
  findings.keep(page, pageKeys);
  blankCommon(page, findings);
  if (!isObject(page.properties)) return;
  const { properties } = page;
  const values = new Map<string, ShownBy>();
  for (const [name, value] of Object.entries(properties)) {
    if (!isObject(value)) findings.blank(() => delete properties[name]);
    else values.set(idOf(value), lookThrough(name, value, properties, findings));
  }
  const id = refTo('page', page);
  if (id === null) return;
  findings.masked.push({ object: id, hide: names => hideValues(page, properties, names) });
  const { parent } = page;
  const dataSource = isObject(parent) && typeof parent.data_source_id === 'string' ? parent.data_source_id : null;
  for (const value of Object.values(properties).filter(isObject)) {
    if (value.type === 'relation' && value.has_more === true)
      findings.longRelations.push({ page: id, propertyId: idOf(value), value });
    if (value.type !== 'formula' && value.type !== 'rollup') continue;
    const hide = () => emptyComputed(value);
    findings.computed.push({ page: id, dataSource, propertyId: idOf(value), values, hide });
  }
}

function lookThrough(name: string, value: Json, properties: Json, findings: Findings): ShownBy {
  const shown = findings.during(() => {
    if (!blankValue(value, findings)) findings.blank(() => delete properties[name]);
  });
  return { ...shown, whole: shown.whole && value.has_more !== true };
}

/** The address of a page holds its title. */
function hideValues(page: Json, properties: Json, names: ReadonlySet<string>): void {
  for (const name of names) {
    const value = properties[name];
    if (isObject(value) && value.type === 'title' && typeof page.url === 'string') {
      page.url = page.url.replace(/[^/]*$/, String(page.id).replaceAll('-', ''));
    }
    delete properties[name];
  }
}

function idOf({ id }: Json): string {
  return typeof id === 'string' ? id : '';
}

/** A database or a data source. */
function blankDatabase(database: Json, findings: Findings): void {
  findings.keep(database, databaseKeys);
  blankCommon(database, findings);
  blankParent(database, 'database_parent', findings);
  blankRichText(database.title, findings);
  blankRichText(database.description, findings);
  blankSchema(database, findings);
  const object = refTo(database.object === 'database' ? 'database' : 'data_source', database);
  const { properties } = database;
  if (object === null || !isObject(properties)) return;
  findings.masked.push({ object, hide: names => hideColumns(properties, names) });
}

/**
 * The fields that pages, databases and data sources share. The public address of a page is shown only to callers who
 * see everything.
 */
function blankCommon(object: Json, findings: Findings): void {
  blankParent(object, 'parent', findings);
  blankAuthors(object, findings);
  for (const key of ['icon', 'cover']) if (isObject(object[key])) blankFile(object[key], findings);
  if (typeof object.public_url === 'string') {
    findings.blank(() => {
      object.public_url = null;
    });
  }
}

function blankComment(comment: Json, findings: Findings): void {
  findings.keep(comment, commentKeys);
  blankParent(comment, 'parent', findings);
  blankAuthors(comment, findings);
  blankRichText(comment.rich_text, findings);
  const { display_name: name } = comment;
  if (findings.people || !isObject(name) || name.type !== 'user') return;
  findings.blank(() => {
    name.resolved_name = null;
  });
}

/** A person becomes what Notion shows of people without the capability; the bot that asked stays, without its owner. */
function blankPerson(user: Json, findings: Findings): void {
  if (findings.people) return;
  if (user.type === 'bot' && isObject(user.bot)) {
    const { bot } = user;
    findings.blank(() => {
      bot.owner = { type: 'workspace', workspace: true };
    });
  } else if (user.type !== undefined) {
    const partial = partialUser(user);
    findings.keep(user, requestId);
    Object.assign(user, partial);
  }
}

/** A property that was read by itself, or one entry of it. */
function blankItem(item: Json, findings: Findings): boolean {
  if (item.type === 'formula' || item.type === 'rollup') noteItem(item, () => emptyComputed(item), findings);
  return blankValue(item, findings);
}

/** The rest of the page is not known here. */
function noteItem(item: Json, hide: () => void, findings: Findings): void {
  const { page } = findings;
  if (page === null) findings.blank(hide);
  else findings.computed.push({ page, dataSource: null, propertyId: idOf(item), values: new Map(), hide });
}

/** A property that is read in pages. Entries of a rollup do not say that they are. */
function blankItems(list: Json, item: Json, findings: Findings): void {
  if (item.type !== 'rollup') return;
  const hide = () => {
    emptyComputed(item);
    item.next_url = null;
    Object.assign(list, { results: [], has_more: false, next_cursor: null });
  };
  noteItem(item, hide, findings);
}

/** The result of a task is the answer that the call would have had. */
function blankTask(task: Json, findings: Findings): boolean {
  const { result, error } = task;
  if (isObject(error)) {
    findings.blank(() => {
      error.message = 'The task failed.';
    });
  }
  return !isObject(result) || blankObject(result, findings);
}

function refTo(kind: NotionRef['kind'], { id }: Json): NotionRef | null {
  const canonical = typeof id === 'string' ? canonicalId(id) : null;
  return canonical === null ? null : { kind, id: canonical };
}
