import { sql } from 'kysely';
import type { NotionObjectKind } from '../domain/operation.ts';
import type { PageIndexCare } from '../policy/page-index-care.ts';
import type { Database } from './database.ts';
import { commitWithEntries, type EventEntries } from './event-entries.ts';
import type { Schema } from './schema.ts';

/** What admins see and set of the page index. */
export function createPageIndexCare(
  { inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>,
  entries: EventEntries,
): PageIndexCare {
  return {
    state: workspaceId =>
      inWorkspace(workspaceId, async tx => {
        const { page_freshness_seconds: freshnessSeconds } = await tx
          .selectFrom('workspace')
          .where('id', '=', workspaceId)
          .select('page_freshness_seconds')
          .executeTakeFirstOrThrow();
        const counts = await tx
          .selectFrom('page_index')
          .where('workspace_id', '=', workspaceId)
          .where('learned_at', 'is not', null)
          .groupBy('kind')
          .orderBy('kind')
          .select(({ fn }) => ['kind', fn.countAll<number>().as('count'), fn.min('learned_at').as('oldest')])
          .execute();
        const oldest = counts.flatMap(({ kind, oldest }) => (lasting.has(kind) && oldest !== null ? [oldest] : []));
        return {
          freshnessSeconds,
          counts: counts.map(({ kind, count }) => ({ kind: kind as NotionObjectKind, count })),
          oldest: oldest.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null,
        };
      }),
    setFreshness: (workspaceId, seconds, event) =>
      commitWithEntries(
        entries,
        transact => inWorkspace(workspaceId, transact),
        async (tx, append) => {
          await tx
            .updateTable('workspace')
            .set({ page_freshness_seconds: seconds })
            .where('id', '=', workspaceId)
            .execute();
          await append([event]);
        },
      ),
  };
}

/** Kinds that are kept for ever. */
const lasting: ReadonlySet<string> = new Set(['page', 'database', 'data_source']);

/** Blocks of the table that one statement looks at: some 80 MB. */
const blocksAtOnce = 10_000;

/**
 * Deletes rows that were not used for a long time and can be learned again. Blocks, comments, views, and objects that
 * no connection ever saw go after 30 days. Discussions, which only their comments mention, go after 180 days. The table
 * is read piece by piece, so it needs no index, which every write would have to update.
 *
 * @returns how many rows were deleted
 */
export async function sweepPageIndex({ system }: Pick<Database<Schema>, 'system'>): Promise<number> {
  const { rows } = await sql<{ blocks: number }>`
    SELECT pg_relation_size('page_index') / current_setting('block_size')::int AS blocks`.execute(system);
  const blocks = Number(rows[0]?.blocks ?? 0);
  let deleted = 0;
  for (let from = 0; from < blocks; from += blocksAtOnce) {
    const result = await sql`
      DELETE FROM page_index
       WHERE ctid >= ${`(${from},0)`}::tid AND ctid < ${`(${from + blocksAtOnce},0)`}::tid
         AND greatest(learned_at, missing_at, doubted_at) < clock_timestamp() - interval '30 days'
         AND (learned_at IS NULL OR kind IN ('block', 'comment', 'view')
              OR (kind = 'discussion' AND learned_at < clock_timestamp() - interval '180 days'))`.execute(system);
    deleted += Number(result.numAffectedRows ?? 0);
  }
  return deleted;
}
