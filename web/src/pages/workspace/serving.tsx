import { Alert, Text } from '@mantine/core';
import type { ConnectionStatus as Status } from '../../../../src/domain/connection.ts';
import { isServing } from '../../../../src/domain/connection-states.ts';
import type { Connection } from '../../api.ts';
import { Icon } from '../../icons.tsx';

/** What decides whether a connection serves a caller's calls to Notion's REST API. */
export interface Served {
  readonly kind: Connection['kind'];
  readonly status: string;
  readonly audience: Connection['audience'];
  /** Id of the person whom a connection for one person serves. */
  readonly ownerId: string;
}

/** Whether any of these serves this reader's calls. Connections by Notion MCP serve none: their door is not built yet. */
export function isServed(connections: readonly Served[], readerId: string | undefined): boolean {
  return connections.some(
    ({ kind, status, audience, ownerId }) =>
      kind !== 'mcp' && isServing(status as Status) && (audience === 'members' || ownerId === readerId),
  );
}

/** Shown if no connection serves: calls fail, even if others are connected. */
export function NothingServes({ mayConnect }: { readonly mayConnect: boolean }) {
  return (
    <Alert color="red" variant="outline" icon={<Icon name="warning" />} title="Your calls to Notion are refused">
      <Text size="sm">
        No connection of this workspace serves them, so each gets status 503.{' '}
        {mayConnect ? 'Connect or reconnect one below.' : 'Ask an admin of the workspace to connect it.'}
      </Text>
    </Alert>
  );
}
