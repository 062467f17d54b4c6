import { objectKey } from '../domain/ancestry.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { PageIndex } from '../domain/page-index.ts';
import { anonymous } from '../domain/principal.ts';
import type { PagePlaces } from '../policy/page-places.ts';
import { chooseConnection } from '../resolve/choose-connection.ts';
import type { cacheSnapshots } from '../resolve/snapshot.ts';
import type { Stores } from '../store/stores.ts';

/** If Notion is not asked, no connection serves and no caller is charged. */
const nobodys: ConnectionId = `con_${'0'.repeat(8)}`;
const nobody = anonymous('no_credentials');

/** Uses what is known, however old it is. */
const asOldAsItIs = { mayAsk: 0, maxAgeMs: Number.MAX_SAFE_INTEGER };

/** Where pages stand, for questions about policies. */
export function openPagePlaces(parts: {
  snapshots: ReturnType<typeof cacheSnapshots>;
  index: Pick<PageIndex, 'find'>;
  stores: Pick<Stores, 'pageTitles'>;
}): PagePlaces {
  const { snapshots, index, stores } = parts;
  const stillKnown: PagePlaces['stillKnown'] = (workspaceId, objects) => {
    const asker = { workspaceId, connectionId: nobodys, caller: nobody, clientAddress: '', requestId: '' };
    return index.find(asker, objects, asOldAsItIs);
  };

  return {
    async find({ caller, clientAddress, requestId }, workspaceId, objects) {
      const snapshot = await snapshots.get(workspaceId);
      if (snapshot === null) return new Map();
      const { connection } = chooseConnection(snapshot.connections, caller.principal);
      const asker = { workspaceId, caller, clientAddress, requestId };
      if (connection === null) return index.find({ ...asker, connectionId: nobodys }, objects, asOldAsItIs);
      const tested = snapshot.policy.testedProperties;
      return index.find({ ...asker, connectionId: connection.id }, objects, { tested });
    },
    stillKnown,
    async known(workspaceId, ids) {
      const refs = ids.map(id => ({ kind: 'page', id }) as const);
      const found = await stillKnown(workspaceId, refs);
      return new Map(
        refs.flatMap(ref => {
          const ancestry = found.get(objectKey(ref));
          return ancestry === undefined ? [] : [[ref.id, ancestry] as const];
        }),
      );
    },
    titles: stores.pageTitles,
  };
}
