import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** Whether the server answers, and takes writes: one that follows another does not. */
export async function isWritable({ system }: Pick<Database<Schema>, 'system'>): Promise<boolean> {
  const { rows } = await sql<{ writable: boolean }>`
    SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off' AS writable`.execute(system);
  return rows[0]?.writable ?? false;
}
