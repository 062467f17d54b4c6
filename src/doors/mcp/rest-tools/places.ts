import type { JsonObject } from '../../../notion/strict-json.ts';
import { isJson, titleOf } from './cells.ts';
import { isMissing, type NotionCalls, type NotionJson, notOverRest } from './notion-calls.ts';
import { addressOf, idOf } from './references.ts';
import { onlySourceOf } from './whereabouts.ts';

/** `notion-move-pages`. */
export async function movePages(
  { page_or_database_ids: given, new_parent: parent }: JsonObject,
  calls: NotionCalls,
): Promise<object> {
  const ids = Array.isArray(given) ? given.map(idOf) : [];
  const place = isJson(parent) ? parent : {};
  if (place.type === 'workspace') throw notOverRest('A move to the top of the workspace');
  const under = await underOf(place, calls);
  for (const [index, id] of ids.entries()) {
    await move(id, under, calls);
    calls.progress(index + 1, ids.length);
  }
  const items = ids.length === 1 ? '1 item' : `${ids.length} items`;
  return { result: `Successfully moved ${items}: ${ids.join(', ')}` };
}

async function underOf(parent: NotionJson, calls: NotionCalls): Promise<NotionJson> {
  if (parent.page_id !== undefined) return { page_id: idOf(parent.page_id) };
  const source =
    parent.database_id === undefined
      ? idOf(parent.data_source_id)
      : await onlySourceOf(idOf(parent.database_id), calls);
  return { data_source_id: source };
}

async function move(id: string, under: NotionJson, calls: NotionCalls): Promise<void> {
  try {
    await calls.ask('POST', `/v1/pages/${id}/move`, { parent: under });
  } catch (error) {
    if (!isMissing(error) || under.page_id === undefined) throw error;
    await calls.ask('PATCH', `/v1/databases/${id}`, { parent: under });
  }
}

/** A page or database inside a page, in Notion's Markdown: a copy would move the original. */
const held = /^\s*<(page|database)\b[^>]*>.*?<\/\1>\s*$|^\s*<(?:page|database)\b[^>]*\/>\s*$/gm;

/** `notion-duplicate-page`. Pages and databases in it are not copied, and the answer says how many there are. */
export async function duplicatePage({ page_id: given }: JsonObject, calls: NotionCalls): Promise<object> {
  const id = idOf(given);
  const page = await calls.ask('GET', `/v1/pages/${id}`);
  const { markdown } = await calls.ask('GET', `/v1/pages/${id}/markdown`);
  const text = String(markdown ?? '');
  const left = text.match(held)?.length ?? 0;
  const { parent } = page;
  if (!isJson(parent) || (parent.type !== 'page_id' && parent.type !== 'data_source_id')) {
    throw notOverRest('A copy of a page that stands in no page or data source');
  }
  const type = parent.type;
  const title = [...Object.entries(isJson(page.properties) ? page.properties : {})].find(
    ([, value]) => isJson(value) && value.type === 'title',
  );
  const name = type === 'page_id' ? 'title' : (title?.[0] ?? 'title');
  const content = text.replace(held, '').trim();
  const copy = await calls.ask('POST', '/v1/pages', {
    parent: { [type]: parent[type] },
    properties: { [name]: { title: [{ text: { content: `${titleOf(page)} (1)` } }] } },
    ...(content === '' ? {} : { markdown: content }),
  });
  const address = { page_id: copy.id, page_url: addressOf(String(copy.id)) };
  return left === 0 ? address : { ...address, not_copied: left };
}
