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
  /** Whether the caller may see people's data, beyond their ids. */
  readonly people: boolean;
  /**
   * Whether the caller may see the results of this call in every place: then it is not needed to look where they stand.
   */
  readonly everyObject: boolean;
  /** Whether no property of anything is hidden. */
  readonly everyProperty: boolean;
  /** What exceptions stand on: below such an object reading may be taken away. */
  readonly exceptions: readonly NotionRef[];
}

const nowhere: Ancestry = { state: 'unknown' };

/**
 * Null: no answer can show anything that this caller may not see, so it is not needed to look where objects stand. If
 * something is allowed on an object whose place is not known, it is allowed on every object.
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
