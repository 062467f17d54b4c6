import type { DecidedCall } from '../domain/decided-call.ts';
import { answerItem } from '../notion/answer-item.ts';
import type { Findings, Holder, LongRelation } from './blank/findings.ts';
import { mayHideBelow } from './hidden-below.ts';
import { isObject, type Json } from './read-answer.ts';
import type { LookUp } from './schemas.ts';
import type { Sight } from './sight.ts';
import type { Whereabouts } from './whereabouts.ts';

/** The number of calls to Notion that one answer may cost to check its numbers. */
const looksMax = 20;
/** A page shows so many entries of a relation, and whether there are more (https://developers.notion.com/reference/page-property-values). */
const entriesMax = 25;
/** Pages of a relation that are read to fill these up. */
const furtherMax = 5;

interface CountParts {
  readonly whereabouts: Whereabouts;
  readonly lookUp: LookUp;
}

/**
 * Makes what an answer says of numbers true for this caller: a block has children only if one of them may be seen, and a
 * relation has more entries only if there are more that may be seen.
 *
 * @returns how much was changed
 */
export async function settleCounts(
  decided: DecidedCall,
  { holders, longRelations }: Findings,
  sight: Sight,
  parts: CountParts,
): Promise<number> {
  if (sight.everyObject) return 0;
  const counting = new Counting(decided, sight, parts);
  let changed = 0;
  for (const holder of holders) if (await counting.settleHolder(holder)) changed++;
  for (const relation of longRelations) if (await counting.settleRelation(relation)) changed++;
  return changed;
}

class Counting {
  readonly #decided: DecidedCall;
  readonly #sight: Sight;
  readonly #parts: CountParts;
  /** By the page that they stand in. */
  readonly #mayHide = new Map<string, boolean>();
  #looksLeft = looksMax;

  constructor(decided: DecidedCall, sight: Sight, parts: CountParts) {
    this.#decided = decided;
    this.#sight = sight;
    this.#parts = parts;
  }

  /**
   * A holder whose children cannot be checked within the bounds keeps its content; otherwise callers could not find
   * what is there.
   */
  async settleHolder({ object, hide }: Holder): Promise<boolean> {
    const { whereabouts } = this.#parts;
    const container = (await whereabouts.of([object]))(object);
    const key = container.state === 'known' ? (container.path[0]?.id ?? '') : '';
    const mayHide = this.#mayHide.get(key) ?? (await mayHideBelow(container, this.#sight, whereabouts));
    this.#mayHide.set(key, mayHide);
    if (!mayHide) return false;
    const children = await this.#list(`/v1/blocks/${object.id}/children?page_size=100`);
    if (children === null || children.items.length === 0) return false;
    if ((await this.#visible(children.items)).length > 0) return false;
    hide();
    return true;
  }

  /** A relation that is not read to its end within the bounds does not say that it has more. */
  async settleRelation({ page, propertyId, value }: LongRelation): Promise<boolean> {
    const path = `/v1/pages/${page.id}/properties/${encodeURIComponent(decoded(propertyId))}?page_size=100` as const;
    const visible: unknown[] = [];
    value.has_more = false;
    let list = await this.#list(path);
    if (list === null) return true;
    for (let read = 1; list !== null; read++) {
      visible.push(...(await this.#visible(list.items)));
      const isEnough: boolean = visible.length > entriesMax || read === furtherMax || list.next === null;
      list = isEnough ? null : await this.#list(`${path}&start_cursor=${encodeURIComponent(list.next ?? '')}`);
    }
    value.relation = visible.slice(0, entriesMax).map(item => (isObject(item) ? item.relation : null));
    value.has_more = visible.length > entriesMax;
    return true;
  }

  async #list(
    path: `/v1/${string}`,
  ): Promise<{ readonly items: readonly unknown[]; readonly next: string | null } | null> {
    if (this.#looksLeft-- <= 0) return null;
    const list = await this.#parts.lookUp(this.#decided, path).catch(() => null);
    if (!isObject(list) || !Array.isArray(list.results)) return null;
    const { results: items, has_more: more, next_cursor: next } = list as Json & { results: unknown[] };
    return { items, next: more === true && typeof next === 'string' ? next : null };
  }

  async #visible(items: readonly unknown[]): Promise<readonly unknown[]> {
    const named = items.map(item => answerItem(item, 'block'));
    const at = await this.#parts.whereabouts.of(named.filter(item => typeof item === 'object'));
    return items.filter((_, index) => {
      const item = named[index];
      return typeof item === 'object' ? this.#sight.may('read', at(item)) : item === 'nothing';
    });
  }
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
