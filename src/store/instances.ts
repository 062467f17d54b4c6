import { hostname } from 'node:os';
import { sql } from 'kysely';
import type { InstanceLeases } from '../audit/instance-lease.ts';
import type { OpenIntents, OpenStream } from '../audit/sweeper.ts';
import type { EventId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

const clock = sql<Date>`clock_timestamp()`;
/** Released leases are over beyond doubt; one that ran out may still have an insert on its way to commit. */
const longAgo = sql<Date>`clock_timestamp() - interval '1 hour'`;
const over = sql<Date>`clock_timestamp() - interval '15 seconds'`;
const after = (ms: number) => sql<Date>`clock_timestamp() + make_interval(secs => ${ms / 1000})`;

/** Leases and open intents, by the database's clock. An expired lease is swept once no statement of it can be running. */
export function createInstances({ system }: Pick<Database<Schema>, 'system'>): InstanceLeases & OpenIntents {
  return {
    async register(id, leaseMs) {
      await system
        .insertInto('instance')
        .values({ id, host: hostname(), pid: process.pid, lease_until: after(leaseMs) })
        .execute();
    },
    async renew(id, leaseMs) {
      const { numUpdatedRows } = await system
        .updateTable('instance')
        .set({ lease_until: after(leaseMs) })
        .where('id', '=', id)
        .where('lease_until', '>', clock)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    async release(id) {
      await system.updateTable('instance').set({ lease_until: longAgo }).where('id', '=', id).execute();
    },
    async releaseAll() {
      await system.updateTable('instance').set({ lease_until: longAgo }).where('lease_until', '>', clock).execute();
    },
    async lostInstances() {
      const rows = await system
        .selectFrom('instance')
        .select('id')
        .where('lease_until', '<=', over)
        .where('swept_at', 'is', null)
        .execute();
      return rows.map(row => row.id);
    },
    async openIntents(instance, limit) {
      const rows = await system
        .selectFrom('audit_entry as intent')
        .select(['intent.id', 'intent.workspace_id', 'intent.principal_id', 'intent.operation'])
        .where('intent.instance_id', '=', instance)
        .where('intent.kind', '=', 'intent')
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('audit_entry as outcome')
                .select('outcome.id')
                .where('outcome.kind', '=', 'outcome')
                .whereRef('outcome.intent_id', '=', 'intent.id'),
            ),
          ),
        )
        .orderBy('intent.id')
        .limit(limit)
        .execute();
      return rows.map(row => ({
        id: row.id satisfies EventId,
        workspaceId: row.workspace_id,
        principalId: row.principal_id,
        operation: row.operation,
      }));
    },
    async openStreams(instance, limit) {
      const { rows } = await sql<OpenStream>`
        SELECT intent.id AS intent, outcome.workspace_id AS "workspaceId", intent.entry::json ->> 'requestId' AS "requestId"
          FROM audit_entry outcome JOIN audit_entry intent ON intent.id = outcome.intent_id
         WHERE outcome.instance_id = ${instance} AND outcome.result = 'streaming'
           AND NOT EXISTS (SELECT FROM audit_entry closed WHERE closed.intent_id = intent.id AND closed.kind = 'event')
         ORDER BY outcome.id LIMIT ${limit}`.execute(system);
      return rows;
    },
    async markSwept(instance) {
      await system.updateTable('instance').set({ swept_at: clock }).where('id', '=', instance).execute();
    },
  };
}
