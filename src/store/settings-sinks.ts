import { type Kysely, sql, type Transaction } from 'kysely';
import type { WorkspaceId } from '../domain/ids.ts';
import { newId } from '../domain/ids.ts';
import type { SettingsSinks } from '../sinks/by-settings.ts';
import type { Database } from './database.ts';
import { commitWithEntries, type EventEntries } from './event-entries.ts';
import type { Schema } from './schema.ts';

/** Sinks that one statement adds: a deployment with very many workspaces gets them in several rounds. */
const addedAtOnce = 2_000;

/** Sinks that the settings of the deployment ask for, in PostgreSQL, across workspaces. */
export function createSettingsSinkStore(
  { system }: Pick<Database<Schema>, 'system'>,
  entries: EventEntries,
): SettingsSinks {
  /** What the stored sinks were last made equal to, by this process: settings do not change while it runs. */
  let settled: string | null = null;

  return {
    async keep({ everywhere, elsewhere }, at) {
      const asked = JSON.stringify([...everywhere, ...elsewhere]);
      if (settled !== asked) {
        await system.transaction().execute(tx => settle(tx, asked, at));
        settled = asked;
      }
      await add(system, JSON.stringify(everywhere), at);
    },
    async has(name) {
      const found = await system
        .selectFrom('sink')
        .select('id')
        .where('origin', '=', 'settings')
        .where('name', '=', name)
        .executeTakeFirst();
      return found !== undefined;
    },
    async connected() {
      const { rows } = await sql<{ id: WorkspaceId }>`
        SELECT id FROM workspace w
         WHERE EXISTS (SELECT FROM connection c WHERE c.workspace_id = w.id AND c.kind <> 'mcp'
                          AND c.status IN ('active', 'refreshing', 'suspect'))
         ORDER BY created_at, id`.execute(system);
      return rows.map(({ id }) => id);
    },
    addTo: (owner, { name, kind, settings }, at, entry) =>
      commitWithEntries(
        entries,
        work => system.transaction().execute(work),
        async (tx, append) => {
          const { numAffectedRows } = await sql`
            INSERT INTO sink (id, workspace_id, kind, name, origin, settings, state, cursor, run_at)
            SELECT ${newId('snk')}, ${owner}, ${kind}, ${name}, 'settings', ${JSON.stringify(settings)}::jsonb, 'active',
                   coalesce((SELECT size FROM audit_batch WHERE log = ${owner} ORDER BY first DESC LIMIT 1), 0), ${at}
             WHERE NOT EXISTS (SELECT FROM sink WHERE origin = 'settings' AND name = ${name})
                ON CONFLICT DO NOTHING`.execute(tx);
          if (numAffectedRows === 1n) await append([entry]);
        },
      ),
  };
}

/** Removes sinks that nobody asks for any more, and gives the others the settings of today. */
async function settle(tx: Transaction<Schema>, asked: string, at: Date): Promise<void> {
  const rows = sql`jsonb_to_recordset(${asked}::jsonb) AS a(name text, kind text, settings jsonb)`;
  const gone = sql`SELECT s.id FROM sink s WHERE origin = 'settings' AND NOT EXISTS
    (SELECT FROM ${rows} WHERE a.name = s.name AND (a.settings = s.settings OR s.kind <> 'notion'))`;
  await sql`DELETE FROM sink_dead_letter WHERE sink_id IN (${gone})`.execute(tx);
  await sql`DELETE FROM sink WHERE id IN (${gone})`.execute(tx);
  await sql`
    UPDATE sink s SET settings = a.settings, generation = generation + 1, run_at = ${at}
      FROM ${rows}
     WHERE s.origin = 'settings' AND s.name = a.name AND s.settings <> a.settings`.execute(tx);
}

/** Adds what logs lack. \`NOT IN\` is looked up in a hash, whatever the planner believes of the tables. */
async function add(system: Kysely<Schema>, everywhere: string, at: Date): Promise<void> {
  await sql`
    WITH have AS MATERIALIZED (
      SELECT coalesce(workspace_id, '') AS owner, name, created_at FROM sink WHERE origin = 'settings'),
    since AS MATERIALIZED (SELECT name, min(created_at) AS at FROM have GROUP BY name),
    lacking AS MATERIALIZED (
      SELECT log.owner, log.created_at, a.name, a.kind, a.settings
        FROM jsonb_to_recordset(${everywhere}::jsonb) AS a(name text, kind text, settings jsonb)
       CROSS JOIN (SELECT id AS owner, created_at FROM workspace UNION ALL SELECT NULL, '-infinity') log
       WHERE (log.owner IS NOT NULL OR a.kind <> 'alerts')
         AND (coalesce(log.owner, ''), a.name) NOT IN (SELECT owner, name FROM have)
       LIMIT ${addedAtOnce})
    INSERT INTO sink (id, workspace_id, kind, name, origin, settings, state, cursor, run_at, created_at)
    SELECT 'snk_' || gen_random_uuid(), owner, kind, name, 'settings', settings, 'active',
           CASE WHEN (SELECT since.at FROM since WHERE since.name = lacking.name) <= lacking.created_at THEN 0
                ELSE coalesce((SELECT size FROM audit_batch WHERE log = coalesce(lacking.owner, 'deployment')
                                ORDER BY first DESC LIMIT 1), 0) END,
           ${at}, now()
      FROM lacking
        ON CONFLICT DO NOTHING`.execute(system);
}
