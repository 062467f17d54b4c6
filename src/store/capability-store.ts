import { sql } from 'kysely';
import type { CapabilityStore, LearnedCapability } from '../report/capability-learning.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** What connections were seen to be able to do, in PostgreSQL. */
export function createCapabilityStore(database: Pick<Database<Schema>, 'system' | 'inWorkspace'>): CapabilityStore {
  const { system, inWorkspace } = database;
  return {
    async save(learned) {
      const column = <T>(pick: (one: LearnedCapability) => T) => learned.map(pick);
      await sql`
        INSERT INTO connection_capability (workspace_id, connection_id, capability, held, shown_by, learned_at)
        SELECT learned.* FROM unnest(
          ${column(one => one.workspaceId)}::text[], ${column(one => one.connectionId)}::text[],
          ${column(one => one.capability)}::text[], ${column(one => one.held)}::boolean[],
          ${column(one => one.shownBy)}::text[], ${column(one => one.learnedAt)}::timestamptz[])
          AS learned (workspace_id, connection_id, capability, held, shown_by, learned_at)
        -- A connection that was never confirmed may be gone by now.
         WHERE EXISTS (SELECT FROM connection c WHERE c.workspace_id = learned.workspace_id AND c.id = learned.connection_id)
        ON CONFLICT (workspace_id, connection_id, capability) DO UPDATE
          SET held = excluded.held, shown_by = excluded.shown_by, learned_at = excluded.learned_at
          WHERE connection_capability.learned_at <= excluded.learned_at`.execute(system);
    },
    of: workspaceId =>
      inWorkspace(workspaceId, async tx => {
        const rows = await tx.selectFrom('connection_capability').selectAll().execute();
        return rows.map(row => ({
          workspaceId: row.workspace_id,
          connectionId: row.connection_id,
          capability: row.capability as LearnedCapability['capability'],
          held: row.held,
          shownBy: row.shown_by,
          learnedAt: row.learned_at,
        }));
      }),
    async saveCheckedFirst({ workspaceId, connectionId }, operation) {
      await sql`
        INSERT INTO capability_checked_first (origin, operation)
        SELECT origin, ${operation} FROM connection WHERE workspace_id = ${workspaceId} AND id = ${connectionId}
        ON CONFLICT DO NOTHING`.execute(system);
    },
    async isCheckedFirst({ workspaceId, connectionId }, operation) {
      const found = await system
        .selectFrom('capability_checked_first as checked')
        .innerJoin('connection', 'connection.origin', 'checked.origin')
        .where('connection.workspace_id', '=', workspaceId)
        .where('connection.id', '=', connectionId)
        .where('checked.operation', '=', operation)
        .select('checked.operation')
        .executeTakeFirst();
      return found !== undefined;
    },
  };
}
