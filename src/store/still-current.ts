import { sql } from 'kysely';
import type { Ruling } from '../domain/ruling.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** Whether the policy and the credential that a ruling was decided on are still the current ones (rule 10). */
export function createStillCurrent({ system }: Pick<Database<Schema>, 'system'>) {
  return async ({ caller, facts }: Ruling): Promise<boolean> => {
    const { principal, epoch } = caller;
    const principalId = principal.kind === 'user' || principal.kind === 'agent' ? principal.id : null;
    const { rows } = await sql<{ current: boolean }>`
      SELECT (${facts.policyRevision}::bigint IS NULL OR EXISTS (
                SELECT FROM workspace WHERE id = ${facts.workspaceId} AND policy_revision = ${facts.policyRevision}))
         AND (${epoch}::bigint IS NULL OR EXISTS (
                SELECT FROM principal WHERE id = ${principalId} AND epoch = ${epoch})) AS current`.execute(system);
    return rows[0]?.current ?? false;
  };
}
