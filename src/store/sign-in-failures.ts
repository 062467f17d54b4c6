import { type Kysely, sql } from 'kysely';
import { limitWindowMs, type SignInFailures } from '../accounts/sign-in-limits.ts';
import type { Schema } from './schema.ts';

export function createSignInFailures(system: Kysely<Schema>): SignInFailures {
  return {
    async count(subjects, windowStart) {
      // Windows that are over no longer count.
      const before = new Date(windowStart.getTime() - limitWindowMs);
      await system.deleteFrom('sign_in_failure').where('window_start', '<', before).execute();
      // In a fixed order, so that two attempts on the same subjects cannot wait for each other.
      const { rows } = await sql<{ subject: string; count: number }>`
        INSERT INTO sign_in_failure AS f (subject, window_start, count)
        SELECT s, ${windowStart}, 1 FROM unnest(${[...subjects]}::text[]) AS s ORDER BY s
        ON CONFLICT (subject, window_start) DO UPDATE SET count = f.count + 1
        RETURNING subject, count`.execute(system);
      const counts = new Map(rows.map(row => [row.subject, row.count]));
      return subjects.map(subject => counts.get(subject) ?? 0);
    },
    async uncount(subject, windowStart) {
      await sql`
        UPDATE sign_in_failure SET count = greatest(count - 1, 0)
         WHERE subject = ${subject} AND window_start = ${windowStart}`.execute(system);
    },
  };
}
