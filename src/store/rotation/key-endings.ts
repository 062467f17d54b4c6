import { sql, type Transaction } from 'kysely';
import { connectionStates } from '../../domain/connection-states.ts';
import type { WorkspaceId } from '../../domain/ids.ts';
import type { KeyEndings } from '../../vault/rotation/retire.ts';
import type { Database } from '../database.ts';
import { commitWithEntries, type EventEntries } from '../event-entries.ts';
import { moveConnection, moveRootKeys, moveWorkspaceKeys } from '../movers.ts';
import type { Schema } from '../schema.ts';
import { sealedColumns } from './sealed-tables.ts';

const longerAgo = (ms: number) => sql<Date>`now() - make_interval(secs => ${ms / 1000})`;

const isSealedUnder = sql.raw(
  sealedColumns
    .map(
      ({ table }) =>
        `EXISTS (SELECT FROM ${table} t WHERE t.workspace_id = workspace_key.workspace_id AND t.kid = workspace_key.kid)`,
    )
    .join(' OR '),
);

/** Tokens that such a refresh brought lie in a spool, under the key that was the active one when it began. */
const isBeingRefreshed = sql`EXISTS (SELECT FROM connection c
  WHERE c.workspace_id = workspace_key.workspace_id AND c.status IN ('refreshing', 'suspect'))`;

/** The end of keys, in PostgreSQL. */
export function createKeyEndings({ system }: Pick<Database<Schema>, 'system'>, options: EventEntries): KeyEndings {
  return {
    destroySuperseded: retainMs =>
      system.transaction().execute(async tx => {
        const before = longerAgo(retainMs);
        // First the locks, then the check. Code that inserts under one of these keys is either seen by the check, or
        // finds the key destroyed.
        await sql`SELECT FROM workspace_key WHERE state = 'decrypt_only' AND superseded_at <= ${before}
                   ORDER BY workspace_id, version FOR UPDATE`.execute(tx);
        const { numUpdatedRows } = await moveWorkspaceKeys(tx, 'unused')
          .set({ wrapped: null })
          .where('superseded_at', '<=', before)
          .where(sql<boolean>`NOT (${isSealedUnder} OR ${isBeingRefreshed})`)
          .executeTakeFirstOrThrow();
        const kept = await sql<{ count: number }>`
          SELECT count(*) FROM workspace_key WHERE state = 'decrypt_only'`.execute(tx);
        return { destroyed: Number(numUpdatedRows), kept: kept.rows[0]?.count ?? 0 };
      }),
    retirePrevious: retainMs =>
      system.transaction().execute(async tx => {
        const { rows } = await sql<{ kid: string }>`
          SELECT kid FROM root_key WHERE state = 'previous' AND state_changed_at <= ${longerAgo(retainMs)}
             FOR UPDATE`.execute(tx);
        const retired: string[] = [];
        for (const { kid } of rows) if (await retireUnused(tx, kid)) retired.push(kid);
        const kept = await tx.selectFrom('root_key').select('kid').where('state', '=', 'previous').execute();
        return { retired, kept: kept.map(({ kid }) => kid) };
      }),
    destroyWorkspace: workspaceId =>
      commitWithEntries(
        options,
        work => system.transaction().execute(work),
        async (tx, append) => {
          for (const connectionId of await shutConnections(tx, workspaceId)) {
            const detail = { connection: connectionId, reason: 'key_destroyed' };
            await append([
              { name: 'connection.undecryptable', workspaceId, principalId: null, result: 'error', detail },
            ]);
          }
          await destroyClientSecrets(tx, workspaceId);
          const { numUpdatedRows } = await moveWorkspaceKeys(tx, 'workspace_destroyed')
            .set({ wrapped: null, superseded_at: null, replacement_wanted_at: null })
            .where('workspace_id', '=', workspaceId)
            .executeTakeFirstOrThrow();
          return Number(numUpdatedRows);
        },
      ),
    async countUnderEnded() {
      const values = sealedColumns.map(
        ({ table }) => `(SELECT count(*) FROM ${table} t JOIN workspace_key k USING (workspace_id, kid)
                          WHERE k.state = 'destroyed' AND k.superseded_at IS NOT NULL)`,
      );
      const roots = ['workspace_key', 'deployment_secret'].map(
        table => `(SELECT count(*) FROM ${table} w JOIN root_key r ON r.kid = w.root_kid
                    WHERE w.wrapped IS NOT NULL AND r.state = 'retired')`,
      );
      const { rows } = await sql<{ count: number }>`
        SELECT ${sql.raw([...values, ...roots].join(' + '))} AS count`.execute(system);
      return Number(rows[0]?.count ?? 0);
    },
  };
}

async function retireUnused(tx: Transaction<Schema>, kid: string): Promise<boolean> {
  const wrapsNothing = sql<boolean>`NOT EXISTS (SELECT FROM workspace_key WHERE root_kid = ${kid} AND wrapped IS NOT NULL)
    AND NOT EXISTS (SELECT FROM deployment_secret WHERE root_kid = ${kid})`;
  const { numUpdatedRows } = await moveRootKeys(tx, 'retired')
    .where('kid', '=', kid)
    .where(wrapsNothing)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/**
 * No more calls are decided on connections whose tokens are about to be lost. Connections are locked before keys, as
 * everywhere.
 */
async function shutConnections(tx: Transaction<Schema>, workspaceId: WorkspaceId) {
  const open = tx
    .selectFrom('connection')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('status', 'in', connectionStates.statesBefore('key_destroyed'));
  const connections = await open.orderBy('id').forUpdate().execute();
  for (const { id } of connections) {
    await moveConnection(tx, id, 'key_destroyed').set({ status_reason: 'key_destroyed' }).execute();
  }
  return connections.map(({ id }) => id);
}

/** The secrets of OAuth clients are older than the workspace, so they are sealed under another key: they are removed. */
async function destroyClientSecrets(tx: Transaction<Schema>, workspaceId: WorkspaceId): Promise<void> {
  await sql`
    UPDATE client_registration
       SET sealed_secret = NULL, auth_method = 'none', refused_at = coalesce(refused_at, now()),
           management_uri = NULL, sealed_management_token = NULL
     WHERE (sealed_secret IS NOT NULL OR sealed_management_token IS NOT NULL)
       AND source <> 'pre_registered' AND id IN (SELECT registration_id FROM connection WHERE workspace_id = ${workspaceId})`.execute(
    tx,
  );
}
