import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';

/** The keys of workspaces that were not destroyed: which they are, and what they are wrapped under. */
export function newestWrappedKeys({ system }: Pick<Database<Schema>, 'system'>, limit: number) {
  return system
    .selectFrom('workspace_key')
    .select(['workspace_id as workspaceId', 'kid', 'root_kid as rootKid'])
    .where('wrapped', 'is not', null)
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute();
}
