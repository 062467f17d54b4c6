import { objectKey } from '../domain/ancestry.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { ConnectionId, WorkspaceId } from '../domain/ids.ts';
import type { Answer, CommandContext } from '../domain/operation.ts';
import type { NotionRef, PageIndex } from '../domain/page-index.ts';
import { readDiscovered, type SearchPage } from '../notion/discover.ts';
import { notionOperation } from '../notion/notion-operation.ts';
import type { AskNotion } from './ask-notion.ts';

/** Results of one search. */
const pageSize = 100;
/** Calls for parents of found objects that one step may cost: some ten seconds, at Notion's limit. */
const callsMax = 30;

/** How many objects a step of a discovery found, and the point from which the next step goes on. */
export interface DiscoveredPages {
  readonly found: number;
  readonly placed: number;
  readonly next: string | null;
}

/**
 * One step of reading a workspace into the page index: one search, whose answer is learned as it passes the gateway,
 * and some calls for the parents of the found objects. The rest is asked for when it is needed.
 */
export async function discoverPages(
  { ask, index }: { readonly ask: AskNotion; readonly index: Pick<PageIndex, 'find'> },
  place: { readonly workspaceId: WorkspaceId; readonly connectionId: ConnectionId },
  from: string | null,
  context: CommandContext,
): Promise<DiscoveredPages> {
  const search = { page_size: pageSize, ...(from !== null && { start_cursor: from }) };
  const { results, hasMore, nextCursor } = readPage(
    await ask(place, notionOperation('POST', '/v1/search', search), context),
  );
  const objects = results.flatMap(result => {
    const found = readDiscovered(result);
    return found === null ? [] : [{ kind: found.object, id: found.id } satisfies NotionRef];
  });
  const { caller, clientAddress, requestId } = context;
  const asker = { ...place, caller, clientAddress, requestId };
  const found = await index.find(asker, objects, { mayAsk: callsMax });
  const placed = objects.filter(object => found.get(objectKey(object))?.state === 'known').length;
  return { found: objects.length, placed, next: hasMore ? nextCursor : null };
}

function readPage({ status, body }: Answer): SearchPage {
  if (status === 429) throw new PortcullisError('rate_limited');
  if (status !== 200 || !Buffer.isBuffer(body)) throw new PortcullisError('upstream_unavailable');
  const { results, has_more: hasMore, next_cursor: next } = JSON.parse(body.toString()) as Record<string, unknown>;
  return {
    results: Array.isArray(results) ? results : [],
    hasMore: hasMore === true,
    nextCursor: typeof next === 'string' ? next : null,
  };
}
