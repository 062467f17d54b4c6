import { sql } from 'kysely';
import type { Action } from '../domain/action.ts';
import type { PrincipalId } from '../domain/ids.ts';
import { actionsAnywhere, type CompilePolicy } from '../domain/rights.ts';
import type { Now } from '../domain/units.ts';
import type { PolicyHolders } from '../report/access-report.ts';
import type { Database } from './database.ts';
import { policyOf } from './policy-of.ts';
import type { Schema } from './schema.ts';

/**
 * The principals who may call in a workspace, with their keys, in PostgreSQL. Keys and principals that cannot act are
 * left out.
 */
export function createPolicyHolders(
  { inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>,
  compile: CompilePolicy,
  now: Now,
): PolicyHolders {
  return workspaceId =>
    inWorkspace(workspaceId, async tx => {
      const { rows } = await sql<{ id: PrincipalId; kind: 'user' | 'agent'; keys: (Action[] | null)[] }>`
        SELECT p.id, p.kind,
               coalesce((SELECT json_agg(to_json(k.ceiling)) FROM api_key k
                          WHERE k.workspace_id = m.workspace_id AND k.principal_id = m.principal_id
                            AND k.revoked_at IS NULL AND k.expires_at > now()), '[]'::json) AS keys
          FROM membership m JOIN principal p ON p.id = m.principal_id
          LEFT JOIN agent a ON a.id = m.principal_id
         WHERE p.disabled_at IS NULL AND a.suspended_at IS NULL`.execute(tx);
      const policy = compile(await policyOf(tx, workspaceId, 'everyone'));
      const context = { at: now(), address: '', signIn: null };
      return rows.map(({ id, kind, keys }) => {
        const through = (door: 'rest' | 'mcp') =>
          actionsAnywhere(policy, { principal: id, limit: null, context: { ...context, door } });
        return { id, kind, keys, allowed: [...through('rest').union(through('mcp'))] };
      });
    });
}
