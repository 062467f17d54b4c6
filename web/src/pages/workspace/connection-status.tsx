import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { appRefusalIn } from '../../../../src/domain/app-refusal.ts';
import type { Connection, ConnectionDetails } from '../../api.ts';
import { Icon } from '../../icons.tsx';
import { Mark, type MarkProps } from '../../parts/mark.tsx';

interface State {
  readonly mark: MarkProps;
  /** What it means, and what to do about it; null if there is nothing to say. */
  readonly help: string | null;
  /** Whether connecting again is what helps. */
  readonly reconnect?: boolean;
}

const unknown: State = { mark: { label: 'Unknown', icon: 'warning', tone: 'quiet' }, help: null };
const connected: State = { mark: { label: 'Connected', icon: 'allowed', tone: 'good' }, help: null };

/** The states of a connection (a Map: a state named `constructor` must find nothing). */
const states: ReadonlyMap<string, State> = new Map<string, State>([
  ['active', connected],
  ['refreshing', connected],
  ['pending', { mark: { label: 'Not confirmed', icon: 'warning', tone: 'attention' }, help: null }],
  [
    'suspect',
    {
      mark: { label: 'Being checked', icon: 'warning', tone: 'attention' },
      help: 'It is not known how its last refresh ended. Portcullis waits for an answer that may still come, and then tries again. There is nothing to do.',
    },
  ],
  [
    'needs_reauth',
    {
      mark: { label: 'Reconnect needed', icon: 'warning', tone: 'bad' },
      help: 'Notion no longer accepts its tokens: a person removed the connection there, or its consent ended. Reconnect, and choose the same workspace at Notion.',
      reconnect: true,
    },
  ],
  [
    'needs_reregister',
    {
      mark: { label: 'Reconnect needed', icon: 'warning', tone: 'bad' },
      help: 'Notion no longer knows Portcullis as the client that it was connected by. Reconnect: Portcullis registers anew on the way.',
      reconnect: true,
    },
  ],
  [
    'undecryptable',
    {
      mark: { label: 'Token cannot be opened', icon: 'warning', tone: 'bad' },
      help: 'Its stored token cannot be opened: it was changed, or the key that it is sealed under is gone. If an operator can bring the key back, the connection works again (portcullis doctor says which key). If not, reconnect.',
      reconnect: true,
    },
  ],
  [
    'revoking',
    {
      mark: { label: 'Disconnecting', icon: 'denied', tone: 'quiet' },
      help: 'Calls are refused already. Its tokens are being revoked at Notion, and are destroyed when that is done.',
    },
  ],
  ['revoked', { mark: { label: 'Not connected', icon: 'denied', tone: 'quiet' }, help: null }],
]);

/**
 * It serves calls for as long as its token lives; neither a person at Notion nor one in the workspace can repair this.
 */
const refused: State = {
  mark: { label: 'Cannot be renewed', icon: 'warning', tone: 'bad' },
  help: 'Notion refuses the client id or secret that this Portcullis is set up with. Calls fail once the token ends. Its operator must correct them (portcullis doctor says more); there is nothing to reconnect.',
};

function stateOf({ status, statusReason }: Pick<Connection, 'status' | 'statusReason'>): State {
  const state = states.get(status) ?? unknown;
  return state === connected && appRefusalIn(statusReason) !== null ? refused : state;
}

/** The state of one connection. A connection by Notion MCP works, but serves no calls yet: so it gets no green mark. */
export function ConnectionStatus({ kind, ...connection }: Pick<Connection, 'status' | 'statusReason' | 'kind'>) {
  const { mark } = stateOf(connection);
  return <Mark {...(kind === 'mcp' && mark === connected.mark ? unused : mark)} />;
}

const unused: MarkProps = { label: 'Connected, not used yet', icon: 'allowed', tone: 'quiet' };

interface ConnectionHelpProps {
  readonly connection: ConnectionDetails;
  /** The address for connecting again; null for a reader who cannot. */
  readonly reconnectAt: string | null;
}

/** What is wrong with a connection, and what to do. Shows nothing if nothing is wrong. */
export function ConnectionHelp({ connection, reconnectAt }: ConnectionHelpProps) {
  const { help, mark, reconnect } = stateOf(connection);
  if (help === null) return null;
  return (
    <Alert
      variant="outline"
      color={mark.tone === 'bad' ? 'red' : 'gray'}
      icon={<Icon name={mark.icon} />}
      title={mark.label}
      mb="sm"
    >
      <Stack gap="xs">
        <Text size="sm">{help}</Text>
        {connection.statusReason !== null && (
          <Text size="sm" c="dimmed" className="hostile">
            Reason: {connection.statusReason}
          </Text>
        )}
        {reconnect && <WayOut connection={connection} reconnectAt={reconnectAt} />}
      </Stack>
    </Alert>
  );
}

function WayOut({ connection: { kind, audience, connectedByName }, reconnectAt }: ConnectionHelpProps) {
  if (reconnectAt === null) {
    return (
      <Text size="sm" className="hostile">
        {audience === 'owner' ? `Only ${connectedByName} can do that.` : 'Ask an admin of the workspace.'}
      </Text>
    );
  }
  if (kind === 'internal') return <Text size="sm">Paste the token of the integration below.</Text>;
  return (
    <Group>
      <Button size="xs" component="a" href={reconnectAt}>
        Reconnect now
      </Button>
    </Group>
  );
}
