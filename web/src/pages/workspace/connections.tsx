import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, type ConnectionDetails, type ReportedConnection, type Workspace, workspacePath } from '../../api.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { Section } from '../../parts/section.tsx';
import { ConnectionCard } from './connection-card.tsx';
import { connectAddress } from './connection-kind.ts';
import { mayIn } from './membership.ts';
import { PasteToken } from './paste-token.tsx';

/** How often a page that is open looks whether its connections still work. */
const lookAgainMs = 30_000;

/** How the workspace is connected to Notion, whether that works, and what to do where it does not. */
export function Connections({ workspace }: { readonly workspace: Workspace }) {
  const mayConnect = mayIn(workspace, 'connect');
  const connections = useQuery({
    queryKey: ['connections', workspace.id],
    queryFn: () => api.get<{ connections: ConnectionDetails[] }>(workspacePath(workspace.id, 'connections')),
    refetchInterval: lookAgainMs,
  });
  const known = useQuery({
    queryKey: ['capabilities', workspace.id],
    queryFn: () =>
      api.get<{ connections: ReportedConnection[] }>(workspacePath(workspace.id, 'report', 'capabilities')),
    enabled: mayConnect,
  });
  return (
    <Stack gap="xl">
      <Section
        title="Connections to Notion"
        explanation="Portcullis holds their tokens. A call reaches what the connection that serves it can see at Notion, and nothing else."
      >
        <Loaded query={connections}>
          {data => (
            <ConnectionList
              workspace={workspace}
              connections={data.connections.filter(({ status }) => status !== 'revoked')}
              reported={known.data?.connections ?? []}
            />
          )}
        </Loaded>
        {mayConnect && <ConsentAtNotion workspace={workspace} />}
        {mayConnect && <PasteToken workspace={workspace} />}
      </Section>
      <Section
        title="Addresses for clients"
        explanation="Point any Notion client here, with a Portcullis key as its token."
      >
        <Code block className="secret">
          {`baseUrl: ${location.origin}\nworkspace: ${workspace.id}`}
        </Code>
      </Section>
    </Stack>
  );
}

/** The two ways of consent. The second makes a connection that reaches what its owner reaches. */
function ConsentAtNotion({ workspace }: { readonly workspace: Workspace }) {
  return (
    <>
      <Group>
        <Button component="a" href={connectAddress('rest', workspace.id)} variant="default">
          Reconnect
        </Button>
        <Text size="sm" c="dimmed">
          Also the way to share other pages: you choose them at Notion.
        </Text>
      </Group>
      <Group>
        <Button component="a" href={connectAddress('mcp', workspace.id)} variant="default">
          Connect by Notion MCP
        </Button>
        <Text size="sm" c="dimmed">
          Reaches every page that you can see, and so serves you alone. For MCP clients, not for the REST API.
        </Text>
      </Group>
    </>
  );
}

interface ConnectionListProps {
  readonly workspace: Workspace;
  readonly connections: readonly ConnectionDetails[];
  readonly reported: readonly ReportedConnection[];
}

function ConnectionList({ workspace, connections, reported }: ConnectionListProps) {
  if (connections.length === 0) return <Text>This workspace is not connected. Calls to Notion are refused.</Text>;
  return connections.map(connection => (
    <ConnectionCard
      key={connection.id}
      workspace={workspace}
      connection={connection}
      reported={reported.find(({ id }) => id === connection.id) ?? null}
    />
  ));
}
