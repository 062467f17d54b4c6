import { sql } from 'kysely';
import type { ConnectionPlace } from '../../src/domain/connection.ts';
import type { Database } from '../../src/store/database.ts';
import type { Schema } from '../../src/store/schema.ts';

/** As after an hour: the access token was made that long ago, and has just ended in the books. */
export async function endOfLife(
  { system }: Pick<Database<Schema>, 'system'>,
  { connectionId }: Pick<ConnectionPlace, 'connectionId'>,
): Promise<void> {
  const anHourAgo = sql<Date>`now() - interval '1 hour'`;
  const madeAt = { authorized_at: anHourAgo, refreshed_at: sql<Date>`refreshed_at - interval '1 hour'` };
  await system.updateTable('connection').set(madeAt).where('id', '=', connectionId).execute();
  const access = system.updateTable('connection_secret').where('connection_id', '=', connectionId);
  await access.where('field', '=', 'access_token').set({ expires_at: sql<Date>`now()` }).execute();
}
