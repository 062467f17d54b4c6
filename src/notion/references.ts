import type { Demand, NotionObjectKind, Problem } from '../domain/operation.ts';
import { canonicalId, looksLikeId } from './ids.ts';
import { idsInLink, isLinkToObject } from './links.ts';
import { markdownReferences } from './markdown-references.ts';
import type { JsonObject } from './strict-json.ts';

/*
 * Rule 5: an id or a URL of Notion in a body is refused if no locator claims it. Which strings are that?
 *
 * - A row's own locators say where its objects stand (`parent.page_id`). They are claimed before this walk.
 * - `claims` below are the places, the same in every request, where Notion takes an id and looks the object up:
 *   mentions, relations, synced blocks, links to pages. Each is a demand of its own. The value there must be an id.
 * - Ids of people, groups, emojis, options and properties, and cursors, name no content: `neutral` lets them pass.
 * - A link (`url`, `href`) that leads into Notion reads the page that it names. Any other URL passes.
 * - Markdown is searched for everything that Notion would look up in it.
 * - Text that people write (`content`, `name`, a filter's `equals`) always passes as text. A column of UUIDs is an
 *   ordinary thing, and Notion looks nothing up in it.
 * - Everything else that looks like an id or a Notion URL is refused: we do not know what Notion would do with it.
 */

type Claim = { readonly kind: NotionObjectKind; readonly actions: readonly Demand['action'][]; readonly owned?: true };

const readsPage: Claim = { kind: 'page', actions: ['read'] };
const readsBlock: Claim = { kind: 'block', actions: ['read'] };
const readsDatabase: Claim = { kind: 'database', actions: ['read'] };
const readsDataSource: Claim = { kind: 'data_source', actions: ['read'] };
const usesUpload: Claim = { kind: 'file_upload', actions: ['file.write'], owned: true };

/** By the key of the object (or of the array of objects) around a string, and the string's own key. */
const claims: ReadonlyMap<string, ReadonlyMap<string, Claim>> = new Map([
  ['page', new Map([['id', readsPage]])],
  ['database', new Map([['id', readsDatabase]])],
  ['data_source', new Map([['id', readsDataSource]])],
  ['block', new Map([['id', readsBlock]])],
  [
    'relation',
    new Map([
      ['id', readsPage],
      ['contains', readsPage],
      ['does_not_contain', readsPage],
      ['data_source_id', readsDataSource],
      ['database_id', readsDatabase],
    ]),
  ],
  [
    'link_to_page',
    new Map<string, Claim>([
      ['page_id', readsPage],
      ['database_id', readsDatabase],
      ['data_source_id', readsDataSource],
      ['block_id', readsBlock],
      ['comment_id', { kind: 'comment', actions: ['comment.read'] }],
    ]),
  ],
  ['synced_from', new Map([['block_id', readsBlock]])],
  ['file_upload', new Map([['id', usesUpload]])],
  ['attachments', new Map([['file_upload_id', usesUpload]])],
]);

const holdersOfNeutralIds: ReadonlySet<string> = new Set([
  ...['user', 'people', 'created_by', 'last_edited_by', 'verified_by', 'custom_emoji'],
  ...['select', 'multi_select', 'status', 'options', 'groups', 'option_ids', 'value'],
]);
const neutralKeys: ReadonlySet<string> = new Set([
  ...['start_cursor', 'property_id', 'toggle_column_id', 'option_ids', 'property', 'synced_property_id'],
  ...['relation_property_id', 'rollup_property_id', 'date_property_id', 'end_date_property_id', 'map_by'],
  ...['x_axis_property_id', 'y_axis_property_id', 'aws_place_id', 'google_place_id'],
]);
const linkKeys: ReadonlySet<string> = new Set(['url', 'href', 'external_url']);
const textKeys: ReadonlySet<string> = new Set([
  ...['content', 'plain_text', 'name', 'title', 'description', 'expression', 'query', 'caption', 'filename', 'value'],
  ...['email', 'phone_number', 'address', 'equals', 'does_not_equal', 'contains', 'does_not_contain', 'starts_with'],
  ...['ends_with', 'after', 'content_range', 'old_str', 'emoji', 'label', 'synced_property_name'],
  ...['relation_property_name', 'rollup_property_name', 'category', 'prefix', 'number'],
]);

export interface References {
  readonly demands: readonly Demand[];
  readonly problem: Problem | null;
}

/**
 * Finds what a body makes Notion look up besides the row's own objects.
 *
 * @param claimed dotted paths that the row's locators have claimed already (array indexes left out)
 * @param markdown dotted paths of Markdown strings
 */
export function findReferences(
  body: JsonObject,
  claimed: ReadonlySet<string>,
  markdown: ReadonlySet<string>,
): References {
  const walk = new Walk(claimed, markdown);
  walk.visitObject(body);
  return { demands: walk.demands, problem: walk.problem };
}

class Walk {
  readonly demands: Demand[] = [];
  problem: Problem | null = null;
  readonly #claimed: ReadonlySet<string>;
  /** The paths of Markdown strings, as lists of keys: comparing keys is cheap, joining them for each string is not. */
  readonly #markdown: readonly (readonly string[])[];
  /** Keys from the body's top down to the value at hand. */
  readonly #keys: string[] = [];

