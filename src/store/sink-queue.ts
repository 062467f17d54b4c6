import { randomUUID } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import type { RecordedEvent } from '../domain/event.ts';
import type { SinkEvent } from '../domain/sink-states.ts';
import type { ClaimedSink, SinkQueue } from '../sinks/sink.ts';
import type { Database } from './database.ts';
import { commitWithEntries, type EventEntries } from './event-entries.ts';
import { moveSink } from './movers.ts';
import type { Schema } from './schema.ts';

type Tx = Transaction<Schema>;

/** The deliveries to sinks, in PostgreSQL, across workspaces. */
export function createSinkQueue({ system }: Pick<Database<Schema>, 'system'>, entries: EventEntries): SinkQueue {
  /** Changes a sink that is still ours, with the entry for it: both or neither. */
  function change(
    sink: ClaimedSink,
    event: SinkEvent,
    entry: RecordedEvent | null,
    update: (moving: ReturnType<typeof moveSink>, tx: Tx) => Promise<boolean>,
  ): Promise<boolean> {
    return commitWithEntries<boolean>(
      entries,
      work => system.transaction().execute(work),
      async (tx, append) => {
        if (!(await update(moveSink(tx, sink.id, event).where('lease', '=', sink.lease), tx))) return false;
        if (entry !== null) await append([entry]);
        return true;
      },
    );
  }

  return {
    async claim({ kinds, at, leaseUntil, limit }) {
      const { rows } = await sql<ClaimedSink & { sealed: string | null; kid: string | null }>`
        UPDATE sink SET lease = ${randomUUID()}::uuid, lease_until = ${leaseUntil}
         WHERE id IN (SELECT id FROM sink s
                       WHERE state <> 'paused' AND kind = ANY(${kinds}) AND run_at <= ${at}
                         AND (lease_until IS NULL OR lease_until <= ${at})
                         AND (cursor < (SELECT size FROM audit_batch b
                                         WHERE b.log = coalesce(s.workspace_id, 'deployment')
                                         ORDER BY first DESC LIMIT 1)
                              OR EXISTS (SELECT FROM sink_dead_letter d WHERE d.sink_id = s.id AND d.wanted))
                       ORDER BY state = 'active' DESC, run_at LIMIT ${limit} FOR UPDATE OF s SKIP LOCKED)
        RETURNING id, workspace_id AS owner, kind, name, origin, settings, generation, sealed, kid,
                  lease, state, cursor, doubtful, failures, refusals`.execute(system);
      return rows.map(({ sealed, kid, ...row }) => ({
        ...row,
        secret: sealed === null || kid === null ? null : { sealed, kid },
      }));
    },
    async logsAt() {
      const { rows } = await sql<{ size: number }>`
        SELECT size FROM audit_batch WHERE log = 'root' ORDER BY first DESC LIMIT 1`.execute(system);
      return rows[0]?.size ?? 0;
    },
    async acknowledge(sink, { cursor, doubtful, at, leaseUntil, wasSent }) {
      const reached = { cursor, doubtful, lease_until: leaseUntil };
      const well = { problem: null, failures: 0, refusals: 0, delivered_at: at, run_at: at };
      const changing = wasSent
        ? moveSink(system, sink.id, 'delivered').set({ ...reached, ...well })
        : system.updateTable('sink').set(reached).where('id', '=', sink.id);
      const { numUpdatedRows } = await changing.where('lease', '=', sink.lease).executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    fail: (sink, { problem, needsPerson }, nextAt, entry) =>
      change(sink, needsPerson ? 'needs_person' : 'failed', entry, async moving => {
        const { numUpdatedRows } = await moving
          .set(({ eb }) => ({ problem, run_at: nextAt, failures: eb('failures', '+', 1) }))
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      }),
    putAside: (sink, { index, entry: entryId, problem, at }, entry) =>
      change(sink, 'delivered', entry, async (moving, tx) => {
        const { numUpdatedRows } = await moving
          .set(({ eb }) => ({ cursor: index + 1, doubtful: null, refusals: eb('refusals', '+', 1) }))
          .executeTakeFirst();
        if (numUpdatedRows !== 1n) return false;
        const letter = { workspace_id: sink.owner, sink_id: sink.id, index, entry_id: entryId, problem, at };
        await tx
          .insertInto('sink_dead_letter')
          .values(letter)
          .onConflict(conflict => conflict.columns(['sink_id', 'index']).doUpdateSet({ problem, at }))
          .execute();
        return true;
      }),
    async wanted(sink, limit) {
      const rows = await system
        .selectFrom('sink_dead_letter')
        .select(['index', 'entry_id as entry', 'problem', 'at'])
        .where('sink_id', '=', sink.id)
        .where('wanted', '=', true)
        .orderBy('index')
        .limit(limit)
        .execute();
      return rows;
    },
    async settleLetter(sink, index, problem) {
      await (problem === null
        ? system.deleteFrom('sink_dead_letter').where('sink_id', '=', sink.id).where('index', '=', index).execute()
        : system
            .updateTable('sink_dead_letter')
            .set({ wanted: false, problem })
            .where('sink_id', '=', sink.id)
            .where('index', '=', index)
            .execute());
    },
    async release(sink) {
      await system
        .updateTable('sink')
        .set({ lease: null, lease_until: null })
        .where('id', '=', sink.id)
        .where('lease', '=', sink.lease)
        .execute();
    },
  };
}
