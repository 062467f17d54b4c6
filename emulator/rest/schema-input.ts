import { invalid } from '../http/errors.ts';
import type { Call } from '../http/route.ts';
import {
  array,
  isPlain,
  Mismatch,
  nullable,
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
import { isSince, RELATION_TYPES_SINCE } from '../http/versions.ts';
import type { DataSourceNode, PropertyConfig } from '../world/records.ts';
import { findDataSource } from './lookup.ts';
import { addOption, optionId, shortId } from './property-options.ts';
import { COLORS } from './rich-text-input.ts';
import { ROLLUP_FUNCTIONS } from './rollup.ts';

const option = object({
  id: optional(string()),
  name: optional(string(100)),
  color: optional(oneOf(...COLORS)),
  description: optional(nullable(string())),
});
const options = object({ options: optional(array(option)) });
const empty = object({});

/** What may stand under each property type of a schema. */
const CONFIGS = {
  title: empty,
  rich_text: empty,
  number: object({ format: optional(string()) }),
  select: options,
  multi_select: options,
  status: options,
  date: empty,
  people: empty,
  files: empty,
  checkbox: empty,
  url: empty,
  email: empty,
  phone_number: empty,
  formula: object({ expression: optional(string()) }),
  relation: object({
    data_source_id: optional(uuid),
    database_id: optional(uuid),
    type: optional(oneOf('single_property', 'dual_property')),
    single_property: optional(empty),
    dual_property: optional(
      object({ synced_property_id: optional(string()), synced_property_name: optional(string()) }),
    ),
  }),
  rollup: object({
    function: oneOf(...ROLLUP_FUNCTIONS),
    relation_property_name: optional(string()),
    relation_property_id: optional(string()),
    rollup_property_name: optional(string()),
    rollup_property_id: optional(string()),
  }),
  created_time: empty,
  created_by: empty,
  last_edited_time: empty,
  last_edited_by: empty,
  unique_id: object({ prefix: optional(nullable(string())) }),
};
type ConfigType = keyof typeof CONFIGS;

interface Common {
  readonly name: string | undefined;
  readonly description: string | null | undefined;
}
export type ConfigInput = Common &
  { [T in ConfigType]: { readonly type: T; readonly config: Read<(typeof CONFIGS)[T]> } }[ConfigType];

const common = object({
  name: optional(string()),
  description: optional(nullable(string())),
  type: optional(string()),
  id: optional(string()),
});

const configInput: Shape<ConfigInput> = {
  read(value, path) {
    const named = readNamed(value, path);
    const { type, config } = named;
    if (type === null) {
      const missing = Object.keys(CONFIGS).map(key => new Mismatch(`${path}.${key}`, 'defined', undefined));
      throw new Mismatch(path, 'a property schema', value, missing);
    }
    const { name, description } = named;
    return { name, description, type, config: CONFIGS[type].read(config, `${path}.${type}`) } as ConfigInput;
  },
};

function readNamed(value: unknown, path: string) {
  if (!isPlain(value)) throw new Mismatch(path, value === undefined ? 'defined' : 'an object', value);
  const type = (Object.keys(CONFIGS) as ConfigType[]).find(key => Object.hasOwn(value, key)) ?? null;
  const rest = Object.fromEntries(Object.entries(value).filter(([key]) => key !== type));
  return { ...common.read(rest, path), type, config: type === null ? undefined : value[type] };
}

/** `properties` when a data source is made: by name. */
export const schemaInput = record(configInput);

/** One entry of a schema update: `null` drops the property, a bare `name` renames it. */
const change = union(object({ name: string() }), configInput);
export const schemaUpdateInput = record(nullable(change as Shape<ConfigInput | { name: string }>));

/** Adds a property to a schema and answers its configuration. */
export function addProperty(call: Call, source: DataSourceNode, name: string, input: ConfigInput): PropertyConfig {
  if ([...source.schema.values()].some(one => one.name === name)) {
    throw invalid(`A property with the name ${name} already exists.`);
  }
  const id = input.type === 'title' ? 'title' : freePropertyId(source, name);
  const config = configOf(call, source, { id, name, description: input.description ?? null }, input);
  source.schema.set(id, config);
  return config;
}

/** An id that no property of the schema has yet. */
export function freePropertyId(source: DataSourceNode, name: string): string {
  for (let attempt = 0; ; attempt += 1) {
    const id = shortId(`${source.id}/${name}/${attempt}`);
    if (!source.schema.has(id)) return id;
  }
}

type Head = Pick<PropertyConfig, 'id' | 'name' | 'description'>;

/** The stored configuration of a property: defaults filled, references resolved. */
export function configOf(call: Call, source: DataSourceNode, head: Head, input: ConfigInput): PropertyConfig {
  switch (input.type) {
    case 'number':
      return { ...head, type: 'number', number: { format: input.config.format ?? 'number' } };
    case 'select':
    case 'multi_select':
    case 'status':
      return optionsConfig(head, input);
    case 'unique_id':
      return { ...head, type: 'unique_id', unique_id: { prefix: input.config.prefix ?? null } };
    case 'formula':
      return { ...head, type: 'formula', formula: { expression: input.config.expression ?? '' } };
    case 'rollup':
      return rollupConfig(call, source, head, input.config);
    case 'relation':
      return relationConfig(call, head, input.config);
    default:
      return { ...head, type: input.type, [input.type]: {} } as PropertyConfig;
  }
}

type OptionsInput = Extract<ConfigInput, { type: 'select' | 'multi_select' | 'status' }>;

function optionsConfig(head: Head, input: OptionsInput): PropertyConfig {
  const config: PropertyConfig =
    input.type === 'status'
      ? { ...head, type: 'status', status: { options: [], groups: [] } }
      : ({ ...head, type: input.type, [input.type]: { options: [] } } as PropertyConfig);
  const wanted = input.config.options ?? (input.type === 'status' ? DEFAULT_STATUSES : []);
  for (const one of wanted) {
    if (one.name === undefined) throw invalid(`An option of ${head.name} has no name.`);
    addOption(config, { ...one, name: one.name, id: one.id ?? optionId(head.id, one.name) });
  }
  if (config.type === 'status') config.status.groups = statusGroups(config.status.options);
  return config;
}

const DEFAULT_STATUSES: readonly Read<typeof option>[] = [
  { name: 'Not started', color: 'default' },
  { name: 'In progress', color: 'blue' },
  { name: 'Done', color: 'green' },
];

type Status = Extract<PropertyConfig, { type: 'status' }>['status'];

/** Notion sorts statuses into three groups: the first option, the last, and what lies between. */
function statusGroups(options: Status['options']): Status['groups'] {
  const ids = options.map(one => one.id);
  return [
    { id: 'todo-status-group', name: 'To-do', color: 'gray', option_ids: ids.slice(0, 1) },
    { id: 'in-progress-status-group', name: 'In progress', color: 'blue', option_ids: ids.slice(1, -1) },
    { id: 'complete-status-group', name: 'Complete', color: 'green', option_ids: ids.slice(1).slice(-1) },
  ];
}

function relationConfig(call: Call, head: Head, input: Read<(typeof CONFIGS)['relation']>): PropertyConfig {
  const target = relationTarget(call, head.name, input);
  const ids = { database_id: target.parentId ?? '', data_source_id: target.id };
  const twoSided = input.dual_property !== undefined || input.type === 'dual_property';
  if (!twoSided && (input.single_property !== undefined || isSince(call.version, RELATION_TYPES_SINCE))) {
    return { ...head, type: 'relation', relation: { ...ids, type: 'single_property', single_property: {} } };
  }
  const synced = {
    synced_property_id: input.dual_property?.synced_property_id ?? '',
    synced_property_name: input.dual_property?.synced_property_name ?? '',
  };
  return { ...head, type: 'relation', relation: { ...ids, type: 'dual_property', dual_property: synced } };
}

function relationTarget(
  call: Call,
  name: string,
  input: { data_source_id?: string; database_id?: string },
): DataSourceNode {
  if (input.data_source_id !== undefined) return findDataSource(call, input.data_source_id);
  const database = input.database_id === undefined ? undefined : call.world.nodes.get(input.database_id);
  const first = database?.kind === 'database' ? database.dataSources[0] : undefined;
  if (first === undefined) throw invalid(`The relation property ${name} names no data source.`);
  return findDataSource(call, first);
}

function rollupConfig(
  call: Call,
  source: DataSourceNode,
  head: Head,
  input: Read<(typeof CONFIGS)['rollup']>,
): PropertyConfig {
  const relation = named(source, input.relation_property_id, input.relation_property_name);
  if (relation?.type !== 'relation') throw invalid(`${head.name} rolls up over a relation that does not exist.`);
  const target = findDataSource(call, relation.relation.data_source_id);
  const rolled = named(target, input.rollup_property_id, input.rollup_property_name);
  if (rolled === null) throw invalid(`${head.name} rolls up a property that does not exist.`);
  return {
    ...head,
    type: 'rollup',
    rollup: {
      function: input.function,
      relation_property_id: relation.id,
      relation_property_name: relation.name,
      rollup_property_id: rolled.id,
      rollup_property_name: rolled.name,
    },
  };
}

function named(source: DataSourceNode, id: string | undefined, name: string | undefined): PropertyConfig | null {
  for (const config of source.schema.values()) if (config.id === id || config.name === name) return config;
  return null;
}
