import type { JsonObject } from '../../../notion/strict-json.ts';
import { cellsOf, isJson } from './cells.ts';
import { readAlterations, readCreateTable } from './ddl.ts';
import { databaseAnswer } from './fetch.ts';
import { invalid, type NotionCalls, type NotionJson, notOverRest } from './notion-calls.ts';
import { addressOf, idOf, readReference } from './references.ts';

/** `notion-create-database`. */
export async function createDatabase(args: JsonObject, calls: NotionCalls): Promise<object> {
  const { parent, schema, database_type: type } = args;
  if (!isJson(parent)) throw notOverRest('A database without a parent page');
  if (type !== undefined && type !== 'default') throw notOverRest('A database of tasks or projects');
  const made = await calls.ask('POST', '/v1/databases', {
    parent: { type: 'page_id', page_id: idOf(parent.page_id) },
    ...titles(args.title, args.description),
    initial_data_source: { properties: readCreateTable(String(schema)) },
  });
  const { text } = await databaseAnswer(made, calls);
  return { result: `Created database: ${text}` };
}

/** `notion-update-data-source`. */
export async function updateDataSource(args: JsonObject, calls: NotionCalls): Promise<object> {
  const id = idOf(args.data_source_id);
  const { statements, in_trash: trash, is_inline: inline } = args;
  const change = {
    ...titles(args.name ?? args.title, args.description),
    ...(statements === undefined ? {} : { properties: readAlterations(String(statements)) }),
    ...(trash === undefined ? {} : { in_trash: trash }),
  };
  const updated = await calls.ask('PATCH', `/v1/data_sources/${id}`, change);
  const { database_id: database } = isJson(updated.parent) ? updated.parent : {};
  if (typeof database !== 'string') return { result: `Updated data source: collection://${id}` };
  if (inline !== undefined) await calls.ask('PATCH', `/v1/databases/${database}`, { is_inline: inline });
  if (trash === true) return { result: `Moved to the trash: collection://${id}` };
  const { text } = await databaseAnswer(await calls.ask('GET', `/v1/databases/${database}`), calls);
  return { result: `Updated data source: ${text}` };
}

function titles(title: unknown, description: unknown): object {
  const text = (value: unknown) => [{ text: { content: String(value) } }];
  return {
    ...(title === undefined ? {} : { title: text(title) }),
    ...(description === undefined ? {} : { description: text(description) }),
  };
}

/** `notion-query-data-sources`: by view or filter. SQL takes the hosted server. */
export async function queryDataSources(given: JsonObject, calls: NotionCalls): Promise<object> {
  const args = isJson(given.data) ? given.data : given;
  if (args.query !== undefined) throw notOverRest('SQL');
  const { sourceId, rules } = await wantedRows(args, calls);
  const found = await calls.ask('POST', `/v1/data_sources/${sourceId}/query`, {
    ...rules,
    ...(args.filter === undefined ? {} : { filter: args.filter }),
    ...(args.sorts === undefined ? {} : { sorts: args.sorts }),
    ...(args.start_cursor === undefined ? {} : { start_cursor: args.start_cursor }),
    ...(args.page_size === undefined ? {} : { page_size: args.page_size }),
  });
  const rows = Array.isArray(found.results) ? found.results.filter(isJson) : [];
  return { results: rows.map(rowOf), has_more: found.has_more === true, next_cursor: found.next_cursor ?? null };
}

async function wantedRows(args: JsonObject, calls: NotionCalls): Promise<{ sourceId: string; rules: object }> {
  if (typeof args.view_url === 'string') {
    const view = await calls.ask('GET', `/v1/views/${viewIdIn(args.view_url)}`);
    const { data_source_id: sourceId, filter, sorts } = view;
    return { sourceId: idOf(sourceId), rules: { ...(filter ? { filter } : {}), ...(sorts ? { sorts } : {}) } };
  }
  const urls = Array.isArray(args.data_source_urls) ? args.data_source_urls : [];
  if (urls.length !== 1) throw invalid('Name exactly one data source, or a view.');
  return { sourceId: idOf(urls[0]), rules: {} };
}

/** `view://…`, or the address of a database with `?v=…`. */
function viewIdIn(url: string): string {
  const inAddress = URL.canParse(url) ? new URL(url).searchParams.get('v') : null;
  const reference = readReference(inAddress ?? url);
  if (reference.kind === 'self') throw invalid('view_url must name a view.');
  return reference.id;
}

function rowOf(page: NotionJson): object {
  return { url: addressOf(String(page.id)), createdTime: page.created_time, ...cellsOf(page.properties) };
}
