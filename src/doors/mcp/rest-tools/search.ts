import type { JsonObject } from '../../../notion/strict-json.ts';
import { isJson, titleOf } from './cells.ts';
import { type NotionCalls, type NotionJson, notOverRest } from './notion-calls.ts';
import { findPeople } from './people.ts';
import { addressOf, idOf } from './references.ts';
import { columnsOf } from './whereabouts.ts';

/** `notion-search`. Notion's REST API searches titles only; the list has what the caller may read. */
export async function search(args: JsonObject, calls: NotionCalls): Promise<object> {
  const {
    query,
    query_type: type,
    data_source_url: source,
    page_url: page,
    teamspace_id: team,
    page_size: size = 10,
  } = args;
  if (page !== undefined || team !== undefined) throw notOverRest('Searching only below a page or in a teamspace');
  if (type === 'user') {
    const people = await findPeople(String(query), calls);
    const results = people.slice(0, Number(size)).map(({ id, name, email }) => ({
      ...{ id, title: name, url: `user://${id}`, type: 'user', highlight: email ?? '', timestamp: '' },
    }));
    return { results, type: 'user_search' };
  }
  const found =
    source === undefined
      ? await calls.ask('POST', '/v1/search', { query, page_size: size })
      : await rowsNamed(String(query), idOf(source), Number(size), calls);
  const objects = Array.isArray(found.results) ? found.results.filter(isJson) : [];
  const results = objects.filter(object => passes(object, args.filters)).map(resultOf);
  return { results, type: 'workspace_search' };
}

async function rowsNamed(words: string, sourceId: string, size: number, calls: NotionCalls): Promise<NotionJson> {
  const title = [...(await columnsOf(sourceId, calls))].find(([, type]) => type === 'title')?.[0];
  const filter = title === undefined || words === '' ? {} : { filter: { property: title, title: { contains: words } } };
  return calls.ask('POST', `/v1/data_sources/${sourceId}/query`, { ...filter, page_size: size });
}

function passes(object: NotionJson, filters: unknown): boolean {
  if (!isJson(filters)) return true;
  const { created_date_range: range, created_by_user_ids: authors } = filters;
  const created = String(object.created_time ?? '');
  const { start_date: start, end_date: end } = isJson(range) ? range : {};
  if (typeof start === 'string' && created < start) return false;
  if (typeof end === 'string' && created.slice(0, 10) > end) return false;
  const author = isJson(object.created_by) ? object.created_by.id : null;
  return !Array.isArray(authors) || authors.map(idOf).includes(String(author));
}

function resultOf(object: NotionJson): object {
  const { parent } = object;
  const isPage = object.object === 'page';
  const database = isJson(parent) && typeof parent.database_id === 'string' ? parent.database_id : object.id;
  const id = String(isPage ? object.id : database);
  return {
    id,
    title: titleOf(object),
    url: addressOf(id),
    type: isPage ? 'page' : 'database',
    highlight: '',
    timestamp: object.last_edited_time ?? '',
  };
}
