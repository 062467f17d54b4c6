import type { DecidedCall } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { CursorSeal } from './list-cursor.ts';
import { listNamed, pagingOf, requestAt } from './list-request.ts';
import { sightOf } from './sight.ts';

const quotedCharsMax = 200;

/**
 * Replaces a cursor of the gateway by Notion's own place in the list. Callers with filtered lists cannot use Notion's
 * cursors, which would skip over hidden items (rule 15).
 *
 * @returns the call to be sent; rejects with `validation_error` for a cursor that was not made for this caller and list
 */
export function createCursorReader(cursors: CursorSeal): (decided: DecidedCall) => Promise<DecidedCall> {
  return async decided => {
    const { operation } = decided.call;
    const { target } = operation;
    const { list } = operation.response;
    if (target?.kind !== 'notion' || list === undefined || list.paged === null) return decided;
    const { cursor } = pagingOf(target, list.paged);
    if (cursor === null) return decided;
    const position = await cursors.open(listNamed(decided, target), cursor);
    if (position === null) {
      if (isFiltered(decided)) throw invalidCursor(cursor);
      return decided;
    }
    const there = { ...operation, target: requestAt(target, list.paged, position) };
    return { ...decided, call: { ...decided.call, operation: there } };
  };
}

/** Whether what the call lists is filtered for this caller. */
function isFiltered(decided: DecidedCall): boolean {
  const { list, ownedList } = decided.call.operation.response;
  return list !== undefined && (ownedList !== undefined || sightOf(decided) !== null);
}

function invalidCursor(cursor: string): PortcullisError {
  const message = `The start_cursor provided is invalid: ${cursor.slice(0, quotedCharsMax)}`;
  return new PortcullisError('validation_error', message, { fate: 'not_sent' });
}
