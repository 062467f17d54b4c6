import { invalid } from '../http/errors.ts';
import type { Call } from '../http/route.ts';
import type { Read } from '../http/shape.ts';
import type { DataSourceNode, PageNode, PropertyConfig, PropertyValue } from '../world/records.ts';
import { keptFile, storedUpload, usableUpload } from './file-input.ts';
import { findPage } from './lookup.ts';
import { addOption, optionsOf } from './property-options.ts';
import { type FileInput, inputFor, type optionInput, type PropertyInput, type TypedInput } from './property-values.ts';
import { syncRelation } from './relations.ts';
import { storedDate } from './rich-text-input.ts';
import { partialUser } from './user-object.ts';

/** Writes property values into a page outside any data source: it has a title and nothing else. */
export function writeTitleOnly(page: PageNode, input: Record<string, PropertyInput>): void {
  for (const [key, property] of Object.entries(input)) {
    if (key !== 'title') throw invalid(`${key} is not a property that exists.`);
    const title = inputFor('title', property);
    if (title?.type !== 'title') throw invalid('title is expected to be title.');
    page.properties.title = { id: 'title', type: 'title', title: title.value };
  }
}

/** Writes property values into a row, checked against the schema of its data source. */
export function writeRow(
  call: Call,
  source: DataSourceNode,
  page: PageNode,
  input: Record<string, PropertyInput>,
): void {
  const writes = Object.entries(input).map(([key, property]) => {
    const config = propertyNamed(source, key);
    if (config === null) throw invalid(`${key} is not a property that exists.`);
    const typed = inputFor(config.type, property);
    if (typed === null) throw invalid(`${key} is expected to be ${config.type}.`);
    return storedValue(call, config, typed);
  });
  for (const value of writes) {
    const before = page.properties[value.id];
    page.properties[value.id] = value;
    const config = source.schema.get(value.id);
    if (config?.type === 'relation') syncRelation(call, page, config, before);
  }
}

/** Finds a property by its id or by its name. */
export function propertyNamed(source: DataSourceNode, key: string): PropertyConfig | null {
  const byId = source.schema.get(key) ?? source.schema.get(encodeURIComponent(key));
  if (byId !== undefined) return byId;
  for (const config of source.schema.values()) if (config.name === key) return config;
  return null;
}

function storedValue(call: Call, config: PropertyConfig, input: TypedInput): PropertyValue {
  const id = config.id;
  switch (input.type) {
    case 'select':
      return { id, type: 'select', select: input.value === null ? null : optionFor(config, input.value) };
    case 'status':
      return { id, type: 'status', status: input.value === null ? null : optionFor(config, input.value) };
    case 'multi_select':
      return { id, type: 'multi_select', multi_select: input.value.map(one => optionFor(config, one)) };
    case 'people':
      return { id, type: 'people', people: input.value.map(storedOne) };
    case 'date':
      return { id, type: 'date', date: input.value === null ? null : storedDate(input.value) };
    case 'relation':
      return { id, type: 'relation', relation: input.value.map(one => ({ id: findPage(call, one.id).id })) };
    case 'files':
      return { id, type: 'files', files: input.value.map(one => storedFile(call, one)) };
    default:
      return { id, type: input.type, [input.type]: input.value } as PropertyValue;
  }
}

type PeopleInput = Extract<TypedInput, { type: 'people' }>['value'][number];
type PeopleValue = Extract<PropertyValue, { type: 'people' }>['people'][number];

/** People are shown as they are now; of a group nothing but this is known. */
function storedOne(one: PeopleInput): PeopleValue {
  return one.object === 'group' ? { object: 'group', id: one.id, name: one.name ?? null } : partialUser(one.id);
}

type Option = NonNullable<Extract<PropertyValue, { type: 'select' }>['select']>;

/** Select and multi-select make unknown options as they are written; a status has only those of its schema. */
function optionFor(config: PropertyConfig, input: Read<typeof optionInput>): Option {
  const known = optionsOf(config).find(option =>
    input.id === undefined ? option.name === input.name : option.id === input.id,
  );
  if (known !== undefined) return { id: known.id, name: known.name, color: known.color };
  if (config.type === 'status' || input.name === undefined) {
    throw invalid(`Invalid ${config.type} option. ${config.type} option "${input.name ?? input.id}" does not exist.`);
  }
  const added = addOption(config, { name: input.name, color: input.color });
  return { id: added.id, name: added.name, color: added.color };
}

type StoredFile = Extract<PropertyValue, { type: 'files' }>['files'][number];

function storedFile(call: Call, input: FileInput): StoredFile {
  if ('external' in input) return { name: input.name, type: 'external', external: input.external };
  if ('file' in input) return { name: input.name, type: 'file', file: keptFile(call, input.file) };
  const id = input.file_upload.id;
  return { name: input.name ?? usableUpload(call, id).filename ?? 'file', type: 'file', file: storedUpload(call, id) };
}
