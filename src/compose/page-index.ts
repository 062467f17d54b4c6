import { PortcullisError } from '../domain/errors.ts';
import type { NotionObjectKind } from '../domain/operation.ts';
import type { NotionRef } from '../domain/page-index.ts';
import type { Steps } from '../gateway.ts';
import { notionOperation } from '../notion/notion-operation.ts';
import { createPageIndex, type Look, type Looked } from '../resolve/page-index/page-index.ts';
import type { Foundation } from './foundation.ts';
import { createSystemGateway } from './system-gateway.ts';

/**
 * Where an object is looked up, by what it was called. An id may be of another kind: Notion takes a page's for a block's, a
 * block's for a page's Markdown, and a data source's for a database's.
 */
const places: Partial<Record<NotionObjectKind, readonly string[]>> = {
  page: ['pages', 'blocks'],
  database: ['databases', 'data_sources'],
  data_source: ['data_sources', 'databases'],
  block: ['blocks'],
  comment: ['comments'],
  view: ['views'],
};

/** The page index, which asks Notion as the system: each call takes the path, and is charged to who waits for it. */
export function openPageIndex({ stores, monotonicMs, log }: Foundation, steps: () => Steps) {
  const look: Look = async (asker, object) => {
    for (const place of places[object.kind] ?? []) {
      const looked = await lookAt(place, asker, object);
      if (looked !== 'missing') return looked;
    }
    return 'missing';
  };

  async function lookAt(place: string, asker: Parameters<Look>[0], { id }: NotionRef): Promise<Looked> {
    const { workspaceId, connectionId, caller, clientAddress, requestId } = asker;
    const ask = createSystemGateway('page_index', steps(), 'caller');
    const context = { caller, workspaceId, clientAddress, requestId, confirm: async () => {}, may: () => false };
    try {
      const { status } = await ask(
        { workspaceId, connectionId },
        notionOperation('GET', `/v1/${place}/${id}`),
        context,
      );
      if (status === 200) return 'shown';
      // Notion says 400 of an id that is of another kind.
      return status === 404 || status === 400 ? 'missing' : 'no_answer';
    } catch (error) {
      if (error instanceof PortcullisError && error.code === 'not_found') return 'missing';
      log.warn({ err: error }, 'Notion could not be asked where an object stands');
      return 'no_answer';
    }
  }

  return createPageIndex({ store: stores.pageIndex, look, monotonicMs });
}
