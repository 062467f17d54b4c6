import type { JsonObject } from '../../../notion/strict-json.ts';
import { isJson } from './cells.ts';
import { invalid, type NotionCalls, type NotionJson } from './notion-calls.ts';
import { idOf } from './references.ts';

export interface Person {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly email?: string;
}

/** Notion lists a hundred at a time; so many pages are looked through. */
const pagesMax = 10;

/** The people and bots of the workspace whose name or address contains the words. */
export async function findPeople(words: string, calls: NotionCalls): Promise<Person[]> {
  const found: Person[] = [];
  let cursor = '';
  for (let page = 0; page < pagesMax; page++) {
    const answer = await calls.ask('GET', `/v1/users?page_size=100${cursor}`);
    found.push(...usersIn(answer.results));
    if (answer.has_more !== true) break;
    cursor = `&start_cursor=${encodeURIComponent(String(answer.next_cursor))}`;
  }
  const wanted = words.toLowerCase();
  return found.filter(person => JSON.stringify(person).toLowerCase().includes(wanted));
}

/** `notion-get-users`. */
export async function getUsers(args: JsonObject, calls: NotionCalls): Promise<object> {
  const { query = '', user_id: wanted, start_cursor: cursor, page_size: size } = args;
  if (wanted === 'self') return { results: usersIn([await calls.ask('GET', '/v1/users/me')]), has_more: false };
  if (wanted !== undefined) {
    return { results: usersIn([await calls.ask('GET', `/v1/users/${idOf(wanted)}`)]), has_more: false };
  }
  if (query !== '') return { results: await findPeople(String(query), calls), has_more: false };
  const paging = new URLSearchParams({
    ...(cursor === undefined ? {} : { start_cursor: String(cursor) }),
    ...(size === undefined ? {} : { page_size: String(size) }),
  });
  const answer = await calls.ask('GET', `/v1/users?${paging}`);
  const more = answer.has_more === true ? { next_cursor: answer.next_cursor } : {};
  return { results: usersIn(answer.results), has_more: answer.has_more === true, ...more };
}

/** `notion-get-self`: the connection that serves the caller, and its workspace. */
export async function getSelf(_args: JsonObject, calls: NotionCalls): Promise<object> {
  const me = await calls.ask('GET', '/v1/users/me');
  const bot = isJson(me.bot) ? me.bot : {};
  const [user] = usersIn([me]);
  return { user: user ?? {}, workspace: { id: bot.workspace_id ?? null, name: bot.workspace_name ?? '' } };
}

function usersIn(results: unknown): Person[] {
  const users = Array.isArray(results) ? results.filter(isJson) : [];
  return users.map(({ type, id, name, person }) => {
    const email = isJson(person) && typeof person.email === 'string' ? { email: person.email } : {};
    return { type: String(type ?? 'person'), id: String(id), name: String(name ?? ''), ...email };
  });
}

/** `notion-create-comment`. */
export async function createComment(args: JsonObject, calls: NotionCalls): Promise<object> {
  const { page_id: page, discussion_id: discussion, rich_text: text, markdown } = args;
  if ((page === undefined) === (discussion === undefined)) throw invalid('Name a page_id or a discussion_id.');
  const place =
    discussion === undefined ? { parent: { page_id: idOf(page) } } : { discussion_id: discussionIn(discussion) };
  const made = await calls.ask('POST', '/v1/comments', {
    ...place,
    ...(text === undefined ? {} : { rich_text: text }),
    ...(markdown === undefined ? {} : { markdown }),
  });
  return { result: { status: 'success', id: made.id } };
}

/** `notion-get-comments`. Those on single blocks take one question for each, so they are left to the hosted server. */
export async function getComments(
  { page_id: page, discussion_id: discussion }: JsonObject,
  calls: NotionCalls,
): Promise<object> {
  const id = idOf(page);
  const only = discussion === undefined ? null : discussionIn(discussion);
  const results: NotionJson[] = [];
  let cursor = '';
  for (let round = 0; round < pagesMax; round++) {
    const answer = await calls.ask('GET', `/v1/comments?block_id=${id}&page_size=100${cursor}`);
    const comments = Array.isArray(answer.results) ? answer.results.filter(isJson) : [];
    results.push(...comments.filter(comment => only === null || comment.discussion_id === only));
    if (answer.has_more !== true) break;
    cursor = `&start_cursor=${encodeURIComponent(String(answer.next_cursor))}`;
  }
  const addressed = results.map(one => ({ ...one, discussion_id: `discussion://${id}/${id}/${one.discussion_id}` }));
  return { results: addressed, has_more: false };
}

/** The last part of `discussion://pageId/blockId/discussionId`. */
function discussionIn(address: unknown): string {
  return idOf(String(address).split('/').at(-1));
}
