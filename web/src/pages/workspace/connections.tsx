import { Button, Code, DataList, Group, Paper, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { api, type Connection, type Workspace, workspacePath } from '../../api.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Section } from '../../parts/section.tsx';
import { Time } from '../../parts/time.tsx';
import { ConnectionStatus } from './connection-status.tsx';
import { mayIn } from './membership.ts';

const kinds: Record<Connection['kind'], string> = {
  rest: 'Notion REST API',
  mcp: 'Notion MCP',
  internal: 'Internal integration',
};

/** How the workspace is connected to Notion. */
export function Connections({ workspace }: { readonly workspace: Workspace }) {
  const connections = workspace.connections.filter(connection => connection.status !== 'revoked');
  return (
    <Stack gap="xl">
      <Section
        title="Connections to Notion"
        explanation="Portcullis holds their tokens. Calls through it reach the pages that were shared with them, and no others."
      >
        {connections.length === 0 && <Text>This workspace is not connected. Calls to Notion are refused.</Text>}
        {connections.map(connection => (
          <ConnectionCard key={connection.id} workspace={workspace} connection={connection} />
        ))}
        {mayIn(workspace, 'connect') && (
          <Group>
            <Button
              component="a"
              href={`/auth/notion?workspace=${encodeURIComponent(workspace.id)}`}
              variant={connections.length === 0 ? 'filled' : 'default'}
            >
              Reconnect
            </Button>
            <Text size="sm" c="dimmed">
              Also the way to share other pages: you choose them at Notion.
            </Text>
          </Group>
        )}
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

interface ConnectionCardProps {
  readonly workspace: Workspace;
  readonly connection: Connection;
}

function ConnectionCard({ workspace, connection }: ConnectionCardProps) {
  const queries = useQueryClient();
  const announce = useAnnounce();
  return (
    <Paper withBorder p="md" component="article" aria-label={kinds[connection.kind]}>
      <Group justify="space-between" mb="sm">
        <Group gap="sm">
          <Text fw={600}>{kinds[connection.kind]}</Text>
          <ConnectionStatus status={connection.status} />
        </Group>
        {mayIn(workspace, 'connect') && (
          <Confirm
            label="Disconnect"
            of={kinds[connection.kind]}
            question={`Disconnect ${workspace.name}?`}
            consequence="Calls through this connection are refused at once. Its tokens are revoked at Notion and destroyed here. The log stays."
            run={() => api.delete(workspacePath(workspace.id, 'connections', connection.id))}
            onDone={() => {
              announce('Disconnected');
              void queries.invalidateQueries({ queryKey: ['workspace', workspace.id] });
              void queries.invalidateQueries({ queryKey: ['workspaces'] });
            }}
          />
        )}
      </Group>
      <ConnectionFacts connection={connection} />
    </Paper>
  );
}

function ConnectionFacts({ connection }: { readonly connection: Connection }) {
  return (
    <DataList size="sm">
      {connection.statusReason !== null && (
        <DataList.Item>
          <DataList.ItemLabel>Reason</DataList.ItemLabel>
          <DataList.ItemValue className="hostile">{connection.statusReason}</DataList.ItemValue>
        </DataList.Item>
      )}
      <DataList.Item>
        <DataList.ItemLabel>Used by</DataList.ItemLabel>
        <DataList.ItemValue>
          {connection.audience === 'members' ? 'all members, by role' : 'only who connected it'}
        </DataList.ItemValue>
      </DataList.Item>
      <DataList.Item>
        <DataList.ItemLabel>Connected</DataList.ItemLabel>
        <DataList.ItemValue className="hostile">
          <Time at={connection.authorizedAt} /> by {connection.connectedBy.name}
        </DataList.ItemValue>
      </DataList.Item>
      <DataList.Item>
        <DataList.ItemLabel>Last used</DataList.ItemLabel>
        <DataList.ItemValue>
          <Time at={connection.lastUsedAt} />
        </DataList.ItemValue>
      </DataList.Item>
    </DataList>
  );
}
