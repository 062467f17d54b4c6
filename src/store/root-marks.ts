import { sql } from 'kysely';
import type { RootMarks } from '../audit/sequence/kept-root.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** The root log, as the database has it. */
export function createRootMarks({ system }: Pick<Database<Schema>, 'system'>): RootMarks {
  const notes = system.selectFrom('audit_batch').select('note').where('log', '=', 'root');
  return {
    newest: async () => (await notes.orderBy('first', 'desc').limit(1).executeTakeFirst())?.note ?? null,
    ofSize: async size => (await notes.where('size', '=', size).executeTakeFirst())?.note ?? null,
    async isAcknowledged(size) {
      const query = system.selectFrom('restoration').select('known_log').where('acknowledged_at', 'is not', null);
      return (await query.where('known_log', '>=', size).executeTakeFirst()) !== undefined;
    },
    async noteRestoration(knownSize) {
      await sql`
        INSERT INTO restoration (database_mark, known_mark, known_log)
        SELECT value, value, ${knownSize}::bigint FROM (SELECT coalesce(max(value), 0) AS value FROM custody_mark) mark
        ON CONFLICT ((true)) WHERE acknowledged_at IS NULL
        DO UPDATE SET known_log = greatest(restoration.known_log, excluded.known_log)`.execute(system);
    },
  };
}
