import { Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router-dom';
import type { Connection, Workspace } from '../api.ts';
import { useMe } from '../me.ts';
import { Mark } from '../parts/mark.tsx';
import { WorkspaceIcon } from '../parts/workspace-icon.tsx';
import { kindName } from './workspace/connection-kind.ts';
import { ConnectionStatus } from './workspace/connection-status.tsx';
import { isServed } from './workspace/serving.tsx';

/** A workspace at a glance: each connection in its own state, and whether any of them serves the reader's calls. */
export function WorkspaceCard({ workspace }: { readonly workspace: Workspace }) {
  const me = useMe();
  const connections = workspace.connections.filter(({ status }) => status !== 'revoked');
  const served = isServed(
    connections.map(connection => ({ ...connection, ownerId: connection.connectedBy.id })),
    me.data?.user.id,
  );
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
          {connections.map(connection => (
            <ConnectionLine key={connection.id} connection={connection} />
          ))}
          {!served && <Mark label="Your calls to Notion are refused" icon="warning" tone="bad" strong />}
        </Stack>
      </Group>
    </Paper>
  );
}

function ConnectionLine({ connection }: { readonly connection: Connection }) {
  const { kind, audience, connectedBy } = connection;
  return (
    <Group gap="xs">
      <Text size="sm" className="hostile">
        {kindName(kind)}
        {audience === 'owner' && `, for ${connectedBy.name} alone`}
      </Text>
      <ConnectionStatus {...connection} />
    </Group>
  );
}
