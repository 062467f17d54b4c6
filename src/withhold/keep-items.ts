import type { Ancestry } from '../domain/ancestry.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import type { ObjectOwners } from '../domain/object-owners.ts';
import type { AnswerList } from '../domain/operation.ts';
import type { NotionRef } from '../domain/page-index.ts';
import { answerItem } from '../notion/answer-item.ts';
import { ownAmong } from './own-objects.ts';
import type { KeepItems } from './release-list.ts';
import type { Sight } from './sight.ts';
import type { Whereabouts } from './whereabouts.ts';

/** Judges the items of a list one by one: what belongs to one caller by whose it is, everything else by where it stands. */
export function keepItems(
  decided: DecidedCall,
  list: AnswerList,
  sight: Sight | null,
  parts: { readonly owners: ObjectOwners; readonly whereabouts: Whereabouts },
): KeepItems {
  const { ownedList } = decided.call.operation.response;
  if (ownedList !== undefined) return items => ownAmong(decided, items, ownedList, parts.owners);
  if (sight === null) return async items => items.map(() => true);
  return async items => {
    const named = items.map(item => answerItem(item, list.kind));
    const at = await locate(named.filter(isObject), list, sight, parts.whereabouts);
    return named.map(item => (isObject(item) ? sight.may(list.action, at(item)) : item === 'nothing'));
  };
}

async function locate(
  objects: readonly NotionRef[],
  { within }: AnswerList,
  sight: Sight,
  whereabouts: Whereabouts,
): Promise<(object: NotionRef) => Ancestry> {
  if (sight.allContent) return () => ({ state: 'unknown' });
  if (within === undefined) return whereabouts.of(objects);
  const at = await whereabouts.of([within]);
  return () => at(within);
}

function isObject(item: NotionRef | 'nothing' | 'strange'): item is NotionRef {
  return typeof item === 'object';
}
