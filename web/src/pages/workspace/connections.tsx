import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api, type ConnectionDetails, type ReportedConnection, type Workspace } from '../../api.ts';
import { type LocalOrder, localPage, useListState } from '../../list/list-state.ts';
import { ListTools } from '../../list/list-tools.tsx';
import { Pager } from '../../list/pager.tsx';
import { useMe } from '../../me.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { Section } from '../../parts/section.tsx';
import { ClientSnippets } from './client-snippets.tsx';
import { ConnectionCard } from './connection-card.tsx';
import { connectAddress, kindName } from './connection-kind.ts';
import { mayIn } from './membership.ts';
import { PasteToken } from './paste-token.tsx';
import { isServed, NothingServes } from './serving.tsx';

/** How often a page that is open looks whether its connections still work. */
const lookAgainMs = 30_000;

/** How the workspace is connected to Notion, whether that works, and what to do where it does not. */
export function Connections({ workspace }: { readonly workspace: Workspace }) {
  const mayConnect = mayIn(workspace, 'connect');
  const connections = useQuery({
    queryKey: ['connections', workspace.id],
    queryFn: () =>
      answerOf(api.GET('/api/workspaces/{workspace}/connections', { params: { path: { workspace: workspace.id } } })),
    refetchInterval: lookAgainMs,
  });
  const known = useQuery({
    queryKey: ['capabilities', workspace.id],
    queryFn: () =>
      answerOf(
        api.GET('/api/workspaces/{workspace}/report/capabilities', { params: { path: { workspace: workspace.id } } }),
      ),
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
        title="Use it"
        explanation="Point any client of Notion's API here, with a Portcullis key as its token. Keys are made under “Agents and keys”."
      >
        <ClientSnippets />
        <Text size="sm" c="dimmed">
          Id of this workspace, for programs that ask for it: <Code>{workspace.id}</Code>
        </Text>
      </Section>
    </Stack>
  );
}

/** By consent at Notion. Connecting by Notion MCP comes back with the MCP door: until then it would serve nothing. */
function ConsentAtNotion({ workspace }: { readonly workspace: Workspace }) {
  return (
    <Group>
      <Button component="a" href={connectAddress('rest', workspace.id)} variant="default">
        Reconnect
      </Button>
      <Text size="sm" c="dimmed">
        Also the way to share other pages: you choose them at Notion.
      </Text>
    </Group>
  );
}

interface ConnectionListProps {
  readonly workspace: Workspace;
  readonly connections: readonly ConnectionDetails[];
  readonly reported: readonly ReportedConnection[];
}

const order: LocalOrder<ConnectionDetails> = {
  text: ({ kind, status, connectedByName, notionOwnerName }) =>
    [kindName(kind), status, connectedByName, notionOwnerName].join(' '),
  by: {
    authorizedAt: ({ authorizedAt }) => authorizedAt,
    lastUsedAt: ({ lastUsedAt }) => lastUsedAt ?? '',
    connectedByName: ({ connectedByName }) => connectedByName.toLowerCase(),
    status: ({ status }) => status,
  },
};

/** A few connections need no search. */
const fewConnections = 3;

function ConnectionList({ workspace, connections, reported }: ConnectionListProps) {
  const me = useMe();
  const state = useListState({ sort: 'authorizedAt' });
  const { rows, total } = localPage(connections, state, order);
  const served = isServed(
    connections.map(connection => ({ ...connection, ownerId: connection.connectedBy })),
    me.data?.user.id,
  );
  const many = connections.length > fewConnections;
  return (
    <Stack gap="sm">
      {!served && <NothingServes mayConnect={mayIn(workspace, 'connect')} />}
      {many && (
        <ListTools
          label="Connections"
          state={state}
          sorts={[
            { value: 'authorizedAt', label: 'Time of connecting' },
            { value: 'lastUsedAt', label: 'Last used' },
            { value: 'connectedByName', label: 'Who connected' },
            { value: 'status', label: 'State' },
          ]}
        />
      )}
      {rows.map(connection => (
        <ConnectionCard
          key={connection.id}
          workspace={workspace}
          connection={connection}
          reported={reported.find(({ id }) => id === connection.id) ?? null}
        />
      ))}
      {many && <Pager label="Connections" state={state} total={total} />}
    </Stack>
  );
}
