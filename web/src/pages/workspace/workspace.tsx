import { Group, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import { useNavigate, useParams } from 'react-router-dom';
import type { Action } from '../../../../src/domain/action.ts';
import { ApiError, answerOf, api, type Workspace } from '../../api.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { WorkspaceIcon } from '../../parts/workspace-icon.tsx';
import { NotFound } from '../not-found.tsx';
import { Access } from './access.tsx';
import { Agents } from './agents.tsx';
import { Audit } from './audit.tsx';
import { Connections } from './connections.tsx';
import { Members } from './members.tsx';
import { mayIn } from './membership.ts';
import { Permissions } from './permissions/permissions.tsx';
import { Reviews } from './reviews/reviews.tsx';
import { Sinks } from './sinks/sinks.tsx';
import { Webhooks } from './webhooks.tsx';

interface Tab {
  readonly value: string;
  readonly label: string;
  /** The actions that the page needs to show anything. */
  readonly needs: readonly Action[];
  readonly Page: ComponentType<{ readonly workspace: Workspace }>;
}

const tabs: readonly Tab[] = [
  { value: 'overview', label: 'Overview', needs: [], Page: Connections },
  { value: 'members', label: 'Members', needs: ['people.read'], Page: Members },
  { value: 'agents', label: 'Agents and keys', needs: [], Page: Agents },
  { value: 'permissions', label: 'Permissions', needs: ['grants'], Page: Permissions },
  { value: 'reviews', label: 'Reviews', needs: ['grants'], Page: Reviews },
  { value: 'access', label: 'Access at Notion', needs: ['connect', 'read'], Page: Access },
  { value: 'webhooks', label: 'Webhooks', needs: ['connect'], Page: Webhooks },
  { value: 'sinks', label: 'Sinks', needs: ['manage', 'audit'], Page: Sinks },
  { value: 'audit', label: 'Audit log', needs: ['audit'], Page: Audit },
];

export function WorkspacePage() {
  const { workspaceId = '', tab = 'overview' } = useParams();
  const isTab = tabs.some(({ value }) => value === tab);
  const workspace = useQuery({
    queryKey: ['workspace', workspaceId],
    queryFn: () => answerOf(api.GET('/api/workspaces/{workspace}', { params: { path: { workspace: workspaceId } } })),
  });
  if (!isTab) return <NotFound />;
  if (workspace.error instanceof ApiError && workspace.error.status === 404) return <NotFound />;
  return <Loaded query={workspace}>{data => <WorkspaceTabs key={data.id} workspace={data} tab={tab} />}</Loaded>;
}

function WorkspaceTabs({ workspace, tab }: { readonly workspace: Workspace; readonly tab: string }) {
  const navigate = useNavigate();
  // What a reader may not do is refused by the server; here it is only not offered.
  const offered = tabs.filter(({ needs }) => needs.every(action => mayIn(workspace, action)));
  const current = offered.find(({ value }) => value === tab) ?? tabs[0];
  return (
    <Stack gap="lg">
      <Group wrap="nowrap">
        <WorkspaceIcon workspace={workspace} />
        <Stack gap={0} miw={0}>
          <PageTitle text={workspace.name} />
          <Text size="sm" c="dimmed">
            Your role: {workspace.role}
          </Text>
        </Stack>
      </Group>
      <Tabs
        value={current?.value ?? null}
        onChange={value => void navigate(`/workspaces/${encodeURIComponent(workspace.id)}/${value ?? ''}`)}
        keepMounted={false}
      >
        <Tabs.List aria-label="Parts of the workspace" mb="lg">
          {offered.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {offered.map(({ value, Page }) => (
          <Tabs.Panel key={value} value={value}>
            <Page workspace={workspace} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}
