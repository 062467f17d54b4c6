import type { DecidedCall } from '../domain/decided-call.ts';
import type { Answer, AnswerList, NotionRequest } from '../domain/operation.ts';
import type { CursorSeal, ListPosition } from './list-cursor.ts';
import { listNamed, pageSizeMax, pagingOf, requestAt, withoutPage } from './list-request.ts';
import { isObject, type Json, parseObject, readWhole, refuseAnswer } from './read-answer.ts';

/** Sends a call on, as the step before this one does. */
export type SendOn = (decided: DecidedCall) => Promise<Answer>;

/** Which of these items, in their order, the caller may have. Called for each page of Notion's that was fetched. */
export type KeepItems = (items: readonly unknown[]) => Promise<readonly boolean[]>;

/** Further pages of Notion's that one call may fetch. */
const refillsMax = 25;

/** Notion's own way to say that a list ends before everything was seen. */
const incomplete = { type: 'incomplete', incomplete_reason: 'query_result_limit_reached' } as const;

/** A page of Notion's that is being gone through. */
interface Source {
  readonly items: readonly unknown[];
  readonly kept: readonly boolean[];
  /** Where this page is; null for the first page of a list, as the caller asked for it. */
  readonly at: ListPosition | null;
  /** Notion's cursor of the page after it. */
  readonly next: string | null;
}

export interface ReleasedList {
  /** How many items were taken from the list. */
  readonly withheld: number;
  /** Whether the list differs from Notion's: its cursor does, too. */
  readonly changed: boolean;
}

export interface ListParts {
  readonly forward: SendOn;
  readonly cursors: CursorSeal;
  readonly keep: KeepItems;
  /** Called with each further page, before its items are judged. */
  readonly learn: (page: Json) => Promise<void>;
}

/**
 * Reduces a list to the items that the caller may have, in the same order, and fills it up from Notion's next pages to
 * the requested size (rule 15). It says that there is more only if this caller may have more, or if that is not known
 * within the bounds; an empty page then ends the list as incomplete.
 *
 * The cursor is the gateway's own. Changes the list in place.
 */
export async function releaseList(
  decided: DecidedCall,
  list: Json,
  where: AnswerList,
  parts: ListParts,
): Promise<ReleasedList> {
  const { target } = decided.call.operation;
  if (target?.kind !== 'notion') throw refuseAnswer(decided.call.operation, 'a list that was not fetched from Notion');
  if (where.paged === null) return releaseWhole(list, where, parts.keep);
  const reading = new Reading(decided, furtherRequest(target, where, list), where, parts);
  const at = await reading.positionAsked(target);
  const wanted = pagingOf(target, where.paged).size;
  const end = await reading.collect(list, at, wanted);
  const { withheld } = reading;
  if (withheld === 0 && end === 'complete' && at === null && list.has_more !== true)
    return { withheld, changed: false };
  list[where.at] = reading.results;
  Object.assign(list, await reading.ending(end));
  if (typeof list.total_count === 'number') list.total_count = reading.results.length;
  if (isObject(list.property_item)) list.property_item.next_url = reading.nextUrl(list.next_cursor);
  return { withheld, changed: true };
}

/** A list without pages says that there is more only if no item was taken out: otherwise it would reveal how many. */
async function releaseWhole(list: Json, { at }: AnswerList, keep: KeepItems): Promise<ReleasedList> {
  const items = itemsOf(list, at);
  const kept = await keep(items);
  const results = items.filter((_, index) => kept[index]);
  if (Array.isArray(list[at])) list[at] = results;
  if (list.has_more === true && results.length < items.length) list.has_more = false;
  const withheld = items.length - results.length;
  return { withheld, changed: withheld > 0 };
}

function itemsOf(list: Json, at: AnswerList['at']): readonly unknown[] {
  const items = list[at];
  return Array.isArray(items) ? items : [];
}

/** What further pages of the list are asked for with. */
function furtherRequest(target: NotionRequest, { furtherBelow }: AnswerList, { id }: Json): NotionRequest {
  if (furtherBelow !== true) return target;
  return { ...target, method: 'GET', path: `${target.path}/${encodeURIComponent(String(id))}`, body: null };
}

