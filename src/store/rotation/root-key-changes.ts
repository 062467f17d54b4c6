import { sql } from 'kysely';
import type { WrappedKey } from '../../domain/connection.ts';
import type { InstanceId } from '../../domain/ids.ts';
import { rootKeyStates } from '../../domain/key-states.ts';
import type { RootKeyChanges } from '../../vault/rotation/rotate-root-key.ts';
import type { Database } from '../database.ts';
import { createKnownRootKeys } from '../known-root-keys.ts';
import { moveRootKeys } from '../movers.ts';
import type { Schema } from '../schema.ts';

const unprovenInstances = sql<{ id: InstanceId }>`
  SELECT i.id FROM instance i WHERE i.lease_until > clock_timestamp()
     AND NOT EXISTS (SELECT FROM root_key_proof p JOIN root_key r ON r.kid = p.kid AND r.state = 'staged'
                      WHERE p.instance_id = i.id)`;

/** The changes of an exchange of root keys, in PostgreSQL. */
export function createRootKeyChanges(database: Pick<Database<Schema>, 'system'>): RootKeyChanges {
  const { system } = database;
  return {
    all: createKnownRootKeys(database).all,
    stage: (kid, proof) =>
      system.transaction().execute(async tx => {
        // One at a time: of two operators with a key each, the second sees the first one's key.
        await sql`SELECT FROM root_key WHERE state = 'active' FOR UPDATE`.execute(tx);
        // A key that was retired may come back, with a new proof; so may the previous one, which takes an exchange back.
        const { numAffectedRows } = await sql`
          INSERT INTO root_key (kid, state, proof) SELECT ${kid}, 'staged', ${proof}
           WHERE NOT EXISTS (SELECT FROM root_key WHERE state IN ('staged', 'previous') AND kid <> ${kid})
          ON CONFLICT (kid) DO UPDATE SET state = 'staged', proof = excluded.proof, state_changed_at = now()
                WHERE root_key.state = ANY(${rootKeyStates.statesBefore('staged_again')})`.execute(tx);
        return numAffectedRows === 1n;
      }),
    withdraw: () =>
      system.transaction().execute(async tx => {
        // One that was previous still wraps something, and is previous again.
        const wrapsSomething = sql<boolean>`(
          EXISTS (SELECT FROM workspace_key w WHERE w.root_kid = root_key.kid AND w.wrapped IS NOT NULL)
          OR EXISTS (SELECT FROM deployment_secret d WHERE d.root_kid = root_key.kid))`;
        const { numUpdatedRows } = await moveRootKeys(tx, 'withdrawn').where(wrapsSomething).executeTakeFirstOrThrow();
        if (numUpdatedRows === 1n) return true;
        const { numDeletedRows } = await tx.deleteFrom('root_key').where('state', '=', 'staged').executeTakeFirst();
        return numDeletedRows === 1n;
      }),
    async unproven() {
      const { rows } = await unprovenInstances.execute(system);
      return rows.map(({ id }) => id);
    },
    promote: () =>
      system.transaction().execute(async tx => {
        // Checked under the lock: another operator may have promoted the key, and then there is no staged key left.
        const { rows: staged } = await sql<{ kid: string }>`
          SELECT kid FROM root_key WHERE state = 'staged' FOR UPDATE`.execute(tx);
        const [next] = staged;
        if (next === undefined) return { kind: 'nothing_staged' };
        const unproven = await unprovenInstances.execute(tx);
        if (unproven.rows.length > 0) return { kind: 'unproven', instances: unproven.rows.map(({ id }) => id) };
        await moveRootKeys(tx, 'replaced').execute();
        await moveRootKeys(tx, 'promoted').execute();
        return { kind: 'promoted', kid: next.kid };
      }),
    async countUnderOthers(activeKid) {
      const { rows } = await sql<{ count: number }>`
        SELECT (SELECT count(*) FROM workspace_key WHERE wrapped IS NOT NULL AND root_kid <> ${activeKid})
             + (SELECT count(*) FROM deployment_secret WHERE root_kid <> ${activeKid}) AS count`.execute(system);
      return rows[0]?.count ?? 0;
    },
    async underOthers(activeKid, after, limit) {
      const following =
        after === null ? sql`true` : sql`(workspace_id, version) > (${after.workspaceId}, ${after.version}::integer)`;
      const { rows } = await sql<WrappedKey>`
        SELECT workspace_id AS "workspaceId", version, kid, wrapped, root_kid AS "rootKid" FROM workspace_key
         WHERE wrapped IS NOT NULL AND root_kid <> ${activeKid} AND ${following}
         ORDER BY workspace_id, version LIMIT ${limit}`.execute(system);
      return rows;
    },
    async rewrapKey(key, { wrapped, rootKid }) {
      const { numUpdatedRows } = await system
        .updateTable('workspace_key')
        .set({ wrapped, root_kid: rootKid })
        .where('workspace_id', '=', key.workspaceId)
        .where('version', '=', key.version)
        .where('wrapped', '=', key.wrapped)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    async rewrapSecret(from, { wrapped, rootKid }) {
      const { numUpdatedRows } = await system
        .updateTable('deployment_secret')
        .set({ wrapped, root_kid: rootKid })
        .where('wrapped', '=', from.wrapped)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}
