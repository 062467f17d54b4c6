import { sql } from 'kysely';
import type { WorkspaceId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { SnapshotConnection, WorkspaceSnapshots } from '../resolve/snapshot.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';
import { type StoredPolicyRows, toPolicy } from './stored-policy.ts';

interface Row extends StoredPolicyRows {
  /** Everything is here, and not only what changed since the known revision. */
  readonly whole: boolean;
  readonly changes: readonly { readonly kind: string; readonly key: string }[] | null;
  readonly connections: SnapshotConnection[] | null;
}

/**
 * Snapshots in one statement, and so from one moment: the revision belongs to the policy and the connections beside it.
 * If an earlier revision is known, only what changed since is read again.
 */
export function createWorkspaceSnapshots({ system }: Pick<Database<Schema>, 'system'>): WorkspaceSnapshots {
  return {
    async load(id, known) {
      const { rows } = await query(id, known?.revision ?? null).execute(system);
      const row = rows[0];
      if (row === undefined) return null;
      return {
        id,
        policy: row.whole || known === null ? toPolicy(row) : updated(row, known),
        connections: row.connections ?? [],
      };
    },
  };
}

const query = (id: WorkspaceId, known: number | null) => sql<Row>`
  WITH state AS (
    SELECT w.policy_revision AS revision,
           (SELECT count(DISTINCT c.revision) FROM policy_change c WHERE c.workspace_id = w.id AND c.revision > ${known}::bigint)
             IS DISTINCT FROM w.policy_revision - ${known}::bigint AS whole
      FROM workspace w WHERE w.id = ${id}),
  change AS (SELECT DISTINCT kind, key FROM policy_change WHERE workspace_id = ${id} AND revision > ${known}::bigint)
  SELECT s.revision, s.whole,
         (SELECT json_agg(change) FROM change) AS changes,
         (SELECT json_agg(json_build_object('id', m.principal_id, 'role', m.role)) FROM membership m
           WHERE m.workspace_id = ${id} AND (s.whole OR m.principal_id IN (SELECT key FROM change WHERE kind = 'member'))) AS members,
         (SELECT json_agg(json_build_object('name', r.name, 'actions', r.actions)) FROM policy_role r
           WHERE r.workspace_id = ${id} AND (s.whole OR r.name IN (SELECT key FROM change WHERE kind = 'role'))) AS roles,
         (SELECT json_agg(json_build_object('id', g.id, 'name', g.name,
                   'principals', (SELECT json_agg(p.principal_id ORDER BY p.principal_id) FROM policy_group_member p
                                   WHERE p.workspace_id = ${id} AND p.group_id = g.id AND p.principal_id IS NOT NULL),
                   'groups', (SELECT json_agg(i.inner_group_id ORDER BY i.inner_group_id) FROM policy_group_member i
                               WHERE i.workspace_id = ${id} AND i.group_id = g.id AND i.inner_group_id IS NOT NULL)))
            FROM policy_group g
           WHERE g.workspace_id = ${id} AND (s.whole OR g.id IN (SELECT key FROM change WHERE kind = 'group'))) AS groups,
         (SELECT json_agg(p) FROM policy_grant p
           WHERE p.workspace_id = ${id} AND (s.whole OR p.id IN (SELECT key FROM change WHERE kind = 'grant'))) AS grants,
         (SELECT json_agg(json_build_object('id', c.id, 'kind', c.kind, 'status', c.status, 'audience', c.audience,
                                            'connectedBy', c.connected_by) ORDER BY c.created_at, c.id)
            FROM connection c WHERE c.workspace_id = ${id}) AS connections
    FROM state s`;

/** Puts what was read over what is known. Things that changed and are missing from what was read are removed. */
function updated(row: Row, known: Policy): Policy {
  const read = toPolicy(row);
  const gone = (kind: string) => (row.changes ?? []).filter(change => change.kind === kind).map(({ key }) => key);
  const grants = new Map(known.grants.map(grant => [grant.id as string, grant]));
  for (const id of gone('grant')) grants.delete(id);
  for (const grant of read.grants) grants.set(grant.id, grant);
  return {
    revision: row.revision,
    members: over(known.members, gone('member'), read.members),
    roles: over(known.roles, gone('role'), read.roles),
    groups: over(known.groups, gone('group'), read.groups),
    grants: [...grants.values()],
  };
}

function over<K extends string, V>(
  known: ReadonlyMap<K, V>,
  gone: readonly string[],
  read: ReadonlyMap<K, V>,
): ReadonlyMap<K, V> {
  const all = new Map(known);
  for (const key of gone) all.delete(key as K);
  for (const [key, value] of read) all.set(key, value);
  return all;
}
