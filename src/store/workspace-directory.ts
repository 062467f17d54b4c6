import type { Kysely } from 'kysely';
import type { WorkspaceConnection, WorkspaceDirectory } from '../accounts/workspace-directory.ts';
import { type Action, actions } from '../domain/action.ts';
import type { PrincipalId, WorkspaceId } from '../domain/ids.ts';
import { actionsAnywhere, actionsHeld, type CompilePolicy } from '../domain/rights.ts';
import { policiesOf } from './policy-of.ts';
import type { Schema } from './schema.ts';

/** Reads as `portcullis_system`, across workspaces; the condition on the membership is what keeps to the principal's own. */
export function createWorkspaceDirectory(system: Kysely<Schema>, compile: CompilePolicy): WorkspaceDirectory {
  return {
    async of(asker, among) {
      const { principal } = asker;
      if (among?.length === 0) return [];
      const own = system
        .selectFrom('membership')
        .innerJoin('workspace', 'workspace.id', 'membership.workspace_id')
        .where('membership.principal_id', '=', principal)
        .select([
          'workspace.id',
          'workspace.notion_workspace_id',
          'workspace.name',
          'workspace.icon',
          'membership.role',
        ])
        .orderBy('workspace.name')
        .orderBy('workspace.id');
      const rows = await (among === undefined ? own : own.where('workspace.id', 'in', among)).execute();
      const ids = rows.map(row => row.id);
      const [connections, policies] = await Promise.all([
        connectionsOf(system, ids),
        policiesOf(system, ids, [principal]),
      ]);
      return rows.map(row => {
        const policy = policies.get(row.id);
        const compiled = policy && compile(policy);
        const held = compiled === undefined ? nothing : actionsHeld(compiled, asker);
        const anywhere = compiled === undefined ? nothing : actionsAnywhere(compiled, asker);
        return {
          id: row.id,
          notionWorkspaceId: row.notion_workspace_id,
          name: row.name,
          icon: row.icon,
          role: row.role,
          actions: actions.filter(action => held.has(action)),
          connections: connections
            .filter(inWorkspace(row.id))
            .filter(visibleTo(principal, held, anywhere))
            .map(({ summary }) => summary),
        };
      });
    },
  };
}

const nothing: ReadonlySet<Action> = new Set();

interface Found {
  readonly workspaceId: WorkspaceId;
  readonly summary: WorkspaceConnection;
}

const inWorkspace = (id: WorkspaceId) => (found: Found) => found.workspaceId === id;

/** A connection for its owner alone is shown to the owner and to those who manage connections, and to no one else. */
const visibleTo = (principal: PrincipalId, held: ReadonlySet<Action>, anywhere: ReadonlySet<Action>) => {
  const all = held.has('connect');
  const own = ({ audience, connectedBy }: WorkspaceConnection) =>
    audience === 'members' || connectedBy.id === principal;
  return ({ summary }: Found) => all || (anywhere.has('read') && own(summary));
};

async function connectionsOf(system: Kysely<Schema>, workspaces: readonly WorkspaceId[]): Promise<Found[]> {
  if (workspaces.length === 0) return [];
  const rows = await system
    .selectFrom('connection')
    .innerJoin('user_account', 'user_account.id', 'connection.connected_by')
    .where('connection.workspace_id', 'in', workspaces)
    .where('connection.status', '<>', 'revoked')
    .select([
      'connection.id',
      'connection.workspace_id',
      'connection.kind',
      'connection.status',
      'connection.status_reason',
      'connection.audience',
      'connection.authorized_at',
      'connection.last_used_at',
      'user_account.id as user_id',
      'user_account.name as user_name',
    ])
    .orderBy('connection.created_at')
    .execute();
  return rows.map(row => ({
    workspaceId: row.workspace_id,
    summary: {
      id: row.id,
      kind: row.kind,
      status: row.status,
      statusReason: row.status_reason,
      audience: row.audience,
      connectedBy: { id: row.user_id, name: row.user_name },
      authorizedAt: row.authorized_at,
      lastUsedAt: row.last_used_at,
    },
  }));
}
