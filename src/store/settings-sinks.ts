import { sql } from 'kysely';
import type { WorkspaceId } from '../domain/ids.ts';
import { newId } from '../domain/ids.ts';
import type { SettingsSinks } from '../sinks/by-settings.ts';
import type { Database } from './database.ts';
import { commitWithEntries, type EventEntries } from './event-entries.ts';
import type { Schema } from './schema.ts';

/** Sinks that the settings of the deployment ask for, in PostgreSQL, across workspaces. */
export function createSettingsSinkStore(
  { system }: Pick<Database<Schema>, 'system'>,
  entries: EventEntries,
): SettingsSinks {
  return {
    async keep({ everywhere, elsewhere }, at) {
      const asked = JSON.stringify([...everywhere, ...elsewhere]);
      await system.transaction().execute(async tx => {
        const gone = sql`SELECT s.id FROM sink s WHERE origin = 'settings' AND NOT EXISTS
          (SELECT FROM jsonb_to_recordset(${asked}::jsonb) AS a(name text, kind text, settings jsonb)
            WHERE a.name = s.name AND (a.settings = s.settings OR s.kind <> 'notion'))`;
        await sql`DELETE FROM sink_dead_letter WHERE sink_id IN (${gone})`.execute(tx);
        await sql`DELETE FROM sink WHERE id IN (${gone})`.execute(tx);
        await sql`
          UPDATE sink s SET settings = a.settings, generation = generation + 1, run_at = ${at}
            FROM jsonb_to_recordset(${asked}::jsonb) AS a(name text, kind text, settings jsonb)
           WHERE s.origin = 'settings' AND s.name = a.name AND s.settings <> a.settings`.execute(tx);
        await sql`
          INSERT INTO sink (id, workspace_id, kind, name, origin, settings, state, cursor, run_at, created_at)
          SELECT 'snk_' || gen_random_uuid(), log.owner, a.kind, a.name, 'settings', a.settings, 'active',
                 CASE WHEN EXISTS (SELECT FROM sink o WHERE o.origin = 'settings' AND o.name = a.name
                                      AND o.created_at <= log.created_at) THEN 0
                      ELSE coalesce((SELECT size FROM audit_batch WHERE log = coalesce(log.owner, 'deployment')
                                      ORDER BY first DESC LIMIT 1), 0) END,
                 ${at}, now()
            FROM jsonb_to_recordset(${JSON.stringify(everywhere)}::jsonb) AS a(name text, kind text, settings jsonb)
           CROSS JOIN (SELECT id AS owner, created_at FROM workspace UNION ALL SELECT NULL, '-infinity') log
           WHERE (log.owner IS NOT NULL OR a.kind <> 'alerts')
             AND NOT EXISTS (SELECT FROM sink s WHERE s.origin = 'settings' AND s.name = a.name
                                AND coalesce(s.workspace_id, '') = coalesce(log.owner, ''))
              ON CONFLICT DO NOTHING`.execute(tx);
      });
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
