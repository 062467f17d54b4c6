import { Checkbox, Stack, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type Key, type NewKey, type Workspace } from '../../api.ts';
import { List } from '../../list/list.tsx';
import { useListQuery, useListState } from '../../list/list-state.ts';
import type { Column } from '../../list/list-table.tsx';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Mark } from '../../parts/mark.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Section } from '../../parts/section.tsx';
import { Time } from '../../parts/time.tsx';
import { CreateKey } from './create-key.tsx';
import { KeyInstructions } from './key-instructions.tsx';
import { useMembershipChanged } from './membership.ts';

export function Keys({ workspace }: { readonly workspace: Workspace }) {
  const [created, setCreated] = useState<NewKey | null>(null);
  return (
    <>
      {created && (
        <KeyInstructions key={created.key.id} workspace={workspace} created={created} onDone={() => setCreated(null)} />
      )}
      <Section
        title="API keys"
        explanation="A key acts as its person or agent, in this workspace only, and never does more than they may."
      >
        <CreateKey workspace={workspace} onCreated={setCreated} />
        <KeyList workspace={workspace} />
      </Section>
    </>
  );
}

function KeyList({ workspace }: { readonly workspace: Workspace }) {
  const [all, setAll] = useState(false);
  const state = useListState({ sort: 'created', descending: true });
  const ended: 'include' | 'leave_out' = all ? 'include' : 'leave_out';
  const query = { ...useListQuery(state, ['created', 'name', 'expires', 'used']), ended };
  const keys = useQuery({
    queryKey: ['keys', workspace.id, query],
    queryFn: () =>
      answerOf(api.GET('/api/workspaces/{workspace}/keys', { params: { path: { workspace: workspace.id }, query } })),
    placeholderData: keepPreviousData,
  });
  return (
    <Stack gap="sm">
      {keys.isError && <Problem error={keys.error} onRetry={() => void keys.refetch()} />}
      <List
        label="API keys"
        state={state}
        rows={keys.data?.keys ?? []}
        total={keys.data?.total ?? 0}
        columns={[...facts, actions(workspace)]}
        busy={keys.isPending}
        empty="There are no working keys."
        keyOf={key => key.id}
        tools={
          <Checkbox
            label="Also revoked and expired ones"
            pb={8}
            checked={all}
            onChange={event => {
              setAll(event.currentTarget.checked);
              state.setPage(0);
            }}
          />
        }
      />
    </Stack>
  );
}

const facts: readonly Column<Key>[] = [
  { key: 'name', label: 'Key', sortable: true, cell: key => <Identity apiKey={key} /> },
  { key: 'principal', label: 'Acts as', sortable: true, from: 'sm', cell: ({ principalName }) => principalName },
  { key: 'created', label: 'Made', sortable: true, from: 'md', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { key: 'expires', label: 'Expires', sortable: true, from: 'sm', cell: ({ expiresAt }) => <Time at={expiresAt} /> },
  { key: 'used', label: 'Last used', sortable: true, from: 'xs', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
];

function actions(workspace: Workspace): Column<Key> {
  return {
    key: 'actions',
    label: 'Actions',
    actions: true,
    width: 110,
    cell: key => <EndOrEnded workspace={workspace} apiKey={key} />,
  };
}

function Identity({ apiKey }: { readonly apiKey: Key }) {
  const may = apiKey.ceiling === null ? 'everything that the role allows' : `only ${apiKey.ceiling.join(', ')}`;
  return (
    <Stack gap={0} className="hostile">
      <Text size="sm" fw={500}>
        {apiKey.name} <Text span size="xs" ff="monospace" c="dimmed">{`pcl_…${apiKey.ending}`}</Text>
      </Text>
      <Text size="xs" c="dimmed">
        {may}
      </Text>
      <Text size="xs" c="dimmed" hiddenFrom="sm">
        {apiKey.principalName}, expires <Time at={apiKey.expiresAt} />
      </Text>
    </Stack>
  );
}

function hasEnded(key: Key): boolean {
  return key.revokedAt !== null || Date.parse(key.expiresAt) <= Date.now();
}

function EndOrEnded({ workspace, apiKey }: { readonly workspace: Workspace; readonly apiKey: Key }) {
  const announce = useAnnounce();
  const changed = useMembershipChanged(workspace.id);
  if (hasEnded(apiKey)) {
    return <Mark label={apiKey.revokedAt === null ? 'Expired' : 'Revoked'} icon="denied" tone="quiet" />;
  }
  return (
    <Confirm
      label="Revoke"
      of={apiKey.name}
      question={`Revoke ${apiKey.name}?`}
      consequence="Calls with this key are refused at once, for good. Other keys go on working."
      run={() =>
        answerOf(
          api.DELETE('/api/workspaces/{workspace}/keys/{key}', {
            params: { path: { workspace: workspace.id, key: apiKey.id } },
          }),
        )
      }
      onDone={() => {
        announce(`${apiKey.name} revoked`);
        changed();
      }}
    />
  );
}
