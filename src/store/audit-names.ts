import { sql } from 'kysely';
import type { AuditReader } from '../audit/audit-reader.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** Names for the ids in the log. A workspace gets the names of its own members, agents and keys only. */
export function createAuditNames(database: Database<Schema>): AuditReader['namesOf'] {
  return async (workspaceId, ids) => {
    if (ids.length === 0) return new Map();
    const people = sql<Named>`SELECT id, name FROM user_account WHERE id = ANY(${ids}::text[])`;
    const ours = sql<Named>`
      SELECT u.id, u.name FROM membership m JOIN user_account u ON u.id = m.principal_id
       WHERE m.workspace_id = ${workspaceId} AND u.id = ANY(${ids}::text[])
      UNION ALL
      SELECT id, name FROM agent WHERE workspace_id = ${workspaceId} AND id = ANY(${ids}::text[])
      UNION ALL
      SELECT id, name FROM api_key WHERE workspace_id = ${workspaceId} AND id = ANY(${ids}::text[])`;
    const { rows } = await (workspaceId === null
      ? people.execute(database.system)
      : database.inWorkspace(workspaceId, tx => ours.execute(tx)));
    return new Map(rows.map(({ id, name }) => [id, name]));
  };
}

interface Named {
  readonly id: string;
  readonly name: string;
}
