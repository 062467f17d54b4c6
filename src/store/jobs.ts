import { sql } from 'kysely';
import type { JobId } from '../domain/ids.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Database } from './database.ts';
import { moveJob } from './movers.ts';
import type { Schema } from './schema.ts';

const clock = sql<Date>`now()`;
const kept = sql`interval '7 days'`;

/** Jobs in PostgreSQL. */
export function createJobs({ system }: Pick<Database<Schema>, 'system'>): Jobs {
  return {
    async add({ id, kind, payload, workspaceId }) {
      const row = { id, kind, payload: JSON.stringify(payload), workspace_id: workspaceId, run_at: clock };
      await system.insertInto('job').values(row).execute();
    },
    async claim(kinds) {
      // The next run is set before the work begins: after one minute, doubling, up to one hour. So a claim is a lease
      // too, and the job of a process that died comes again by itself.
      const next = sql<JobId>`
        (SELECT id FROM job j WHERE state <> 'done' AND run_at <= now() AND kind = ANY(${kinds})
            AND NOT EXISTS (SELECT FROM job ahead WHERE ahead.line = j.line AND ahead.state <> 'done'
                               AND (ahead.created_at, ahead.id) < (j.created_at, j.id))
          ORDER BY run_at LIMIT 1 FOR UPDATE OF j SKIP LOCKED)`;
      const claimed = await moveJob(system, 'claimed')
        .set({
          attempts: sql<number>`attempts + 1`,
          run_at: sql<Date>`now() + least(60, power(2, least(attempts, 6))) * interval '1 minute'`,
        })
        .where('id', '=', next)
        .returning(['id', 'kind', 'payload', 'workspace_id as workspaceId', 'attempts'])
        .executeTakeFirst();
      return claimed ?? null;
    },
    async finish(id) {
      // What the job was about is in the log. Its payload may hold a sealed token, which is destroyed here.
      await moveJob(system, 'finished')
        .set({ done_at: clock, payload: '{}', last_error: null })
        .where('id', '=', id)
        .execute();
    },
    async note(id, problem, waitSecondsMin) {
      const runAt = sql<Date>`greatest(run_at, now() + make_interval(secs => ${waitSecondsMin}))`;
      await moveJob(system, 'postponed').set({ last_error: problem, run_at: runAt }).where('id', '=', id).execute();
    },
    async purge(undoneKinds) {
      await sql`
        DELETE FROM job WHERE done_at < now() - ${kept}
            OR (kind = ANY(${undoneKinds}) AND state <> 'done' AND run_at < now() - ${kept})`.execute(system);
    },
  };
}