/** How a list ended: at an item that the caller may have, at the end, or where the bounds were reached. */
type End = { readonly at: ListPosition } | 'complete' | 'bounds';

class Reading {
  readonly results: unknown[] = [];
  withheld = 0;
  readonly #decided: DecidedCall;
  readonly #request: NotionRequest;
  readonly #where: AnswerList;
  readonly #parts: ListParts;
  readonly #paged: 'query' | 'body';
  readonly #name: string;
  /** The last place that was looked at. */
  #reached: ListPosition | null = null;

  constructor(decided: DecidedCall, request: NotionRequest, where: AnswerList, parts: ListParts) {
    this.#decided = decided;
    this.#request = request;
    this.#where = where;
    this.#parts = parts;
    // What further pages are read with has no body.
    this.#paged = where.furtherBelow === true ? 'query' : (where.paged ?? 'query');
    this.#name = listNamed(decided, request);
  }

  /** Where the request said to begin; null for the beginning. */
  async positionAsked(target: NotionRequest): Promise<ListPosition | null> {
    const { cursor } = pagingOf(target, this.#where.paged ?? 'query');
    return cursor === null ? null : this.#parts.cursors.open(this.#name, cursor);
  }

  /** Collects as many items as are wanted, and looks for one more. */
  async collect(first: Json, at: ListPosition | null, wanted: number): Promise<End> {
    let source = await this.#source(first, at);
    for (let refills = 0; ; refills++) {
      for (let index = source.at?.skip ?? 0; index < source.items.length; index++) {
        if (!source.kept[index]) this.withheld++;
        // The first page is as large as was wanted, or Notion's own affair.
        else if (source.at === null || this.results.length < wanted) this.results.push(source.items[index]);
        else return { at: { ...source.at, skip: index } };
      }
      if (source.next === null) return 'complete';
      this.#reached = { cursor: source.next, skip: 0, size: pageSizeMax };
      const page = refills === refillsMax ? null : await this.#fetch(this.#reached);
      if (page === null) return 'bounds';
      source = await this.#source(page, this.#reached);
    }
  }

  /** The fields of the answer about the rest of the list. */
  async ending(end: End): Promise<Json> {
    const next = end === 'bounds' ? this.#reached : end === 'complete' ? null : end.at;
    if (next !== null && this.results.length > 0) {
      return { has_more: true, next_cursor: await this.#parts.cursors.seal(this.#name, next) };
    }
    return { has_more: false, next_cursor: null, ...(end === 'bounds' && { request_status: incomplete }) };
  }

  /** The address of the next page, in Notion's form: the URL is turned into one of the gateway like any other. */
  nextUrl(cursor: unknown): string | null {
    if (typeof cursor !== 'string') return null;
    return `https://api.notion.com${withoutPage(this.#request.path)}?start_cursor=${cursor}`;
  }

  async #source(page: Json, at: ListPosition | null): Promise<Source> {
    const items = itemsOf(page, this.#where.at);
    const kept = await this.#parts.keep(items);
    const { has_more: more, next_cursor: cursor } = page;
    return { items, kept, at, next: more === true && typeof cursor === 'string' ? cursor : null };
  }

  /** Null: Notion does not give the page now. If anything was found, that is enough. */
  async #fetch(at: ListPosition): Promise<Json | null> {
    const { operation } = this.#decided.call;
    const next = { ...operation, target: requestAt(this.#request, this.#paged, at) };
    const send = this.#parts.forward({ ...this.#decided, call: { ...this.#decided.call, operation: next } });
    const answer = await send.catch(error => {
      if (this.results.length === 0) throw error;
    });
    const page = answer?.status === 200 ? parseObject(await readWhole(answer, operation)) : null;
    if (page !== null) await this.#parts.learn(page);
    else if (this.results.length === 0) throw refuseAnswer(operation, `page of a list answered ${answer?.status}`);
    return page;
  }
}
