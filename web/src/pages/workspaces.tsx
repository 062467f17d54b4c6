import { Anchor, Button, EmptyState, Group, Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router-dom';
import { answerOf, api, type Workspace } from '../api.ts';
import { Icon } from '../icons.tsx';
import { type LocalOrder, localPage, useListState } from '../list/list-state.ts';
import { ListTools } from '../list/list-tools.tsx';
import { Pager } from '../list/pager.tsx';
import { useMe } from '../me.ts';
import { Loaded } from '../parts/loaded.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { deploymentLogPath } from './deployment/deployment-log.tsx';
import { PasteWorkspace } from './paste-workspace.tsx';
import { deploymentWebhooksPath } from './webhooks/deployment-webhooks.tsx';
import { connectAddress } from './workspace/connection-kind.ts';
import { WorkspaceCard } from './workspace-card.tsx';

/** The workspaces of the reader, and the way to connect another one. */
export function Workspaces() {
  const me = useMe();
  const workspaces = useQuery({
    queryKey: ['workspaces'],
    queryFn: () => answerOf(api.GET('/api/workspaces')),
  });
  const mayConnect = me.data?.user.deploymentRights.includes('connect') ?? false;
  const connect = mayConnect && (
    <Button component="a" href={connectAddress('rest', null)}>
      Connect a workspace
    </Button>
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
            <WorkspaceList workspaces={data.workspaces} />
          )
        }
      </Loaded>
      {mayConnect && <PasteWorkspace />}
      <DeploymentLinks rights={me.data?.user.deploymentRights ?? []} />
    </Stack>
  );
}

const order: LocalOrder<Workspace> = {
  text: ({ name, role }) => `${name} ${role}`,
  by: { name: ({ name }) => name.toLowerCase(), role: ({ role }) => role },
};

/** A few workspaces need no search. */
const fewWorkspaces = 3;

function WorkspaceList({ workspaces }: { readonly workspaces: readonly Workspace[] }) {
  const state = useListState({ sort: 'name' });
  const { rows, total } = localPage(workspaces, state, order);
  return (
    <Stack gap="sm">
      {workspaces.length > fewWorkspaces && (
        <ListTools
          label="Workspaces"
          state={state}
          sorts={[
            { value: 'name', label: 'Name' },
            { value: 'role', label: 'Your role' },
          ]}
        />
      )}
      <SimpleGrid cols={{ base: 1, sm: 2 }} component="ul" p={0} m={0} className="plain-list">
        {rows.map(workspace => (
          <WorkspaceCard key={workspace.id} workspace={workspace} />
        ))}
      </SimpleGrid>
      {rows.length === 0 && <Text size="sm">Nothing matches.</Text>}
      {workspaces.length > fewWorkspaces && <Pager label="Workspaces" state={state} total={total} />}
    </Stack>
  );
}

/** The pages above all workspaces, for people with the right to them. */
function DeploymentLinks({ rights }: { readonly rights: readonly string[] }) {
  return (
    <Stack gap={4}>
      {rights.includes('connect') && (
        <Text size="sm">
          <Anchor component={Link} to={deploymentWebhooksPath} inherit>
            Webhooks of all workspaces
          </Anchor>
          : where Notion tells what moved, was deleted or came back in any of them.
        </Text>
      )}
      {rights.includes('audit') && (
        <Text size="sm">
          <Anchor component={Link} to={deploymentLogPath} inherit>
            Log of the deployment
          </Anchor>
          : sign-ins, refused keys, and unknown callers.
        </Text>
      )}
    </Stack>
  );
}
