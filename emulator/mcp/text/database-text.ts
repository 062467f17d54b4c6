import type { Call } from '../../http/route.ts';
import { optionsOf } from '../../rest/property-options.ts';
import type { DatabaseNode, DataSourceNode, PropertyConfig, View } from '../../world/records.ts';
import { plainText } from '../../world/rich-text.ts';
import { titleOf } from '../../world/tree.ts';
import { addressOf } from '../reference.ts';
import { ancestorPath } from './ancestor-path.ts';
import { attribute } from './markup.ts';
import { columnName } from './simple-values.ts';

/** `<database>` as the hosted server shows it: where it is, its data sources with their schemas, its views. */
export function databaseText(call: Call, database: DatabaseNode): string {
  const sources = database.dataSources.flatMap(id => {
    const node = call.world.nodes.get(id);
    return node?.kind === 'data_source' && !node.inTrash ? [dataSourceText(node)] : [];
  });
  const views = database.views.flatMap(id => call.world.views.get(id) ?? []).map(viewText);
  return [
    `<database url="{{${addressOf(database.id)}}}" inline="${database.inline}"${iconOf(database)}>`,
    `The title of this Database is: ${titleOf(database)}`,
    ancestorPath(call.world, database),
    "Here are the Database's Data Sources:",
    'You can use the "fetch" tool on the URL of any Data Source to see its full schema configuration.',
    `<data-sources>\n${sources.join('\n')}\n</data-sources>`,
    "Here are the Database's Views:",
    'You can use the "fetch" tool on the URL of any View to see its full configuration.',
    `<views>\n${views.join('\n')}\n</views>`,
    '</database>',
  ].join('\n');
}

/** `<data-source>`: its schema as JSON and as the table that `query` sees. */
export function dataSourceText(source: DataSourceNode): string {
  const state = {
    ...(source.description.length === 0 ? {} : { description: plainText(source.description) }),
    name: titleOf(source),
    schema: Object.fromEntries([...source.schema.values()].map(config => [config.name, propertyState(config)])),
    url: `collection://${source.id}`,
  };
  return [
    `<data-source url="{{collection://${source.id}}}">`,
    `The title of this Data Source is: ${titleOf(source)}`,
    '',
    "Here is the database's configurable state:",
    'Properties with `readOnly: true` are synced or system-managed. Do not try to update their values with page update tools.',
    `<data-source-state>\n${JSON.stringify(state)}\n</data-source-state>`,
    '',
    'Here is the SQLite table definition for this data source.',
    `<sqlite-table>\n${tableDefinition(source)}\n</sqlite-table>`,
    '</data-source>',
  ].join('\n');
}

export function viewText(view: View): string {
  const state = { dataSourceUrl: `{{collection://${view.dataSourceId}}}`, name: view.name, type: view.type };
  const rules = {
    ...(view.filter === null ? {} : { filter: view.filter }),
    ...(view.sorts === null ? {} : { sorts: view.sorts }),
  };
  return `<view url="{{view://${view.id}}}">\n${JSON.stringify({ ...state, ...rules })}\n</view>`;
}

/** The columns that a property has in the table of its data source. */
export function columnsOf(config: PropertyConfig): { name: string; type: string; comment: string }[] {
  const name = columnName(config.name);
  if (config.type === 'date') {
    return [
      { name: `date:${name}:start`, type: 'TEXT', comment: 'ISO-8601 date or datetime string' },
      { name: `date:${name}:end`, type: 'TEXT', comment: 'ISO-8601 date or datetime string, empty for a single date' },
      { name: `date:${name}:is_datetime`, type: 'INTEGER', comment: '1 if it is a datetime, 0 if it is a date' },
    ];
  }
  if (config.type === 'number') return [{ name, type: 'FLOAT', comment: '' }];
  if (config.type === 'checkbox')
    return [{ name, type: 'TEXT', comment: '"__YES__" = true, "__NO__" or NULL = false' }];
  const options = optionsOf(config).map(option => option.name);
  if (options.length === 0) return [{ name, type: 'TEXT', comment: '' }];
  const several = config.type === 'multi_select' ? 'JSON array with zero or more of' : 'one of';
  return [{ name, type: 'TEXT', comment: `${several} ${JSON.stringify(options)}` }];
}

function tableDefinition(source: DataSourceNode): string {
  const columns = [
    { name: 'url', type: 'TEXT UNIQUE', comment: '' },
    { name: 'createdTime', type: 'TEXT', comment: 'ISO-8601 datetime string, automatically set' },
    ...[...source.schema.values()].flatMap(columnsOf),
  ];
  const lines = columns.map(({ name, type, comment }, index) => {
    const comma = index === columns.length - 1 ? '' : ',';
    return `\t"${name}" ${type}${comma}${comment === '' ? '' : ` -- ${comment}`}`;
  });
  return `CREATE TABLE IF NOT EXISTS "collection://${source.id}" (\n${lines.join('\n')}\n)`;
}

const READ_ONLY = [
  'formula',
  'rollup',
  'created_time',
  'created_by',
  'last_edited_time',
  'last_edited_by',
  'unique_id',
];

function propertyState(config: PropertyConfig): object {
  const options = optionsOf(config).map(({ name, color }) => ({ color, name }));
  return {
    description: config.description ?? '',
    name: config.name,
    ...(options.length === 0 ? {} : { options }),
    ...(READ_ONLY.includes(config.type) ? { readOnly: true } : {}),
    type: config.type === 'rich_text' ? 'text' : config.type === 'people' ? 'person' : config.type,
  };
}

function iconOf(database: DatabaseNode): string {
  return database.icon?.type === 'emoji' ? ` icon="${attribute(database.icon.emoji)}"` : '';
}
