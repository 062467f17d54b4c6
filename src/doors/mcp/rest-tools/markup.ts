import { cellsOf, isJson, plainText, titleOf } from './cells.ts';
import type { NotionJson } from './notion-calls.ts';
import { addressOf } from './references.ts';

/** Text in an attribute of the hosted server's markup. Titles are strangers' words. */
function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** `<ancestor-path>`: what the caller may see of the chain above an object, nearest first. */
function ancestorPath(above: readonly NotionJson[]): string {
  const lines = above.map((object, index) => {
    const place = index === 0 ? 'parent' : `ancestor-${index + 1}`;
    const title = attribute(titleOf(object));
    if (object.object === 'data_source')
      return `<${place}-data-source url="collection://${object.id}" name="${title}"/>`;
    return `<${place}-${object.object} url="${addressOf(String(object.id))}" title="${title}"/>`;
  });
  return lines.length === 0
    ? '<ancestor-path></ancestor-path>'
    : `<ancestor-path>\n${lines.join('\n')}\n</ancestor-path>`;
}

/** The `text` of a fetched page. */
export function pageText(
  page: NotionJson,
  markdown: string,
  above: readonly NotionJson[],
  discussions: string,
  now: Date,
): string {
  const url = addressOf(String(page.id));
  const icon = isJson(page.icon) && page.icon.type === 'emoji' ? ` icon="${attribute(String(page.icon.emoji))}"` : '';
  const isRow = isJson(page.parent) && page.parent.type === 'data_source_id';
  const properties = { ...cellsOf(page.properties), ...(isRow ? { url } : {}) };
  return [
    `Here is the result of "fetch" for the Page with URL ${url} as of ${now.toISOString()}:`,
    `<page url="${url}"${icon}>`,
    ancestorPath(above),
    `<properties>\n${JSON.stringify(properties)}\n</properties>`,
    '<iconMetadata>null</iconMetadata>',
    ...(discussions === '' ? [] : [discussions]),
    markdown === ''
      ? '<blank-page>This page is blank and has no content.</blank-page>'
      : `<content>\n${markdown}\n</content>`,
    '</page>',
  ].join('\n');
}

/** `<database>`: its place, and its data sources as far as the caller may see them. */
export function databaseText(
  database: NotionJson,
  sources: readonly NotionJson[],
  above: readonly NotionJson[],
): string {
  return [
    `<database url="{{${addressOf(String(database.id))}}}" inline="${database.is_inline === true}">`,
    `The title of this Database is: ${titleOf(database)}`,
    ancestorPath(above),
    "Here are the Database's Data Sources:",
    'You can use the "fetch" tool on the URL of any Data Source to see its full schema configuration.',
    `<data-sources>\n${sources.map(dataSourceText).join('\n')}\n</data-sources>`,
    '</database>',
  ].join('\n');
}

/** `<data-source>` with its schema. */
export function dataSourceText(source: NotionJson): string {
  const schema = isJson(source.properties) ? source.properties : {};
  const state = {
    ...(Array.isArray(source.description) && source.description.length > 0
      ? { description: plainText(source.description) }
      : {}),
    name: titleOf(source),
    schema: Object.fromEntries(
      Object.entries(schema).flatMap(([name, config]) => (isJson(config) ? [[name, stateOf(name, config)]] : [])),
    ),
    url: `collection://${source.id}`,
  };
  return [
    `<data-source url="{{collection://${source.id}}}">`,
    `The title of this Data Source is: ${titleOf(source)}`,
    '',
    "Here is the database's configurable state:",
    `<data-source-state>\n${JSON.stringify(state)}\n</data-source-state>`,
    '</data-source>',
  ].join('\n');
}

/** `<view>`: the data source and what the view shows of it. */
export function viewText(view: NotionJson): string {
  const { id, data_source_id: source, name, type, filter, sorts } = view;
  const state = {
    dataSourceUrl: `{{collection://${source}}}`,
    name,
    type,
    ...(filter ? { filter } : {}),
    ...(sorts ? { sorts } : {}),
  };
  return `<view url="{{view://${id}}}">\n${JSON.stringify(state)}\n</view>`;
}

const readOnlyTypes: ReadonlySet<string> = new Set([
  ...['formula', 'rollup', 'created_time', 'created_by', 'last_edited_time', 'last_edited_by', 'unique_id'],
]);
const hostedNames: Readonly<Record<string, string>> = { rich_text: 'text', people: 'person' };

function stateOf(name: string, config: NotionJson): object {
  const type = String(config.type);
  const inner = config[type];
  const options = isJson(inner) && Array.isArray(inner.options) ? inner.options.filter(isJson) : [];
  return {
    description: typeof config.description === 'string' ? config.description : '',
    name,
    ...(options.length === 0 ? {} : { options: options.map(option => ({ color: option.color, name: option.name })) }),
    ...(readOnlyTypes.has(type) ? { readOnly: true } : {}),
    type: hostedNames[type] ?? type,
  };
}
