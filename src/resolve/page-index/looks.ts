import type { AskingTrouble } from '../../domain/ancestry.ts';
import { Lru } from '../../domain/lru.ts';
import type { IndexAsker, NotionRef } from '../../domain/page-index.ts';

/** Notion's answer about one object. If the object is shown, the answer has been learned as it passed the gateway. */
export type Looked = 'shown' | 'missing' | { readonly trouble: AskingTrouble };

/**
 * `its_place`: the object has the kind that the name says. `any_place`: a caller used this kind, and Notion accepts ids
 * of several kinds there. `every_place`: takes as long as the search for a missing object, even after the object was
 * found.
 */
export type LookIn = 'its_place' | 'any_place' | 'every_place';

/**
 * Asks Notion for one object, as the system and charged to the asker. Never rejects.
 */
export type Look = (asker: IndexAsker, object: NotionRef, where: LookIn) => Promise<Looked>;

/** Looks that ended a moment ago are remembered for callers who were reading from the database meanwhile. */
const endedMax = 10_000;

/**
 * Callers who need the same object through the same connection at once share one call. If that brings no answer, each
 * of them may still ask at their own cost: the first caller's share of Notion's limits may have been used up.
 */
export function createLooks(look: Look, monotonicMs: () => number) {
  const underWay = new Map<string, Promise<Looked>>();
  const ended = new Lru<{ readonly looked: Looked; readonly atMs: number }>(endedMax);

  function once(
    key: string,
    ...asking: Parameters<Look>
  ): { readonly mine: boolean; readonly looked: Promise<Looked> } {
    const running = underWay.get(key);
    if (running !== undefined) return { mine: false, looked: running };
    const looked = look(...asking).finally(() => underWay.delete(key));
    underWay.set(key, looked);
    return { mine: true, looked };
  }

  /** @param sinceMs when the caller last read what is known: a look that ended later is newer */
  return async function lookOnce(sinceMs: number, ...asking: Parameters<Look>): Promise<Looked> {
    const [{ workspaceId, connectionId, caller }, { kind, id }, where] = asking;
    const key = `${workspaceId} ${connectionId} ${kind} ${id} ${where}`;
    const last = ended.get(key);
    if (last !== undefined && last.atMs >= sinceMs) return last.looked;
    const { mine, looked } = once(key, ...asking);
    const found = await looked;
    const isAnswer = typeof found === 'string';
    if (isAnswer) ended.set(key, { looked: found, atMs: monotonicMs() });
    if (mine || isAnswer) return found;
    const { principal } = caller;
    return once(`${key} ${'id' in principal ? principal.id : ''}`, ...asking).looked;
  };
}
