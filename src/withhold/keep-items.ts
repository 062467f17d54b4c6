import type { Ancestry } from '../domain/ancestry.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import type { ObjectOwners } from '../domain/object-owners.ts';
import type { AnswerList } from '../domain/operation.ts';
import type { NotionRef } from '../domain/page-index.ts';
import { answerItem } from '../notion/answer-item.ts';
import type { ShownBy } from './blank/findings.ts';
import { ownAmong } from './own-objects.ts';
import type { KeepItems } from './release-list.ts';
import type { Sight } from './sight.ts';
import { shownByTested, tellsHidden, testedBy } from './tested-by.ts';
import type { Whereabouts } from './whereabouts.ts';

/** Judges the items of a list one by one: an item with an owner by its owner, all others by where they stand. */
export function keepItems(
  decided: DecidedCall,
  list: AnswerList,
  sight: Sight | null,
  parts: { readonly owners: ObjectOwners; readonly whereabouts: Whereabouts },
): KeepItems {
  const { ownedList } = decided.call.operation.response;
  if (ownedList !== undefined) return items => ownAmong(decided, items, ownedList, parts.owners);
  if (sight === null) return async items => items.map(() => true);
  const tested = testedBy(decided);
  return async items => {
    const named = items.map(item => answerItem(item, list.kind));
    const matters = !sight.everyObject || (tested.length > 0 && !sight.everyProperty);
    const at = await locate(matters ? named.filter(isObject) : [], list, parts.whereabouts);
    const kept = named.map((item, index) => {
      if (!isObject(item)) return item === 'nothing';
      return sight.may(list.action, at(item)) && !tellsHidden(items[index], tested, sight.hiddenProperties(at(item)));
    });
    return withoutTelling(items, kept, tested, sight, parts.whereabouts);
  };
}

/** Takes out the rows that are there for words in what they mention, and may not be read. */
async function withoutTelling(
  items: readonly unknown[],
  kept: readonly boolean[],
  tested: readonly string[],
  sight: Sight,
  whereabouts: Whereabouts,
): Promise<readonly boolean[]> {
  if (tested.length === 0) return kept;
  const shown = items.map((item, index) => (kept[index] ? shownByTested(item, tested, sight) : nothing));
  const at = await whereabouts.of(sight.everyObject ? [] : shown.flatMap(({ shows }) => shows));
  return shown.map(({ shows, whole }, index) => {
    return kept[index] === true && whole && shows.every(object => sight.may('read', at(object)));
  });
}

const nothing: ShownBy = { shows: [], whole: true };

async function locate(
  objects: readonly NotionRef[],
  { within }: AnswerList,
  whereabouts: Whereabouts,
): Promise<(object: NotionRef) => Ancestry> {
  if (within === undefined) return whereabouts.of(objects);
  const at = await whereabouts.of([within]);
  return () => at(within);
}

function isObject(item: NotionRef | 'nothing' | 'strange'): item is NotionRef {
  return typeof item === 'object';
}
