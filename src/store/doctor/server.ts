import { sql } from 'kysely';
import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';

export async function serverVersion({ asOwner }: Pick<Database<Schema>, 'asOwner'>): Promise<string> {
  const { rows } = await asOwner(client => client.query<{ server_version: string }>('SHOW server_version'));
  return rows[0]?.server_version ?? 'unknown';
}

/** The server's clock, in milliseconds since 1970. */
export async function serverTimeMs({ system }: Pick<Database<Schema>, 'system'>): Promise<number> {
  const { rows } = await sql<{ ms: number }>`
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms`.execute(system);
  return rows[0]?.ms ?? 0;
}

/** Which of our roles could pass row-level security. An owner of a table can. */
export async function rolesPastRowSecurity({ system }: Pick<Database<Schema>, 'system'>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT r.rolname AS name FROM pg_roles r
     WHERE r.rolname IN ('portcullis_app', 'portcullis_system')
       AND (r.rolsuper OR r.rolbypassrls OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid))`.execute(system);
  return rows.map(({ name }) => name);
}

/** Every table with rows of workspaces, and whether row-level security is forced on it. */
export async function tenantTables({
  system,
}: Pick<Database<Schema>, 'system'>): Promise<{ name: string; forced: boolean }[]> {
  const { rows } = await sql<{ name: string; forced: boolean }>`
    SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced
      FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
       AND (c.relname = 'workspace' OR EXISTS (
         SELECT FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attname = 'workspace_id' AND NOT a.attisdropped))
     ORDER BY 1`.execute(system);
  return rows;
}
