import { minuteTime } from '../clock.ts';
import type { Call } from '../http/route.ts';
import type { DataSourceNode, PageNode, PropertyConfig, PropertyValue } from '../world/records.ts';
import { computedValue } from './computed.ts';
import { withHostedFile } from './file-input.ts';
import type { Selection } from './filter-properties.ts';
import { optionsOf } from './property-options.ts';
import { visibleRelation } from './relations.ts';
import { richTextObject } from './rich-text-object.ts';
import { userReference } from './user-object.ts';

/** The whole value of a row's property, as the caller may see it; what was never written shows as empty. */
export function propertyObject(call: Call, page: PageNode, config: PropertyConfig, depth = 0): PropertyValue {
  const id = config.id;
  switch (config.type) {
    case 'created_time':
      return { id, type: 'created_time', created_time: minuteTime(page.createdAt) };
    case 'last_edited_time':
      return { id, type: 'last_edited_time', last_edited_time: minuteTime(page.editedAt) };
    case 'created_by':
      return { id, type: 'created_by', created_by: userReference(call, page.createdBy) };
    case 'last_edited_by':
      return { id, type: 'last_edited_by', last_edited_by: userReference(call, page.editedBy) };
    case 'formula':
    case 'rollup':
      return computedValue(call, page, config, depth, (row, target, at) => propertyObject(call, row, target, at));
    default: {
      const stored = page.properties[id];
      return stored?.type === config.type ? refreshed(call, config, stored) : emptyValue(config);
    }
  }
}

/** The properties of a page by name, of those that are selected. */
export function propertiesObject(
  call: Call,
  page: PageNode,
  source: DataSourceNode | null,
  only: Selection,
): Record<string, PropertyValue> {
  const properties: Record<string, PropertyValue> = {};
  const wanted = (id: string) => only === null || only.has(id);
  if (source === null) {
    const title = page.properties.title;
    if (title !== undefined && wanted('title')) properties.title = refreshed(call, null, title);
    return properties;
  }
  for (const config of source.schema.values()) {
    if (wanted(config.id)) properties[config.name] = shortened(propertyObject(call, page, config));
  }
  return properties;
}

/** Stored values whose text belongs to something else: mentions, option names, people. */
function refreshed(call: Call, config: PropertyConfig | null, value: PropertyValue): PropertyValue {
  switch (value.type) {
    case 'title':
      return { id: value.id, type: 'title', title: richTextObject(call, value.title) };
    case 'rich_text':
      return { id: value.id, type: 'rich_text', rich_text: richTextObject(call, value.rich_text) };
    case 'select':
      return value.select === null ? value : { ...value, select: currentOption(config, value.select) };
    case 'status':
      return value.status === null ? value : { ...value, status: currentOption(config, value.status) };
    case 'multi_select':
      return { ...value, multi_select: value.multi_select.map(option => currentOption(config, option)) };
    case 'relation':
      return visibleRelation(call, value);
    case 'files':
      return { ...value, files: value.files.map(file => withHostedFile(call, file)) };
    case 'people':
      return {
        ...value,
        people: value.people.map(one => (one.object === 'user' ? userReference(call, one.id) : one)),
      };
    default:
      return value;
  }
}

/** A page shows this many items of a property. The property endpoint pages through all of them. */
const SHOWN = 25;

/** A value as a page shows it: `has_more`, which the official types leave out, says that a relation goes on. */
function shortened(value: PropertyValue): PropertyValue {
  switch (value.type) {
    case 'relation': {
      const relation = { ...value, relation: value.relation.slice(0, SHOWN), has_more: value.relation.length > SHOWN };
      return relation;
    }
    case 'people':
      return { ...value, people: value.people.slice(0, SHOWN) };
    case 'rollup':
      return value.rollup.type === 'array'
        ? { ...value, rollup: { ...value.rollup, array: value.rollup.array.slice(0, SHOWN) } }
        : value;
    default:
      return value;
  }
}

type Option = NonNullable<Extract<PropertyValue, { type: 'select' }>['select']>;

function currentOption(config: PropertyConfig | null, option: Option): Option {
  const now = config === null ? undefined : optionsOf(config).find(one => one.id === option.id);
  return now === undefined ? option : { id: now.id, name: now.name, color: now.color };
}

/** What a property shows before anything was written to it. */
function emptyValue(config: PropertyConfig): PropertyValue {
  const { id, type } = config;
  switch (type) {
    case 'checkbox':
      return { id, type, checkbox: false };
    case 'unique_id':
      return { id, type, unique_id: { prefix: config.unique_id.prefix, number: null } };
    case 'title':
    case 'rich_text':
    case 'multi_select':
    case 'people':
    case 'relation':
    case 'files':
      return { id, type, [type]: [] } as unknown as PropertyValue;
    default:
      return { id, type, [type]: null } as unknown as PropertyValue;
  }
}
