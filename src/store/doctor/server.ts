import { sql } from 'kysely';
import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';

export async function serverVersion({ asOwner }: Pick<Database<Schema>, 'asOwner'>): Promise<string> {
  const { rows } = await asOwner(client => client.query<{ server_version: string }>('SHOW server_version'));
  return rows[0]?.server_version ?? 'unknown';
}

/** How far the server's clock is from `nowMs`, in milliseconds. */
export function clockSkewMs({ asOwner }: Pick<Database<Schema>, 'asOwner'>, nowMs: () => number): Promise<number> {
  return asOwner(async client => {
    const beforeMs = nowMs();
    const { rows } = await client.query<{ ms: number }>(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
    );
    return Math.abs((rows[0]?.ms ?? 0) - (beforeMs + nowMs()) / 2);
  });
}

/** Throws what the server says unless both logins can sign in. */
export async function signIn({ app, system }: Pick<Database<Schema>, 'app' | 'system'>): Promise<void> {
  for (const login of [app, system]) await sql`SELECT 1`.execute(login);
}