  constructor(claimed: ReadonlySet<string>, markdown: ReadonlySet<string>) {
    this.#claimed = claimed;
    this.#markdown = Array.from(markdown, path => path.split('.'));
  }

  visitObject(object: JsonObject): void {
    for (const key of Object.keys(object)) {
      this.#keys.push(key);
      if (key === 'relation') this.#visitRelationSchema(object[key]);
      this.#visit(object[key]);
      this.#keys.pop();
    }
  }

  #visit(value: unknown): void {
    if (typeof value === 'string') this.#visitString(value);
    else if (Array.isArray(value)) this.#visitArray(value);
    else if (typeof value === 'object' && value !== null) this.visitObject(value as JsonObject);
  }

  #visitArray(items: readonly unknown[]): void {
    const values = this.#isPropertyValue();
    for (const item of items) {
      if (values) this.#visitShorthand(item);
      this.#visit(item);
    }
  }

  /**
   * Notion accepts a bare array as the value of a property: `properties.Tasks: [{id}]` is a relation. The kind of
   * property does not show here, so every id counts as the id of a page.
   */
  #visitShorthand(item: unknown): void {
    const id = typeof item === 'object' && item !== null && Object.hasOwn(item, 'id') ? (item as JsonObject).id : item;
    if (typeof id !== 'string' || !looksLikeId(id)) return;
    const canonical = canonicalId(id);
    if (canonical === null) this.problem ??= notAnId(`body.${this.#path()}.id`, id);
    else this.demands.push({ action: 'read', object: { kind: 'page', id: canonical } });
  }

  /**
   * A two-way relation adds a property to the schema at its other end. Before `type` existed, every relation was
   * two-way.
   */
  #visitRelationSchema(value: unknown): void {
    if (typeof value !== 'object' || value === null || Object.hasOwn(value, 'single_property')) return;
    for (const [key, kind] of [
      ['data_source_id', 'data_source'],
      ['database_id', 'database'],
    ] as const) {
      const id = (value as JsonObject)[key];
      const canonical = typeof id === 'string' ? canonicalId(id) : null;
      if (canonical !== null) this.demands.push({ action: 'manage', object: { kind, id: canonical } });
    }
  }

  #visitString(value: string): void {
    const key = this.#keys.at(-1) ?? '';
    const holder = this.#keys.at(-2) ?? '';
    const claim = this.#isPropertyId(key) ? undefined : claims.get(holder)?.get(key);
    if (claim !== undefined) this.#claim(claim, value);
    else if (this.#isMarkdown()) this.demands.push(...markdownReferences(value));
    else if (linkKeys.has(key)) this.#readLinked(value);
    else if (!textKeys.has(key) && namesSomething(value) && !this.#isNeutral(key, holder)) this.#refuseUnclaimed(value);
  }

  #claim({ kind, actions, owned }: Claim, value: string): void {
    const id = canonicalId(value);
    if (id === null) {
      this.problem ??= notAnId(`body.${this.#path()}`, value);
      return;
    }
    for (const action of actions) this.demands.push({ action, object: { kind, id }, ...(owned && { owned }) });
  }

  #isMarkdown(): boolean {
    return this.#markdown.some(
      path => path.length === this.#keys.length && path.every((key, at) => key === this.#keys[at]),
    );
  }

  #readLinked(link: string): void {
    for (const id of idsInLink(link)) this.demands.push({ action: 'read', object: { kind: 'page', id } });
  }

  #isNeutral(key: string, holder: string): boolean {
    if (neutralKeys.has(key)) return true;
    if (key !== 'id') return holdersOfNeutralIds.has(key);
    return holdersOfNeutralIds.has(holder) || this.#isPropertyId(key);
  }

  /** `properties.<name>` at the top of a body. */
  #isPropertyValue(): boolean {
    return this.#keys.length === 2 && this.#keys[0] === 'properties';
  }

  /** `properties.<name>.id` at the top of a body, even if the property is named "page". */
  #isPropertyId(key: string): boolean {
    return key === 'id' && this.#keys.length === 3 && this.#keys[0] === 'properties';
  }

  #refuseUnclaimed(value: string): void {
    if (this.problem !== null) return;
    const path = this.#path();
    if (this.#claimed.has(path)) return;
    this.problem = {
      code: 'validation_error',
      message: `body failed validation: body.${path} should be not present, instead was \`${quoted(value)}\`.`,
    };
  }

  #path(): string {
    return this.#keys.join('.');
  }
}

function namesSomething(value: string): boolean {
  return looksLikeId(value) || isLinkToObject(value);
}

/** Notion's message for an invalid id. `place` is `path.page_id` or `body.parent.page_id`. */
export function notAnId(place: string, value: unknown): Problem {
  const part = place.slice(0, place.indexOf('.'));
  return {
    code: 'validation_error',
    message: `${part} failed validation: ${place} should be a valid uuid, instead was \`${quoted(value)}\`.`,
  };
}

/** The value as Notion quotes it: JSON, cut after 55 characters. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 55 ? `${text.slice(0, 55)}...` : text;
}
