import { sql } from 'kysely';
import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';

/** A root key, and how many keys it wraps that were not destroyed. */
export interface RootKeyCount {
  readonly kid: string;
  readonly state: string;
  readonly wraps: number;
}

export async function countUnderRootKeys({ system }: Pick<Database<Schema>, 'system'>): Promise<RootKeyCount[]> {
  const { rows } = await sql<RootKeyCount>`
    SELECT kid, state, (SELECT count(*) FROM workspace_key w WHERE w.root_kid = r.kid AND wrapped IS NOT NULL)
                     + (SELECT count(*) FROM deployment_secret d WHERE d.root_kid = r.kid) AS wraps
      FROM root_key r ORDER BY created_at`.execute(system);
  return rows;
}

export async function countWorkspaceKeys({
  system,
}: Pick<Database<Schema>, 'system'>): Promise<{ state: string; count: number }[]> {
  const { rows } = await sql<{ state: string; count: number }>`
    SELECT state, count(*) AS count FROM workspace_key GROUP BY state ORDER BY state`.execute(system);
  return rows;
}
