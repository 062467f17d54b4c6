import { sql, type Transaction } from 'kysely';
import type { WorkspaceId } from '../domain/ids.ts';
import { alertRules } from '../sinks/alerts/alert-rules.ts';
import type { AlertMemory } from '../sinks/alerts/judge.ts';
import type { AlertStore } from '../sinks/alerts/watch.ts';
import type { Database } from './database.ts';
import { commitWithEntries, type EventEntries } from './event-entries.ts';
import type { Schema } from './schema.ts';

/** Rules of alerts and what is remembered for them, in the transaction of their workspace. */
export function createAlertStore(
  { inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>,
  entries: EventEntries,
): AlertStore {
  return {
    rules: workspaceId =>
      inWorkspace(workspaceId, async tx => {
        const found = await tx
          .selectFrom('alert_watch')
          .select('rules')
          .where('workspace_id', '=', workspaceId)
          .executeTakeFirst();
        return alertRules.parse(found?.rules ?? {});
      }),
    setRules: (workspaceId, rules, entry) =>
      commitWithEntries(
        entries,
        transact => inWorkspace(workspaceId, transact),
        async (tx, append) => {
          await sql`
            INSERT INTO alert_watch (workspace_id, rules) VALUES (${workspaceId}, ${JSON.stringify(rules)}::jsonb)
                ON CONFLICT (workspace_id) DO UPDATE SET rules = excluded.rules`.execute(tx);
          await append([entry]);
        },
      ),
    judgeOnce: (workspaceId, upTo, work) =>
      commitWithEntries(
        entries,
        transact => inWorkspace(workspaceId, transact),
        async (tx, append) => {
          await sql`INSERT INTO alert_watch (workspace_id, rules) VALUES (${workspaceId}, '{}')
                        ON CONFLICT DO NOTHING`.execute(tx);
          const { judged } = await tx
            .selectFrom('alert_watch')
            .select('judged')
            .where('workspace_id', '=', workspaceId)
            .forUpdate()
            .executeTakeFirstOrThrow();
          const alerts = await work(memoryOf(tx, workspaceId), judged);
          await sql`UPDATE alert_watch SET judged = greatest(judged, ${upTo}) WHERE workspace_id = ${workspaceId}`.execute(
            tx,
          );
          await append(alerts);
        },
      ),
  };
}

function memoryOf(tx: Transaction<Schema>, workspaceId: WorkspaceId): AlertMemory {
  return {
    async count(rule, subject, at, windowMs, more = 1) {
      const since = new Date(at.getTime() - windowMs);
      const { rows } = await sql<{ count: number }>`
        INSERT INTO alert_memory AS m (workspace_id, rule, subject, value, count, at)
        VALUES (${workspaceId}, ${rule}, ${subject}, '', ${more}, ${at})
            ON CONFLICT (workspace_id, rule, subject, value) DO UPDATE
           SET count = CASE WHEN m.at < ${since} THEN excluded.count ELSE m.count + excluded.count END,
               at = CASE WHEN m.at < ${since} THEN excluded.at ELSE m.at END
        RETURNING count`.execute(tx);
      return rows[0]?.count ?? 0;
    },
    async learn(rule, subject, value, at) {
      const { numAffectedRows } = await sql`
        INSERT INTO alert_memory (workspace_id, rule, subject, value, count, at)
        VALUES (${workspaceId}, ${rule}, ${subject}, ${value}, 1, ${at}) ON CONFLICT DO NOTHING`.execute(tx);
      const { rows } = await sql<{ others: number }>`
        SELECT count(*) AS others FROM alert_memory
         WHERE workspace_id = ${workspaceId} AND rule = ${rule} AND subject = ${subject} AND value <> ${value}`.execute(
        tx,
      );
      return { isNew: numAffectedRows === 1n, others: rows[0]?.others ?? 0 };
    },
    async distinct(rule, subject, values, at, windowMs) {
      const since = new Date(at.getTime() - windowMs);
      await sql`
        DELETE FROM alert_memory WHERE workspace_id = ${workspaceId} AND rule = ${rule} AND subject = ${subject}
           AND at < ${since}`.execute(tx);
      await sql`
        INSERT INTO alert_memory (workspace_id, rule, subject, value, count, at)
        SELECT ${workspaceId}, ${rule}, ${subject}, value, 1, ${at} FROM unnest(${[...new Set(values)]}::text[]) AS v(value)
            ON CONFLICT (workspace_id, rule, subject, value) DO UPDATE SET at = excluded.at`.execute(tx);
      const { rows } = await sql<{ count: number }>`
        SELECT count(*) FROM alert_memory
         WHERE workspace_id = ${workspaceId} AND rule = ${rule} AND subject = ${subject}`.execute(tx);
      return rows[0]?.count ?? 0;
    },
    async below(page, pages) {
      const { rows } = await sql<{ id: string }>`
        WITH RECURSIVE up AS (
          SELECT id::uuid AS page, id::uuid AS at, 0 AS depth FROM unnest(${[...pages]}::text[]) AS p(id)
          UNION ALL
          SELECT up.page, i.parent_id, up.depth + 1 FROM up JOIN page_index i
              ON i.workspace_id = ${workspaceId} AND i.notion_id = up.at AND i.parent_id IS NOT NULL
           WHERE up.depth < 50)
        SELECT DISTINCT page::text AS id FROM up WHERE at = ${page}::uuid`.execute(tx);
      return rows.map(({ id }) => id);
    },
    async mayTell(rule, subject, at, windowMs) {
      const since = new Date(at.getTime() - windowMs);
      const { numAffectedRows } = await sql`
        INSERT INTO alert_memory AS m (workspace_id, rule, subject, value, count, at)
        VALUES (${workspaceId}, ${`${rule} told`}, ${subject}, '', 1, ${at})
            ON CONFLICT (workspace_id, rule, subject, value) DO UPDATE SET at = excluded.at WHERE m.at < ${since}`.execute(
        tx,
      );
      return numAffectedRows === 1n;
    },
  };
}
