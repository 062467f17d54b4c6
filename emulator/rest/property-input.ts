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
  type Read,
  record,
  type Shape,
  string,
  union,
  uuid,
} from '../http/shape.ts';
import type { DataSourceNode, PageNode, PropertyConfig, PropertyValue } from '../world/records.ts';
import { keptFile, storedUpload, usableUpload } from './file-input.ts';
import { findPage } from './lookup.ts';
import { addOption, optionsOf } from './property-options.ts';
import { syncRelation } from './relations.ts';
import { COLORS, dateInput, richText, storedDate } from './rich-text-input.ts';

const optionColor = optional(oneOf(...COLORS));
const optionInput = object({
  id: optional(string()),
  name: optional(string(100)),
  color: optionColor,
  description: optional(nullable(string())),
});

/** What may be written under each property type. */
const VALUES = {
  title: richText,
  rich_text: richText,
  number: nullable(number),
  url: nullable(string(2000)),
  email: nullable(string(200)),
  phone_number: nullable(string(200)),
  select: nullable(optionInput),
  status: nullable(optionInput),
  multi_select: array(optionInput),
  people: array(object({ id: uuid, object: optional(oneOf('user', 'group')), name: optional(nullable(string())) })),
  date: nullable(dateInput),
  checkbox: boolean,
  relation: array(object({ id: uuid })),
  files: array(
    union(
      object({ type: optional(oneOf('external')), name: string(100), external: object({ url: string(2000) }) }),
      object({
        type: optional(oneOf('file')),
        name: string(100),
        file: object({ url: string(), expiry_time: optional(string()) }),
      }),
      object({ type: optional(oneOf('file_upload')), name: optional(string(100)), file_upload: object({ id: uuid }) }),
    ),
  ),
};
type WritableType = keyof typeof VALUES;
export type PropertyInput = {
  [T in WritableType]: { readonly type: T; readonly value: Read<(typeof VALUES)[T]> };
}[WritableType];

const READ_ONLY = [
  'formula',
  'rollup',
  'created_time',
  'created_by',
  'last_edited_time',
  'last_edited_by',
  'unique_id',
];

const propertyInput: Shape<PropertyInput> = {
  read(value, path) {
    if (!isPlain(value)) throw new Mismatch(path, value === undefined ? 'defined' : 'an object', value);
    for (const type of Object.keys(VALUES) as WritableType[]) {
      if (!Object.hasOwn(value, type)) continue;
      return { type, value: VALUES[type].read(value[type], `${path}.${type}`) } as PropertyInput;
    }
    const readOnly = READ_ONLY.find(type => Object.hasOwn(value, type));
    if (readOnly !== undefined) throw new Mismatch(`${path}.${readOnly}`, 'not present', value[readOnly]);
    const missing = Object.keys(VALUES).map(type => new Mismatch(`${path}.${type}`, 'defined', undefined));
    throw new Mismatch(path, 'a property value', value, missing);
  },
};

/** `properties` of a create or update: by property name or id. */
export const propertiesInput = record(propertyInput);

/** Writes property values into a page outside any data source: it has a title and nothing else. */
export function writeTitleOnly(page: PageNode, input: Record<string, PropertyInput>): void {
  for (const [key, property] of Object.entries(input)) {
    if (key !== 'title') throw invalid(`${key} is not a property that exists.`);
    if (property.type !== 'title') throw invalid('title is expected to be title.');
    page.properties.title = { id: 'title', type: 'title', title: property.value };
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
    if (config.type !== property.type) throw invalid(`${key} is expected to be ${config.type}.`);
    return storedValue(call, config, property);
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

function storedValue(call: Call, config: PropertyConfig, input: PropertyInput): PropertyValue {
  const id = config.id;
  switch (input.type) {
    case 'select':
      return { id, type: 'select', select: input.value === null ? null : optionFor(config, input.value) };
    case 'status':
      return { id, type: 'status', status: input.value === null ? null : optionFor(config, input.value) };
    case 'multi_select':
      return { id, type: 'multi_select', multi_select: input.value.map(one => optionFor(config, one)) };
    case 'people':
      return { id, type: 'people', people: input.value.map(one => ({ object: 'user', id: one.id })) };
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

function storedFile(call: Call, input: Read<(typeof VALUES)['files']>[number]): StoredFile {
  if ('external' in input) return { name: input.name, type: 'external', external: input.external };
  if ('file' in input) return { name: input.name, type: 'file', file: keptFile(call, input.file) };
  const id = input.file_upload.id;
  return { name: input.name ?? usableUpload(call, id).filename ?? 'file', type: 'file', file: storedUpload(call, id) };
}
