import { sql } from 'kysely';
import type { KeyReplacements } from '../../vault/rotation/rotate-workspace-keys.ts';
import type { Database } from '../database.ts';
import { moveWorkspaceKeys } from '../movers.ts';
import type { Schema } from '../schema.ts';

const clock = sql<Date>`now()`;

/** How far the keys of workspaces are exchanged, in PostgreSQL. */
export function createKeyReplacements({ system }: Pick<Database<Schema>, 'system'>): KeyReplacements {
  return {
    async want(workspaceId) {
      let wanting = system
        .updateTable('workspace_key')
        .set({ replacement_wanted_at: clock })
        .where('state', '=', 'active');
      if (workspaceId !== null) wanting = wanting.where('workspace_id', '=', workspaceId);
      await wanting.execute();
    },
    async countWanted() {
      const { rows } = await sql<{ count: number }>`
        SELECT count(*) FROM workspace_key WHERE replacement_wanted_at IS NOT NULL`.execute(system);
      return rows[0]?.count ?? 0;
    },
    async wanted(limit) {
      const { rows } = await sql<Awaited<ReturnType<KeyReplacements['wanted']>>[number]>`
        SELECT workspace_id AS "workspaceId",
               1 + (SELECT max(version) FROM workspace_key v WHERE v.workspace_id = k.workspace_id) AS version
          FROM workspace_key k WHERE replacement_wanted_at IS NOT NULL ORDER BY workspace_id LIMIT ${limit}`.execute(
        system,
      );
      return rows;
    },
    supersede: ({ workspaceId, version, kid, wrapped, rootKid }) =>
      system.transaction().execute(async tx => {
        const { numUpdatedRows } = await moveWorkspaceKeys(tx, 'superseded')
          .set({ superseded_at: clock, replacement_wanted_at: null })
          .where('workspace_id', '=', workspaceId)
          .where('replacement_wanted_at', 'is not', null)
          .executeTakeFirst();
        if (numUpdatedRows !== 1n) return false;
        await tx
          .insertInto('workspace_key')
          .values({ workspace_id: workspaceId, version, kid, wrapped, root_kid: rootKid, state: 'active' })
          .execute();
        return true;
      }),
  };
}
