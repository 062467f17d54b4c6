import { DataList, Group, Paper, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { answerOf, api, type ConnectionDetails, type ReportedConnection, type Workspace } from '../../api.ts';
import { useMe } from '../../me.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Fact } from '../../parts/fact.tsx';
import { Time } from '../../parts/time.tsx';
import { AccessFindings } from './access-findings.tsx';
import { connectAddress, kindName } from './connection-kind.ts';
import { ConnectionHelp, ConnectionStatus } from './connection-status.tsx';
import { mayIn } from './membership.ts';

interface ConnectionCardProps {
  readonly workspace: Workspace;
  readonly connection: ConnectionDetails;
  /** The knowledge about its capabilities; null for a reader who does not manage connections. */
  readonly reported: ReportedConnection | null;
}

/** One connection: its state and what to do about it, the facts, and whether it can do more or less than is needed. */
export function ConnectionCard({ workspace, connection, reported }: ConnectionCardProps) {
  const me = useMe();
  const mayConnect = mayIn(workspace, 'connect');
  const mine = connection.audience === 'members' || connection.connectedBy === me.data?.user.id;
  return (
    <Paper withBorder p="md" component="article" aria-label={kindName(connection.kind)}>
      <Group justify="space-between" mb="sm">
        <Group gap="sm">
          <Text fw={600}>{kindName(connection.kind)}</Text>
          <ConnectionStatus {...connection} />
        </Group>
        {mayConnect && <Disconnect workspace={workspace} connection={connection} />}
      </Group>
      <ConnectionHelp
        connection={connection}
        reconnectAt={mayConnect && mine ? connectAddress(connection.kind, workspace.id) : null}
      />
      <ConnectionFacts connection={connection} />
      {reported !== null && <AccessFindings workspace={workspace} reported={reported} />}
    </Paper>
  );
}

function Disconnect({ workspace, connection }: Pick<ConnectionCardProps, 'workspace' | 'connection'>) {
  const queries = useQueryClient();
  const announce = useAnnounce();
  if (connection.status === 'revoking') return null;
  return (
    <Confirm
      label="Disconnect"
      of={kindName(connection.kind)}
      question={`Disconnect ${workspace.name}?`}
      consequence="Calls through this connection are refused at once. Its tokens are revoked at Notion and destroyed here. The log stays."
      run={() =>
        answerOf(
          api.DELETE('/api/workspaces/{workspace}/connections/{connection}', {
            params: { path: { workspace: workspace.id, connection: connection.id } },
          }),
        )
      }
      onDone={() => {
        announce('Disconnected');
        for (const list of ['connections', 'capabilities', 'workspace']) {
          void queries.invalidateQueries({ queryKey: [list, workspace.id] });
        }
        void queries.invalidateQueries({ queryKey: ['workspaces'] });
      }}
    />
  );
}

function ConnectionFacts({ connection }: { readonly connection: ConnectionDetails }) {
  const { audience, kind, connectedByName, notionOwnerName } = connection;
  return (
    <DataList size="sm">
      <Fact label="Used by">{audience === 'members' ? 'all members, by role' : `${connectedByName} alone`}</Fact>
      <Fact label="Connected">
        <Time at={connection.authorizedAt} /> by {connectedByName}
        {notionOwnerName !== null && `, at Notion as ${notionOwnerName}`}
      </Fact>
      <Fact label="Last used">
        <Time at={connection.lastUsedAt} />
      </Fact>
      {kind !== 'internal' && (
        <>
          <Fact label="Refreshed">
            <Time at={connection.refreshedAt} never="not since it was connected" />
          </Fact>
          <Fact label="Token ends">
            <TokenEnd at={connection.accessExpiresAt} />
          </Fact>
        </>
      )}
    </DataList>
  );
}

/** The end of a token stops no calls: Portcullis exchanges it for a new one. */
function TokenEnd({ at }: { readonly at: string | null }) {
  if (at === null) return 'Notion does not say';
  return (
    <>
      <Time at={at} />, then it is refreshed by itself
    </>
  );
}
