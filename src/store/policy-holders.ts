import { sql } from 'kysely';
import type { Action } from '../domain/action.ts';
import type { PrincipalId } from '../domain/ids.ts';
import type { PolicyHolders } from '../report/access-report.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** Who may call in a workspace, with which keys, in PostgreSQL. Keys and principals that do nothing are left out. */
export function createPolicyHolders({ inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>): PolicyHolders {
  return workspaceId =>
    inWorkspace(workspaceId, async tx => {
      const { rows } = await sql<{ id: PrincipalId; kind: 'user' | 'agent'; role: string; keys: (Action[] | null)[] }>`
        SELECT p.id, p.kind, m.role,
               coalesce((SELECT json_agg(to_json(k.ceiling)) FROM api_key k
                          WHERE k.workspace_id = m.workspace_id AND k.principal_id = m.principal_id
                            AND k.revoked_at IS NULL AND k.expires_at > now()), '[]'::json) AS keys
          FROM membership m JOIN principal p ON p.id = m.principal_id
          LEFT JOIN agent a ON a.id = m.principal_id
         WHERE p.disabled_at IS NULL AND a.suspended_at IS NULL`.execute(tx);
      return rows;
    });
}
