import type { AskingTrouble } from '../domain/ancestry.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { NotionObjectKind, ObjectRef, Operation } from '../domain/operation.ts';
import type { IndexAsker, NotionRef, PageIndex } from '../domain/page-index.ts';
import type { Forward } from '../forward/forward.ts';
import type { Steps } from '../gateway.ts';
import { notionOperation } from '../notion/notion-operation.ts';
import type { Look, Looked } from '../resolve/page-index/looks.ts';
import { createPageIndex } from '../resolve/page-index/page-index.ts';
import type { Foundation } from './foundation.ts';
import { createSystemGateway } from './system-gateway.ts';

/**
 * The endpoint to look an object up, by its kind. If a caller named the kind, the id may be of the second kind: Notion
 * accepts a block's id for a page's Markdown, and accepted a data source's for a database's. No endpoint shows a
 * discussion.
 */
const places: Partial<Record<NotionObjectKind, readonly string[]>> = {
  page: ['pages', 'blocks'],
  database: ['databases', 'data_sources'],
  data_source: ['data_sources', 'databases'],
  block: ['blocks'],
  comment: ['comments'],
  view: ['views'],
};

/**
 * The page index, which asks Notion as the system. Each of its calls takes the path, and is charged to the caller who
 * waits for it.
 */
export function openPageIndex({ stores, monotonicMs, log }: Foundation, steps: () => Steps) {
  const look: Look = async (asker, object, where) => {
    const candidates = places[object.kind] ?? [];
    let found: Looked = 'missing';
    for (const place of where === 'its_place' ? candidates.slice(0, 1) : candidates) {
      const looked = await lookAt(place, asker, object);
      if (looked === 'shown') found = looked;
      if (looked !== 'missing' && !(looked === 'shown' && where === 'every_place')) return looked;
    }
    return found;
  };

  async function lookAt(place: string, asker: IndexAsker, { id }: NotionRef): Promise<Looked> {
    const ask = createSystemGateway('page_index', steps(), 'caller');
    const operation = notionOperation('GET', `/v1/${place}/${id}`);
    try {
      const { status } = await ask(asker, operation, asker);
      if (status === 200) return 'shown';
      // 400 is what Notion says of an id that is of another kind.
      if (status === 404 || status === 400) return 'missing';
      return { trouble: status === 429 ? 'rate_limited' : 'upstream_unavailable' };
    } catch (error) {
      if (error instanceof PortcullisError && error.code === 'not_found') return 'missing';
      log.warn({ err: error }, 'Notion could not be asked where an object stands');
      return { trouble: troubleIn(error) };
    }
  }

  return createPageIndex({ store: stores.pageIndex, look, monotonicMs });
}

/** The trouble as the caller may know it: trouble of the connection itself, or only that Notion did not answer. */
function troubleIn(error: unknown): AskingTrouble {
  const isOfConnection = error instanceof PortcullisError && (error.code === 'rate_limited' || error.status === 503);
  return isOfConnection ? error.code : 'upstream_unavailable';
}

/**
 * While a call moves an object, its place is in doubt until the answer has been learned, and also if the result of the
 * call is not known. So a move through the gateway counts before the next call, even if this process ends in between.
 */
export function doubtingForward(forward: Forward, index: Pick<PageIndex, 'doubt'>): Forward {
  return async decided => {
    const { workspaceId } = decided.facts;
    const moving = workspaceId === null ? [] : movedBy(decided.call.operation);
    if (workspaceId === null || moving.length === 0) return forward(decided);
    await index.doubt(workspaceId, moving);
    try {
      const answer = await forward(decided);
      if (answer.status >= 500) await index.doubt(workspaceId, moving);
      return answer;
    } catch (error) {
      await index.doubt(workspaceId, moving);
      throw error;
    }
  };
}

function movedBy({ demands }: Operation): NotionRef[] {
  const moves = demands.filter(({ movesUnder, alsoParent }) => movesUnder !== undefined || alsoParent === true);
  return moves.flatMap(({ object }) => (isRef(object) ? [{ kind: object.kind, id: object.id }] : []));
}

function isRef(object: ObjectRef): object is NotionRef {
  return 'id' in object && object.kind !== 'key' && object.kind !== 'agent' && object.kind !== 'principal';
}
