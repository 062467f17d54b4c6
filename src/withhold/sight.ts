import type { Action } from '../domain/action.ts';
import type { Ancestry } from '../domain/ancestry.ts';
import { askerOf } from '../domain/asker-of.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import type { NotionRef } from '../domain/page-index.ts';

/** What the caller of one call may see, by the policy that the call was decided on. */
export interface Sight {
  may(action: Action, object: Ancestry): boolean;
  /** Names of the properties of a page, or of the pages in a data source, that the caller may not see. */
  hiddenProperties(object: Ancestry): ReadonlySet<string>;
  /** Whether the caller may know who people are, beyond their ids. */
  readonly people: boolean;
  /** Whether what the call reads may be seen wherever it stands: nobody needs to look where it does. */
  readonly everyObject: boolean;
  /** Whether no property of anything is hidden. */
  readonly everyProperty: boolean;
  /** What exceptions stand on: below such an object reading may be taken away. */
  readonly exceptions: readonly NotionRef[];
}

const nowhere: Ancestry = { state: 'unknown' };

/**
 * Null: nothing can be in an answer that this caller may not see, so nobody needs to look where anything in it stands. What is
 * allowed on an object of which nobody knows where it stands, is allowed on every object.
 */
export function sightOf({ call, caller, facts }: DecidedCall): Sight | null {
  const { policy } = facts;
  const asker = askerOf(caller, call, facts);
  if (policy === null || asker === null) return null;
  const may = (action: Action, object: Ancestry) => policy.may(asker, action, object);
  const hiddenProperties = (object: Ancestry) => policy.maskedProperties(asker, 'read', object);
  const people = policy.may(asker, 'people.read', { state: 'workspace', filtered: true });
  const action = call.operation.response.list?.action ?? call.operation.response.readAction ?? 'read';
  const everyObject = may('read', nowhere) && may(action, nowhere);
  const everyProperty = hiddenProperties(nowhere).size === 0;
  if (everyObject && everyProperty && people) return null;
  const exceptions = policy.exceptionsOf(asker, 'read');
  return { may, hiddenProperties, people, everyObject, everyProperty, exceptions };
}
