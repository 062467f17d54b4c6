import type { ObjectOwners } from '../domain/object-owners.ts';
import type { Answer, NotionObjectKind } from '../domain/operation.ts';
import type { Ruling } from '../domain/ruling.ts';
import { keepOwn } from './own-objects.ts';
import { type Json, parseObject, readWhole, refuseAnswer } from './read-answer.ts';

/** Sends a call on, as the step before this one does. */
export type Forward = (ruling: Ruling) => Promise<Answer>;

/** Further pages that one call may fetch to find something that is the caller's own. */
const refillsMax = 5;

/** Notion's own way to say that a list ends before everything was seen. */
const incomplete = { type: 'incomplete', incomplete_reason: 'query_result_limit_reached' } as const;

/**
 * Reduces a list to the caller's own objects. A page on which nothing is left would say "there is more" about what the
 * caller may not see, so the next pages take its place (rule 15); if even they are empty, the list ends as incomplete.
 */
export async function releaseOwnList(
  ruling: Ruling,
  first: Json,
  kind: NotionObjectKind,
  owners: ObjectOwners,
  forward: Forward,
): Promise<{ readonly list: Json; readonly withheld: number }> {
  let list = first;
  let withheld = await keepOwn(ruling, list, kind, owners);
  for (let refill = 0; refill < refillsMax && isEmptyWithMore(list); refill++) {
    list = await nextPage(ruling, String(list.next_cursor), forward);
    withheld += await keepOwn(ruling, list, kind, owners);
  }
  if (isEmptyWithMore(list)) list = { ...list, has_more: false, next_cursor: null, request_status: incomplete };
  return { list, withheld };
}

function isEmptyWithMore({ results, has_more: more, next_cursor: cursor }: Json): boolean {
  return Array.isArray(results) && results.length === 0 && more === true && typeof cursor === 'string';
}

async function nextPage(ruling: Ruling, cursor: string, forward: Forward): Promise<Json> {
  const { operation } = ruling.call;
  const { target } = operation;
  if (target?.kind !== 'notion') throw refuseAnswer(operation, 'a list that was not fetched from Notion');
  const [path = '', query = ''] = target.path.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('start_cursor', cursor);
  const next = { ...operation, target: { ...target, path: `${path}?${parameters}` } };
  const answer = await forward({ ...ruling, call: { ...ruling.call, operation: next } });
  const page = answer.status === 200 ? parseObject(await readWhole(answer, operation)) : null;
  if (page === null) throw refuseAnswer(operation, `page of a list answered ${answer.status}`);
  return page;
}
