import { isServing } from '../domain/connection-states.ts';
import type { ChosenConnection, Facts } from '../domain/facts.ts';
import type { Principal } from '../domain/principal.ts';
import type { SnapshotConnection } from './snapshot.ts';

type Choice = Pick<Facts, 'connection' | 'connectionTrouble'>;

/**
 * Chooses the connection that serves a call over Notion's REST API or, with `hosted`, a call of a tool of its MCP
 * server (rule 2). Each connection has an audience: the workspace's members, or only the member who connected it. The
 * caller's own connection comes first; otherwise the oldest, so that the choice is stable. There is no second choice:
 * after 403 or 404 the call does not go to another connection.
 */
export function chooseConnection(
  connections: readonly SnapshotConnection[],
  principal: Principal,
  { hosted = false }: { readonly hosted?: boolean } = {},
): Choice {
  const open = connections.filter(({ kind }) => (kind === 'mcp') === hosted).filter(one => mayUse(one, principal));
  const working = open.filter(connection => isServing(connection.status));
  const own = working.find(connection => connection.audience === 'owner');
  const chosen = own ?? working[0];
  if (chosen === undefined) return { connection: null, connectionTrouble: troubleOf(open) };
  return { connection: { id: chosen.id, because: reason(working.length, own !== undefined) }, connectionTrouble: null };
}

function mayUse(connection: SnapshotConnection, principal: Principal): boolean {
  return connection.audience === 'members' || (principal.kind === 'user' && principal.id === connection.connectedBy);
}

function reason(candidates: number, own: boolean): ChosenConnection['because'] {
  if (candidates === 1) return 'only_one';
  return own ? 'own' : 'shared';
}

function troubleOf(connections: readonly SnapshotConnection[]): Facts['connectionTrouble'] {
  for (const status of ['undecryptable', 'needs_reauth', 'pending', 'revoked'] as const) {
    if (connections.some(connection => connection.status === status)) return status;
  }
  return connections.length === 0 ? 'none' : 'needs_reauth';
}
