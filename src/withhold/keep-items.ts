import type { Ancestry } from '../domain/ancestry.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import type { ObjectOwners } from '../domain/object-owners.ts';
import type { AnswerList } from '../domain/operation.ts';
import type { NotionRef } from '../domain/page-index.ts';
import { answerItem } from '../notion/answer-item.ts';
import { columnNamed, readColumns } from '../notion/columns.ts';
import { testedColumns } from '../notion/tested-columns.ts';
import { ownAmong } from './own-objects.ts';
import { parseObject } from './read-answer.ts';
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
  const tested = testedBy(decided);
  return async items => {
    const named = items.map(item => answerItem(item, list.kind));
    const matters = !sight.everyObject || (tested.length > 0 && !sight.everyProperty);
    const at = await locate(matters ? named.filter(isObject) : [], list, parts.whereabouts);
    return named.map((item, index) => {
      if (!isObject(item)) return item === 'nothing';
      return sight.may(list.action, at(item)) && !tells(items[index], tested, sight.hiddenProperties(at(item)));
    });
  };
}

/** What the query filters and sorts by. */
function testedBy({ call }: DecidedCall): readonly string[] {
  const { target } = call.operation;
  const body = target?.kind === 'notion' && Buffer.isBuffer(target.body) ? parseObject(target.body) : null;
  return body === null ? [] : testedColumns(body).map(({ column }) => column);
}

/**
 * Whether being in this list, at this place, tells of a property of the row that is hidden. Other rows of the same table may
 * show it (rule 14).
 */
function tells(row: unknown, tested: readonly string[], hidden: ReadonlySet<string>): boolean {
  if (tested.length === 0 || hidden.size === 0) return false;
  const columns = readColumns(row) ?? [];
  return tested.some(key => {
    const column = columnNamed(columns, key);
    return column === null || hidden.has(column.name);
  });
}

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
