import { sql, type Transaction } from 'kysely';
import type { CustodyMarks, Restoration } from '../../vault/restore/custody-marks.ts';
import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';

/** The progress of custody, in PostgreSQL. */
export function createCustodyMarks({ system }: Pick<Database<Schema>, 'system'>): CustodyMarks {
  return {
    async current() {
      return (await system.selectFrom('custody_mark').select('value').executeTakeFirst())?.value ?? 0;
    },
    async openRestoration() {
      const query = system
        .selectFrom('restoration')
        .select(['detected_at as detectedAt', 'database_mark as databaseMark', 'known_mark as knownMark']);
      return (await query.where('acknowledged_at', 'is', null).executeTakeFirst()) ?? null;
    },
    noteRestoration: knownMark =>
      system.transaction().execute(async tx => {
        await takeTurns(tx);
        // Compared here once more: another operator may have acknowledged it since the caller looked.
        await sql`
          INSERT INTO restoration (database_mark, known_mark)
          SELECT value, ${knownMark} FROM (SELECT coalesce(max(value), 0) AS value FROM custody_mark) mark
           WHERE value < ${knownMark}
          ON CONFLICT ((true)) WHERE acknowledged_at IS NULL
          DO UPDATE SET known_mark = greatest(restoration.known_mark, excluded.known_mark)`.execute(tx);
      }),
    acknowledge: by =>
      system.transaction().execute(async tx => {
        await takeTurns(tx);
        const { rows } = await sql<Restoration>`
          UPDATE restoration SET acknowledged_at = clock_timestamp(), acknowledged_by = ${by} WHERE acknowledged_at IS NULL
          RETURNING detected_at AS "detectedAt", database_mark AS "databaseMark", known_mark AS "knownMark"`.execute(
          tx,
        );
        const [restoration] = rows;
        if (restoration === undefined) return null;
        await sql`
          INSERT INTO custody_mark (value) VALUES (${restoration.knownMark}::bigint + 1)
          ON CONFLICT (only_row) DO UPDATE SET value = greatest(custody_mark.value, excluded.value)`.execute(tx);
        return restoration;
      }),
  };
}

/**
 * Restorations are noted and acknowledged one after the other. Otherwise a process that notes one while another process
 * acknowledges it would compare with the old mark, and note it again.
 */
async function takeTurns(tx: Transaction<Schema>): Promise<void> {
  await sql`LOCK TABLE restoration IN SHARE ROW EXCLUSIVE MODE`.execute(tx);
}
