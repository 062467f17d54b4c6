import type { JsonObject } from '../../../notion/strict-json.ts';
import { isJson, titleOf } from './cells.ts';
import { databaseText, dataSourceText, pageText, viewText } from './markup.ts';
import { isMissing, type NotionCalls, type NotionJson } from './notion-calls.ts';
import { getSelf } from './people.ts';
import { addressOf, readReference } from './references.ts';
import { ancestorsOf, getObject } from './whereabouts.ts';

/** `notion-fetch`. */
export async function fetchObject(
  { id, include_discussions: discussions, include_transcript: transcript }: JsonObject,
  calls: NotionCalls,
): Promise<object> {
  const reference = readReference(String(id));
  switch (reference.kind) {
    case 'self': {
      const self = await getSelf({}, calls);
      return { ...answer('self', 'self', 'self', JSON.stringify(self)), ...self };
    }
    case 'collection':
      return sourceAnswer(await calls.ask('GET', `/v1/data_sources/${reference.id}`));
    case 'view': {
      const view = await calls.ask('GET', `/v1/views/${reference.id}`);
      return answer('view', String(view.name ?? ''), `view://${reference.id}`, viewText(view));
    }
    default: {
      const object = await getObject(reference.id, calls);
      if (object.object === 'database') return databaseAnswer(object, calls);
      if (object.object === 'data_source') return sourceAnswer(object);
      return pageAnswer(object, { discussions: discussions === true, transcript: transcript === true }, calls);
    }
  }
}

async function pageAnswer(
  page: NotionJson,
  wanted: { discussions: boolean; transcript: boolean },
  calls: NotionCalls,
): Promise<object> {
  const query = wanted.transcript ? '?include_transcript=true' : '';
  const {
    markdown,
    truncated,
    unknown_block_ids: unknown,
  } = await calls.ask('GET', `/v1/pages/${page.id}/markdown${query}`);
  const above = await ancestorsOf(page, calls);
  const said = wanted.discussions ? await discussionsText(String(page.id), calls) : '';
  const titles = above.filter(one => one.object !== 'data_source').map(titleOf);
  return {
    ...answer(
      'page',
      titleOf(page),
      addressOf(String(page.id)),
      pageText(page, String(markdown ?? ''), above, said, new Date()),
    ),
    path: titles.reverse().join(' / '),
    page_last_edited_at: page.last_edited_time,
    cover: page.cover ?? null,
    icon: page.icon ?? null,
    truncated: truncated === true,
    unknown_block_ids: Array.isArray(unknown) ? unknown : [],
    ...(page.in_trash === true ? { in_trash: true } : {}),
  };
}

export async function databaseAnswer(database: NotionJson, calls: NotionCalls): Promise<ReturnType<typeof answer>> {
  const listed = Array.isArray(database.data_sources) ? database.data_sources.filter(isJson) : [];
  const sources: NotionJson[] = [];
  for (const { id } of listed) {
    const source = await calls.ask('GET', `/v1/data_sources/${id}`).catch(nullIfMissing);
    if (source !== null) sources.push(source);
  }
  const text = databaseText(database, sources, await ancestorsOf(database, calls));
  return answer('database', titleOf(database), addressOf(String(database.id)), text);
}

function sourceAnswer(source: NotionJson): object {
  const { database_id: database } = isJson(source.parent) ? source.parent : {};
  return answer('data_source', titleOf(source), addressOf(String(database ?? source.id)), dataSourceText(source));
}

async function discussionsText(pageId: string, calls: NotionCalls): Promise<string> {
  const found = await calls.ask('GET', `/v1/comments?block_id=${pageId}`).catch(nullIfMissing);
  const comments = Array.isArray(found?.results) ? found.results.filter(isJson) : [];
  if (comments.length === 0) return '';
  const counts = new Map<string, number>();
  for (const { discussion_id: id } of comments) counts.set(String(id), (counts.get(String(id)) ?? 0) + 1);
  const lines = [...counts].map(
    ([id, count]) => `<discussion url="discussion://${pageId}/${pageId}/${id}" comment-count="${count}"/>`,
  );
  return `<page-discussions>\n${lines.join('\n')}\n</page-discussions>`;
}

function nullIfMissing(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}

function answer(type: string, title: string, url: string, text: string) {
  return { metadata: { type }, title, url, text };
}
