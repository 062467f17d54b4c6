import { type Ancestry, objectKey } from '../domain/ancestry.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import type { IndexAsker, NotionRef, PageIndex } from '../domain/page-index.ts';

/** Calls to Notion that one answer may cost to find out where the objects in it stand. */
const callsMax = 20;

const nowhere: Ancestry = { state: 'unknown' };

/**
 * Finds where objects of one answer stand. An object that is not found within the bounds is `unknown`, and so is not
 * shown.
 */
export interface Whereabouts {
  of(objects: readonly NotionRef[]): Promise<(object: NotionRef) => Ancestry>;
}

/**
 * Most objects of an answer name their own place, and the index has learned it already. Only the others are looked up.
 */
export function createWhereabouts(index: Pick<PageIndex, 'find'> | undefined, decided: DecidedCall): Whereabouts {
  const asker = indexAskerOf(decided);
  const tested = decided.facts.policy?.testedProperties ?? new Set<string>();
  const found = new Map<string, Ancestry>();
  const decidedOn = byId(decided);
  let callsLeft = callsMax;

  async function add(objects: readonly NotionRef[], mayAsk: number): Promise<void> {
    if (index === undefined || asker === null || objects.length === 0) return;
    const ancestries = await index.find(asker, objects, { mayAsk, tested });
    for (const object of objects) found.set(object.id, ancestries.get(objectKey(object)) ?? nowhere);
  }

  const isOpen = ({ id }: NotionRef) => found.get(id)?.state !== 'known';

  return {
    async of(objects) {
      const fresh = distinct(objects.filter(isOpen));
      await add(fresh, 0);
      const open = fresh.filter(isOpen);
      if (callsLeft > 0) await add(open, callsLeft);
      callsLeft -= Math.min(callsLeft, open.length);
      return ({ id }) => {
        const ancestry = found.get(id) ?? nowhere;
        return ancestry.state === 'known' ? ancestry : (decidedOn.get(id) ?? ancestry);
      };
    },
  };
}

/** An id names one object, with any kind. Most parents of a list are the same. */
function distinct(objects: readonly NotionRef[]): NotionRef[] {
  return [...new Map(objects.map(object => [object.id, object])).values()];
}

/** Where the objects of the demands stand. A request may call a block a page, and the answer call it a block. */
function byId({ facts }: DecidedCall): ReadonlyMap<string, Ancestry> {
  const known = [...facts.objects].filter(([, { state }]) => state === 'known');
  return new Map(known.map(([key, ancestry]) => [key.slice(key.indexOf(':') + 1), ancestry]));
}

/** The asker for the index: the caller, with the connection that serves the call. */
function indexAskerOf({ call, caller, facts }: DecidedCall): IndexAsker | null {
  if (facts.workspaceId === null || facts.connection === null) return null;
  const { clientAddress, requestId } = call;
  return {
    workspaceId: facts.workspaceId,
    connectionId: facts.connection.id,
    ...{ caller, clientAddress, requestId },
  };
}
