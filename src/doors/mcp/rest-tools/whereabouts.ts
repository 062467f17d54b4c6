import { isJson } from './cells.ts';
import { isMissing, type NotionCalls, type NotionJson, notOverRest } from './notion-calls.ts';

/** The chain above an object is shown up to this many levels. */
const levelsMax = 8;

/** Gets a page, database or data source by id alone. Throws the error of asking for the page. */
export async function getObject(id: string, calls: NotionCalls): Promise<NotionJson> {
  try {
    return await calls.ask('GET', `/v1/pages/${id}`);
  } catch (missing) {
    if (!isMissing(missing)) throw missing;
    for (const path of [`/v1/databases/${id}`, `/v1/data_sources/${id}`] as const) {
      try {
        return await calls.ask('GET', path);
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    }
    throw missing;
  }
}

/** The objects above an object, nearest first, up to the first that the caller may not read. */
export async function ancestorsOf(object: NotionJson, calls: NotionCalls): Promise<NotionJson[]> {
  const above: NotionJson[] = [];
  let at: NotionJson | null = object;
  for (let level = 0; level < levelsMax && at !== null; level++) {
    at = await parentOf(at, calls);
    if (at !== null && at.object !== 'block') above.push(at);
  }
  return above;
}

async function parentOf(object: NotionJson, calls: NotionCalls): Promise<NotionJson | null> {
  const parent = object.object === 'data_source' ? object.parent : (object.parent ?? null);
  if (!isJson(parent)) return null;
  const path = pathOf(parent);
  if (path === null) return null;
  return calls.ask('GET', path).catch(error => {
    if (isMissing(error)) return null;
    throw error;
  });
}

function pathOf(parent: NotionJson): `/v1/${string}` | null {
  const id = parent[String(parent.type)];
  switch (parent.type) {
    case 'page_id':
      return `/v1/pages/${id}`;
    case 'database_id':
      return `/v1/databases/${id}`;
    case 'data_source_id':
      return `/v1/data_sources/${id}`;
    case 'block_id':
      return `/v1/blocks/${id}`;
    default:
      return null;
  }
}

/** The one data source of a database. */
export async function onlySourceOf(databaseId: string, calls: NotionCalls): Promise<string> {
  const { data_sources: sources } = await calls.ask('GET', `/v1/databases/${databaseId}`);
  const [only, ...others] = Array.isArray(sources) ? sources.filter(isJson) : [];
  if (only === undefined || others.length > 0) throw notOverRest('A database with several data sources by its own id');
  return String(only.id);
}

/** The types of the columns of a data source, by name. */
export async function columnsOf(sourceId: string, calls: NotionCalls): Promise<ReadonlyMap<string, string>> {
  const { properties } = await calls.ask('GET', `/v1/data_sources/${sourceId}`);
  return typesOf(properties);
}

/** Of a schema, and of the properties of a page. */
export function typesOf(properties: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(isJson(properties) ? properties : {});
  return new Map(entries.flatMap(([name, value]) => (isJson(value) ? [[name, String(value.type)] as const] : [])));
}
