import { sql } from 'kysely';
import type { WorkspaceId } from '../domain/ids.ts';
import type { LoadedWorkspace, SnapshotConnection, WorkspaceSnapshots } from '../resolve/snapshot.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

interface Row {
  policy_revision: number;
  roles: Record<string, string> | null;
  connections: SnapshotConnection[] | null;
}

/** Snapshots in one statement, hence from one moment: the revision belongs to the roles and connections beside it. */
export function createWorkspaceSnapshots({ system }: Pick<Database<Schema>, 'system'>): WorkspaceSnapshots {
  return {
    async load(id) {
      const { rows } = await query(id).execute(system);
      const row = rows[0];
      return row === undefined ? null : toSnapshot(id, row);
    },
  };
}

const query = (id: WorkspaceId) => sql<Row>`
  SELECT w.policy_revision,
         (SELECT json_object_agg(m.principal_id, m.role) FROM membership m WHERE m.workspace_id = w.id) AS roles,
         (SELECT json_agg(json_build_object('id', c.id, 'kind', c.kind, 'status', c.status, 'audience', c.audience,
                                            'connectedBy', c.connected_by) ORDER BY c.created_at, c.id)
            FROM connection c WHERE c.workspace_id = w.id) AS connections
    FROM workspace w WHERE w.id = ${id}`;

function toSnapshot(id: WorkspaceId, row: Row): LoadedWorkspace {
  const members = new Map(Object.entries(row.roles ?? {})) as LoadedWorkspace['policy']['members'];
  return {
    id,
    policy: { revision: row.policy_revision, members, roles: new Map(), groups: new Map(), grants: [] },
    connections: row.connections ?? [],
  };
}
