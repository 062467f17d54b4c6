import type { WrappedKey } from '../domain/connection.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { WrappedKeys } from '../vault/workspace-keys.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

const columns = ['workspace_id', 'version', 'kid', 'wrapped', 'root_kid'] as const;

/** Wrapped keys in PostgreSQL, each workspace's under row-level security. */
export function createWrappedKeys({ inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>): WrappedKeys {
  const active = (workspaceId: WorkspaceId) =>
    inWorkspace(workspaceId, async tx =>
      keyOf(await tx.selectFrom('workspace_key').select(columns).where('state', '=', 'active').executeTakeFirst()),
    );
  return {
    active,
    find: (workspaceId, kid) =>
      inWorkspace(workspaceId, async tx =>
        keyOf(await tx.selectFrom('workspace_key').select(columns).where('kid', '=', kid).executeTakeFirst()),
      ),
    latestVersion: workspaceId =>
      inWorkspace(workspaceId, async tx => {
        const query = tx.selectFrom('workspace_key').select(({ fn }) => fn.max('version').as('version'));
        return (await query.executeTakeFirst())?.version ?? 0;
      }),
    async add({ workspaceId, version, kid, wrapped, rootKid }) {
      await inWorkspace(workspaceId, tx =>
        tx
          .insertInto('workspace_key')
          .values({ workspace_id: workspaceId, version, kid, wrapped, root_kid: rootKid, state: 'active' })
          .onConflict(conflict => conflict.doNothing())
          .execute(),
      );
      const stored = await active(workspaceId);
      if (stored === null) throw new Error(`Workspace ${workspaceId} has no active key.`);
      return stored;
    },
  };
}

interface KeyRow {
  workspace_id: WorkspaceId;
  version: number;
  kid: string;
  wrapped: string | null;
  root_kid: string;
}

/** A destroyed key still has a row, but does not count as a key. */
function keyOf(row: KeyRow | undefined): WrappedKey | null {
  if (row === undefined || row.wrapped === null) return null;
  const { workspace_id: workspaceId, root_kid: rootKid, version, kid, wrapped } = row;
  return { workspaceId, version, kid, wrapped, rootKid };
}
