import { Anchor, Button, EmptyState, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router-dom';
import { api, type Workspace } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useMe } from '../me.ts';
import { Loaded } from '../parts/loaded.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { WorkspaceIcon } from '../parts/workspace-icon.tsx';
import { PasteWorkspace } from './paste-workspace.tsx';
import { deploymentWebhooksPath } from './webhooks/deployment-webhooks.tsx';
import { connectAddress } from './workspace/connection-kind.ts';
import { ConnectionStatus } from './workspace/connection-status.tsx';

/** The workspaces of the reader, and the way to connect another one. */
export function Workspaces() {
  const me = useMe();
  const workspaces = useQuery({
    queryKey: ['workspaces'],
    queryFn: () => api.get<{ workspaces: Workspace[] }>('/workspaces'),
  });
  const mayConnect = me.data?.user.deploymentRights.includes('connect') ?? false;
  const connect = mayConnect && (
    <Group>
      <Button component="a" href={connectAddress('mcp', null)} variant="default">
        Connect by Notion MCP
      </Button>
      <Button component="a" href={connectAddress('rest', null)}>
        Connect a workspace
      </Button>
    </Group>
  );
  return (
    <Stack>
      <Group justify="space-between">
        <PageTitle text="Workspaces" />
        {connect}
      </Group>
      <Loaded query={workspaces}>
        {data =>
          data.workspaces.length === 0 ? (
            <Paper withBorder p="xl">
              <EmptyState
                icon={<Icon name="gate" size={40} />}
                title="No workspaces yet"
                description={
                  mayConnect
                    ? 'Connect a Notion workspace: you choose its pages at Notion, and become its admin here.'
                    : 'Ask an admin of a workspace to add you as a member.'
                }
              />
            </Paper>
          ) : (
            <SimpleGrid cols={{ base: 1, sm: 2 }} component="ul" p={0} m={0} className="plain-list">
              {data.workspaces.map(workspace => (
                <WorkspaceCard key={workspace.id} workspace={workspace} />
              ))}
            </SimpleGrid>
          )
        }
      </Loaded>
      {mayConnect && (
        <>
          <PasteWorkspace />
          <Text size="sm">
            <Anchor component={Link} to={deploymentWebhooksPath} inherit>
              Webhooks of all workspaces
            </Anchor>
            : where Notion tells what moved, was deleted or came back in any of them.
          </Text>
        </>
      )}
    </Stack>
  );
}

function WorkspaceCard({ workspace }: { readonly workspace: Workspace }) {
  const connections = workspace.connections.filter(connection => connection.status !== 'revoked');
  return (
    <Paper component="li" withBorder p="md" shadow="xs">
      <Group wrap="nowrap" align="flex-start">
        <WorkspaceIcon workspace={workspace} />
        <Stack gap={6} miw={0}>
          <Title order={2} size="h4" className="hostile">
            <Anchor component={Link} to={`/workspaces/${encodeURIComponent(workspace.id)}`} inherit>
              {workspace.name}
            </Anchor>
          </Title>
          <Text size="sm" c="dimmed">
            You are {workspace.role === 'admin' || workspace.role === 'editor' ? 'an' : 'a'} {workspace.role}.
          </Text>
          <Group gap="xs">
            {connections.map(connection => (
              <ConnectionStatus key={connection.id} status={connection.status} />
            ))}
            {connections.length === 0 && <ConnectionStatus status="revoked" />}
          </Group>
        </Stack>
      </Group>
    </Paper>
  );
}
