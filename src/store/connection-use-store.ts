import { sql } from 'kysely';
import type { ConnectionUseStore } from '../connect/connection-uses.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** Times of last use, written for all connections of all workspaces in one statement. */
export function createConnectionUseStore({ system }: Pick<Database<Schema>, 'system'>): ConnectionUseStore {
  return {
    async noteUses(uses) {
      await sql`
        UPDATE connection SET last_used_at = used.at
          FROM unnest(${uses.map(use => use.workspaceId)}::text[], ${uses.map(use => use.connectionId)}::text[],
                      ${uses.map(use => use.at)}::timestamptz[]) AS used(workspace_id, connection_id, at)
         WHERE connection.workspace_id = used.workspace_id AND connection.id = used.connection_id
           AND (connection.last_used_at IS NULL OR connection.last_used_at < used.at)`.execute(system);
    },
  };
}
