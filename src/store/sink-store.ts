import { sql, type Transaction } from 'kysely';
import type { SinkId } from '../domain/ids.ts';
import type { SinkOwner, SinkSummary } from '../domain/sink.ts';
import type { SinkStore } from '../sinks/sink.ts';
import type { Database } from './database.ts';
import { type Append, commitWithEntries, type EventEntries } from './event-entries.ts';
import { moveSink } from './movers.ts';
import type { Schema } from './schema.ts';

type Tx = Transaction<Schema>;

/** Sinks in PostgreSQL as admins see them: a workspace's under row-level security, the deployment's as the system. */
export function createSinkStore(
  { system, inWorkspace }: Pick<Database<Schema>, 'system' | 'inWorkspace'>,
  entries: EventEntries,
): SinkStore {
  const within = <T>(owner: SinkOwner, work: (tx: Tx) => Promise<T>): Promise<T> =>
    owner === null ? system.transaction().execute(work) : inWorkspace(owner, work);
  const changing = <T>(owner: SinkOwner, work: (tx: Tx, append: Append) => Promise<T>): Promise<T> =>
    commitWithEntries(entries, transact => within(owner, transact), work);

  return {
    list: owner => within(owner, tx => summaries(tx, owner)),
    find: (owner, id) =>
      within(owner, async tx => {
        const row = await tx
          .selectFrom('sink')
          .select(['id', 'kind', 'name', 'origin', 'settings', 'generation', 'sealed', 'kid'])
          .where('workspace_id', 'is not distinct from', owner)
          .where('id', '=', id)
          .executeTakeFirst();
        if (row === undefined) return null;
        const { sealed, kid, ...place } = row;
        return { ...place, owner, secret: sealed === null || kid === null ? null : { sealed, kid } };
      }),
    add: (sink, most, at, entry) =>
      changing(sink.owner, async (tx, append) => {
        const { id, owner, kind, name, settings, secret, createdBy, from } = sink;
        // Counted under a lock; otherwise two at once would both find room.
        await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`sinks of ${owner}`}, 0))`.execute(tx);
        if ((await summaries(tx, owner)).length >= most) return null;
        const sealed = { sealed: secret?.sealed ?? null, kid: secret?.kid ?? null };
        await tx
          .insertInto('sink')
          .values({
            ...{ id, workspace_id: owner, kind, name, origin: 'api', ...sealed, created_by: createdBy, run_at: at },
            ...{ state: 'active', problem: null, doubtful: null, lease: null, lease_until: null, delivered_at: null },
            settings: JSON.stringify(settings) as never,
            cursor: from === 'beginning' ? 0 : sizeOf(owner),
          })
          .execute();
        await append([entry]);
        return (await summaries(tx, owner, id))[0] ?? null;
      }),
    change: ({ owner, id, generation }, { name, settings, secret, move }, at, entry) =>
      changing(owner, async (tx, append) => {
        const { numUpdatedRows } = await tx
          .updateTable('sink')
          .set(({ eb }) => ({
            ...(name !== undefined && { name }),
            ...(settings !== undefined && { settings: JSON.stringify(settings) as never }),
            // A secret is bound to the generation that it was sealed for.
            ...(secret !== undefined && { ...secret, generation: eb('generation', '+', 1) }),
            // A change may have removed the trouble, so a postponed attempt is made now.
            run_at: at,
          }))
          .where('workspace_id', 'is not distinct from', owner)
          .where('id', '=', id)
          .where('generation', '=', generation)
          .where('origin', '=', 'api')
          .executeTakeFirst();
        if (numUpdatedRows !== 1n) return null;
        if (move !== undefined) await moveSink(tx, id, move).set({ failures: 0, refusals: 0 }).execute();
        await append([entry]);
        return (await summaries(tx, owner, id))[0] ?? null;
      }),
    remove: (owner, id, entry) =>
      changing(owner, async (tx, append) => {
        const { numDeletedRows } = await tx
          .deleteFrom('sink')
          .where('workspace_id', 'is not distinct from', owner)
          .where('id', '=', id)
          .where('origin', '=', 'api')
          .executeTakeFirst();
        if (numDeletedRows !== 1n) return false;
        await append([entry]);
        return true;
      }),
    deadLetters: (owner, id, limit) =>
      within(owner, async tx => {
        if ((await summaries(tx, owner, id)).length === 0) return null;
        return tx
          .selectFrom('sink_dead_letter')
          .select(['index', 'entry_id as entry', 'problem', 'at'])
          .where('sink_id', '=', id)
          .orderBy('index')
          .limit(limit)
          .execute();
      }),
    want: (owner, id, index, at, entry) =>
      changing(owner, async (tx, append) => {
        if ((await summaries(tx, owner, id)).length === 0) return null;
        const wanting = tx.updateTable('sink_dead_letter').set({ wanted: true }).where('sink_id', '=', id);
        const one = index === null ? wanting : wanting.where('index', '=', index);
        const { numUpdatedRows } = await one.executeTakeFirst();
        await tx.updateTable('sink').set({ run_at: at }).where('id', '=', id).execute();
        await append([entry(Number(numUpdatedRows))]);
        return Number(numUpdatedRows);
      }),
  };
}

/** How many entries of the owner's log have a place. */
function sizeOf(owner: SinkOwner) {
  return sql<number>`coalesce((SELECT size FROM audit_batch WHERE log = ${owner ?? 'deployment'}
                                ORDER BY first DESC LIMIT 1), 0)`;
}

async function summaries(tx: Tx, owner: SinkOwner, id: SinkId | null = null): Promise<SinkSummary[]> {
  const { rows } = await sql<SinkSummary>`
    SELECT s.id, kind, name, origin, settings, state, problem, cursor,
           greatest(${sizeOf(owner)} - cursor, 0) AS lag,
           (SELECT count(*) FROM sink_dead_letter d WHERE d.sink_id = s.id) AS "deadLetters",
           created_at AS "createdAt", delivered_at AS "deliveredAt",
           CASE WHEN state IN ('retrying', 'blocked') THEN run_at END AS "nextAt"
      FROM sink s
     WHERE workspace_id IS NOT DISTINCT FROM ${owner} AND kind <> 'alerts' AND (${id}::text IS NULL OR id = ${id})
     ORDER BY s.id`.execute(tx);
  return [...rows];
}
