import type { DecidedCall } from '../domain/decided-call.ts';
import type { ObjectOwners } from '../domain/object-owners.ts';
import type { Answer, NotionObjectKind } from '../domain/operation.ts';
import { keepOwn } from './own-objects.ts';
import { type Json, parseObject, readWhole, refuseAnswer } from './read-answer.ts';

/** Sends a call on, as the step before this one does. */
export type SendOn = (decided: DecidedCall) => Promise<Answer>;

/** Further pages that one call may fetch to find something that is the caller's own. */
const refillsMax = 5;

/** Notion's own way to say that a list ends before everything was seen. */
const incomplete = { type: 'incomplete', incomplete_reason: 'query_result_limit_reached' } as const;

/**
 * Reduces a list to the caller's own objects. A page on which nothing is left would say "there is more" about what the
 * caller may not see, so the next pages take its place (rule 15); if even they are empty, the list ends as incomplete.
 */
export async function releaseOwnList(
  decided: DecidedCall,
  first: Json,
  kind: NotionObjectKind,
  owners: ObjectOwners,
  forward: SendOn,
): Promise<{ readonly list: Json; readonly withheld: number }> {
  let list = first;
  let withheld = await keepOwn(decided, list, kind, owners);
  for (let refill = 0; refill < refillsMax && isEmptyWithMore(list); refill++) {
    list = await nextPage(decided, String(list.next_cursor), forward);
    withheld += await keepOwn(decided, list, kind, owners);
  }
  if (isEmptyWithMore(list)) list = { ...list, has_more: false, next_cursor: null, request_status: incomplete };
  return { list, withheld };
}

function isEmptyWithMore({ results, has_more: more, next_cursor: cursor }: Json): boolean {
  return Array.isArray(results) && results.length === 0 && more === true && typeof cursor === 'string';
}

async function nextPage(decided: DecidedCall, cursor: string, forward: SendOn): Promise<Json> {
  const { operation } = decided.call;
  const { target } = operation;
  if (target?.kind !== 'notion') throw refuseAnswer(operation, 'a list that was not fetched from Notion');
  const [path = '', query = ''] = target.path.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('start_cursor', cursor);
  const next = { ...operation, target: { ...target, path: `${path}?${parameters}` } };
  const answer = await forward({ ...decided, call: { ...decided.call, operation: next } });
  const page = answer.status === 200 ? parseObject(await readWhole(answer, operation)) : null;
  if (page === null) throw refuseAnswer(operation, `page of a list answered ${answer.status}`);
  return page;
}
