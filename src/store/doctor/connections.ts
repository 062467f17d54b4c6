import type { ConnectionKind, ConnectionStatus } from '../../domain/connection.ts';
import type { ConnectionId, WorkspaceId } from '../../domain/ids.ts';
import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';

/** People do not read more than that. */
const checkedMax = 100;

const ended = ['pending', 'revoked'] as const;
/** The states in which only Notion can show that something is wrong. */
const untroubled = ['active', 'refreshing'] as const;

/** A connection with its access token, as `portcullis doctor` looks at it. */
export interface CheckedConnection {
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  readonly workspaceName: string;
  readonly kind: ConnectionKind;
  readonly origin: string;
  readonly status: ConnectionStatus;
  readonly statusReason: string | null;
  readonly generation: number;
  readonly lastUsedAt: Date | null;
  readonly sealed: string | null;
  readonly kid: string | null;
}

export function isUntroubled({ status }: CheckedConnection): boolean {
  return untroubled.some(one => one === status);
}

/** Those that do not work first, then the ones used last. */
export function connectionsToCheck({ system }: Pick<Database<Schema>, 'system'>): Promise<CheckedConnection[]> {
  return system
    .selectFrom('connection')
    .innerJoin('workspace', 'workspace.id', 'connection.workspace_id')
    .leftJoin('connection_secret as secret', join =>
      join
        .onRef('secret.workspace_id', '=', 'connection.workspace_id')
        .onRef('secret.connection_id', '=', 'connection.id')
        .onRef('secret.generation', '=', 'connection.generation')
        .on('secret.field', '=', 'access_token'),
    )
    .select([
      'connection.workspace_id as workspaceId',
      'connection.id as connectionId',
      'workspace.name as workspaceName',
      'connection.kind',
      'connection.origin',
      'connection.status',
      'connection.status_reason as statusReason',
      'connection.generation',
      'connection.last_used_at as lastUsedAt',
      'secret.sealed',
      'secret.kid',
    ])
    .where('connection.status', 'not in', ended)
    .orderBy(({ eb }) => eb('connection.status', 'in', untroubled))
    .orderBy('connection.last_used_at', order => order.desc().nullsLast())
    .orderBy('connection.id')
    .limit(checkedMax)
    .execute();
}

/** All that could be checked. */
export async function countConnections({ system }: Pick<Database<Schema>, 'system'>): Promise<number> {
  const counted = system.selectFrom('connection').where('status', 'not in', ended);
  return (await counted.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow()).count;
}
