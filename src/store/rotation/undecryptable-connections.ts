import { sql, type Transaction } from 'kysely';
import { isId } from '../../domain/ids.ts';
import type { ShutConnection, UndecryptableConnections } from '../../vault/rotation/undecryptable.ts';
import type { Database } from '../database.ts';
import { commitWithEntries, type EventEntries } from '../event-entries.ts';
import { moveConnection } from '../movers.ts';
import type { Schema } from '../schema.ts';

/** Connections whose values do not open, in PostgreSQL. */
export function createUndecryptableConnections(
  { system }: Pick<Database<Schema>, 'system'>,
  options: EventEntries,
): UndecryptableConnections {
  const transact = <T>(work: (tx: Transaction<Schema>) => Promise<T>) => system.transaction().execute(work);
  return {
    shut: ({ table, row: { key, workspaceId, sealed, kid } }) =>
      commitWithEntries(options, transact, async (tx, append) => {
        const { connection_id: connectionId, generation, field } = key;
        if (table !== 'connection_secret' || !isId('con', connectionId) || !isField(field)) return false;
        // If the value was replaced meanwhile, the result says nothing about the new value.
        const stands = tx
          .selectFrom('connection_secret')
          .select('kid')
          .where('connection_id', '=', connectionId)
          .where('generation', '=', Number(generation))
          .where('field', '=', field)
          .where('sealed', '=', sealed);
        const moved = await moveConnection(tx, connectionId, 'cannot_open')
          .set({ status_reason: `${field} under ${kid}` })
          .where('generation', '=', Number(generation))
          .where(({ exists }) => exists(stands))
          .executeTakeFirst();
        if (moved.numUpdatedRows !== 1n) return false;
        const detail = { connection: connectionId, generation: Number(generation), field: String(field), kid };
        await append([{ name: 'connection.undecryptable', workspaceId, principalId: null, result: 'error', detail }]);
        return true;
      }),
    async list(after, limit) {
      const { rows } = await sql<ShutConnection>`
        SELECT c.workspace_id AS "workspaceId", c.id AS "connectionId", c.generation,
               (SELECT jsonb_agg(jsonb_build_object(
                         'key', jsonb_build_object('field', s.field),
                         'workspaceId', s.workspace_id,
                         'binding', jsonb_build_object('workspace', s.workspace_id, 'connection', s.connection_id,
                                                       'field', s.field, 'generation', s.generation),
                         'sealed', s.sealed, 'kid', s.kid))
                  FROM connection_secret s
                 WHERE s.workspace_id = c.workspace_id AND s.connection_id = c.id AND s.generation = c.generation) AS values
          FROM connection c WHERE c.status = 'undecryptable' AND c.id > ${after?.connectionId ?? ''}
         ORDER BY c.id LIMIT ${limit}`.execute(system);
      return rows.map(row => ({ ...row, values: row.values ?? [] }));
    },
    reopen: ({ workspaceId, connectionId, generation, values }) =>
      commitWithEntries(options, transact, async (tx, append) => {
        const sealed = values.map(value => value.sealed);
        // The keys are checked once more: the process that opened the values may have had them in memory.
        const unchanged = sql<boolean>`${sealed.length} = (
          SELECT count(*) FROM connection_secret s JOIN workspace_key k USING (workspace_id, kid)
           WHERE s.connection_id = connection.id AND s.generation = connection.generation
             AND s.sealed = ANY(${sealed}) AND k.state <> 'destroyed')`;
        const moved = await moveConnection(tx, connectionId, 'opened_again')
          .set({ status_reason: null })
          .where('generation', '=', generation)
          .where(unchanged)
          .executeTakeFirst();
        if (moved.numUpdatedRows !== 1n) return false;
        const detail = { connection: connectionId, generation };
        await append([{ name: 'connection.opened_again', workspaceId, principalId: null, result: 'success', detail }]);
        return true;
      }),
  };
}

function isField(field: unknown): field is 'access_token' | 'refresh_token' {
  return field === 'access_token' || field === 'refresh_token';
}
