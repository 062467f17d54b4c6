import { PortcullisError } from '../domain/errors.ts';
import type { PageIndex } from '../domain/page-index.ts';
import type { Steps } from '../gateway.ts';
import type { DiscoverPages } from '../policy/page-index-care.ts';
import { discoverPages } from '../report/page-discovery.ts';
import { chooseConnection } from '../resolve/choose-connection.ts';
import type { cacheSnapshots } from '../resolve/snapshot.ts';
import { createSystemGateway } from './system-gateway.ts';

/** Reads workspaces into the page index, through the connection that would serve the caller. */
export function openPageDiscovery(
  snapshots: ReturnType<typeof cacheSnapshots>,
  index: Pick<PageIndex, 'find'>,
  steps: Steps,
): DiscoverPages {
  const ask = createSystemGateway('page_index', steps, 'caller');
  return async (workspaceId, from, context) => {
    const connections = (await snapshots.get(workspaceId))?.connections ?? [];
    const { connection } = chooseConnection(connections, context.caller.principal);
    if (connection === null) throw new PortcullisError('no_connection');
    return discoverPages({ ask, index }, { workspaceId, connectionId: connection.id }, from, context);
  };
}
