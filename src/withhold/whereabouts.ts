import { type Ancestry, objectKey } from '../domain/ancestry.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import type { IndexAsker, NotionRef, PageIndex } from '../domain/page-index.ts';

/** Calls to Notion that one answer may cost to find out where the objects in it stand. */
const callsMax = 20;

/** Finds where objects of one answer stand. What is not found within the bounds is `unknown`, and so is not shown. */
export interface Whereabouts {
  of(objects: readonly NotionRef[]): Promise<(object: NotionRef) => Ancestry>;
}

/**
 * Most objects of an answer say themselves where they stand, and the index has learned that already. Only the others are
 * asked for.
 */
export function createWhereabouts(index: Pick<PageIndex, 'find'> | undefined, decided: DecidedCall): Whereabouts {
  const asker = indexAskerOf(decided);
  const found = new Map<string, Ancestry>();
  const decidedOn = byId(decided);
  let callsLeft = callsMax;

  async function add(objects: readonly NotionRef[], mayAsk: number): Promise<void> {
    if (index === undefined || asker === null || objects.length === 0) return;
    for (const [key, ancestry] of await index.find(asker, objects, { mayAsk })) found.set(key, ancestry);
  }

  const isKnown = (object: NotionRef) => found.get(objectKey(object))?.state === 'known';

  return {
    async of(objects) {
      await add(
        objects.filter(object => !isKnown(object)),
        0,
      );
      const open = objects.filter(object => !isKnown(object));
      await add(open, callsLeft > 0 ? callsLeft : 0);
      callsLeft -= Math.min(callsLeft, open.length);
      return object => {
        const ancestry = found.get(objectKey(object)) ?? { state: 'unknown' };
        return ancestry.state === 'known' ? ancestry : (decidedOn.get(object.id) ?? ancestry);
      };
    },
  };
}

/** Where the objects of the demands stand. A request may call a block a page, and the answer call it a block. */
function byId({ facts }: DecidedCall): ReadonlyMap<string, Ancestry> {
  const known = [...facts.objects].filter(([, { state }]) => state === 'known');
  return new Map(known.map(([key, ancestry]) => [key.slice(key.indexOf(':') + 1), ancestry]));
}

/** For whom the index asks: the caller, through the connection that serves the call. */
function indexAskerOf({ call, caller, facts }: DecidedCall): IndexAsker | null {
  if (facts.workspaceId === null || facts.connection === null) return null;
  const { clientAddress, requestId } = call;
  return {
    workspaceId: facts.workspaceId,
    connectionId: facts.connection.id,
    ...{ caller, clientAddress, requestId },
  };
}
