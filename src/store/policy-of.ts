import { type Kysely, sql, type Transaction } from 'kysely';
import type { PrincipalId, WorkspaceId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { Schema } from './schema.ts';
import { type StoredPolicyRows, toPolicy } from './stored-policy.ts';

type Queries = Kysely<Schema> | Transaction<Schema>;

/**
 * What of the policies of some workspaces concerns some principals: their memberships, all roles, and the grants and groups
 * that are for them. Compiled, it says of these principals what the whole policy says, and costs a query over their rows.
 */
export async function policiesOf(
  queries: Queries,
  workspaces: readonly WorkspaceId[],
  principals: readonly PrincipalId[] | 'everyone',
): Promise<ReadonlyMap<WorkspaceId, Policy>> {
  if (workspaces.length === 0) return new Map();
  const among = principals === 'everyone' ? null : [...principals];
  const { rows } = await sql<StoredPolicyRows & { readonly id: WorkspaceId }>`
    WITH joined AS (
      SELECT workspace_id, group_id, principal_id FROM policy_group_member
       WHERE workspace_id = ANY(${[...workspaces]}) AND principal_id IS NOT NULL
         AND (${among}::text[] IS NULL OR principal_id = ANY(${among}::text[]))),
    nested AS (
      SELECT workspace_id, group_id, inner_group_id FROM policy_group_member
       WHERE workspace_id = ANY(${[...workspaces]}) AND inner_group_id IS NOT NULL
         AND (${among}::text[] IS NULL OR inner_group_id IN (SELECT group_id FROM joined))),
    concerned AS (SELECT group_id FROM joined UNION SELECT group_id FROM nested)
    SELECT w.id, w.policy_revision AS revision,
           (SELECT json_agg(json_build_object('id', m.principal_id, 'role', m.role)) FROM membership m
             WHERE m.workspace_id = w.id AND (${among}::text[] IS NULL OR m.principal_id = ANY(${among}::text[]))) AS members,
           (SELECT json_agg(json_build_object('name', r.name, 'actions', r.actions)) FROM policy_role r
             WHERE r.workspace_id = w.id) AS roles,
           (SELECT json_agg(json_build_object('id', g.id, 'name', g.name,
                     'principals', (SELECT json_agg(j.principal_id ORDER BY j.principal_id) FROM joined j WHERE j.group_id = g.id),
                     'groups', (SELECT json_agg(n.inner_group_id ORDER BY n.inner_group_id) FROM nested n WHERE n.group_id = g.id)))
              FROM policy_group g
             WHERE g.workspace_id = w.id
               AND (${among}::text[] IS NULL OR g.id IN (SELECT group_id FROM concerned))) AS groups,
           (SELECT json_agg(p) FROM policy_grant p
             WHERE p.workspace_id = w.id
               AND (${among}::text[] IS NULL OR (p.principal_id IS NULL AND p.group_id IS NULL)
                    OR p.principal_id = ANY(${among}::text[]) OR p.group_id IN (SELECT group_id FROM concerned))) AS grants
      FROM workspace w WHERE w.id = ANY(${[...workspaces]})`.execute(queries);
  return new Map(rows.map(row => [row.id, toPolicy(row)]));
}

/** The policy of one workspace. A workspace that does not exist has no members. */
export async function policyOf(
  queries: Queries,
  workspaceId: WorkspaceId,
  principals: readonly PrincipalId[] | 'everyone',
): Promise<Policy> {
  return (await policiesOf(queries, [workspaceId], principals)).get(workspaceId) ?? nobody;
}

const nobody: Policy = { revision: 0, roles: new Map(), members: new Map(), groups: new Map(), grants: [] };
