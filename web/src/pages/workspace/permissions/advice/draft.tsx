import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, answerOf, api, type DraftFlips, type DraftReport, type Workspace } from '../../../../api.ts';
import { List } from '../../../../list/list.tsx';
import { type LocalOrder, localPage, useListState } from '../../../../list/list-state.ts';
import type { Column } from '../../../../list/list-table.tsx';
import { useAnnounce } from '../../../../parts/announcer.tsx';
import { Confirm } from '../../../../parts/confirm.tsx';
import { Loaded } from '../../../../parts/loaded.tsx';
import { Mark } from '../../../../parts/mark.tsx';
import { exactTime, Time } from '../../../../parts/time.tsx';
import { inWords } from '../../../log/reasons.ts';
import { usePolicyChanged } from '../remove-grant.tsx';

interface DraftSeen {
  readonly report: DraftReport;
  /** The ETag of the policy beside which it was seen. */
  readonly policy: string;
}

/** The policy that is tried beside the real one, and the calls that it would have decided differently. */
export function Draft({ workspace }: { readonly workspace: Workspace }) {
  const [asked, setAsked] = useState(false);
  const draft = useQuery({
    queryKey: ['policy-draft', workspace.id],
    queryFn: () => seen(workspace.id),
    enabled: asked,
  });
  return (
    <Stack gap="sm">
      <Group>
        <Button
          variant="default"
          loading={draft.isFetching}
          onClick={() => (asked ? void draft.refetch() : setAsked(true))}
        >
          Show what the draft would change
        </Button>
      </Group>
      {asked && (
        <Loaded query={draft}>
          {data => (data === null ? <NoDraft /> : <Report workspace={workspace} seen={data} />)}
        </Loaded>
      )}
    </Stack>
  );
}

function NoDraft() {
  return (
    <Text size="sm" role="status">
      No draft is tried. Set one with <Code>portcullis draft set FILE</Code>: it decides nothing, and each call from
      then on is judged by it too.
    </Text>
  );
}

/** Null: there is no draft. */
async function seen(workspaceId: string): Promise<DraftSeen | null> {
  const params = { params: { path: { workspace: workspaceId } } };
  const { response } = await api.GET('/api/workspaces/{workspace}/policy', params);
  try {
    const report = await answerOf(api.GET('/api/workspaces/{workspace}/policy/draft/report', params));
    return { report, policy: response.headers.get('etag') ?? '' };
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

function Report({ workspace, seen: { report, policy } }: { readonly workspace: Workspace; readonly seen: DraftSeen }) {
  const announce = useAnnounce();
  const changed = usePolicyChanged(workspace.id);
  const state = useListState({ sort: 'calls', descending: true });
  const { since, calls, lost, gained, behind, problems, flips, draft } = report;
  const path = { workspace: workspace.id };
  return (
    <Stack gap="sm">
      <Text size="sm">
        Tried since {exactTime(since)}: of {calls} calls, {lost} that were allowed would have been denied, and {gained}{' '}
        that were denied would have been allowed.
        {behind > 0 && ` ${behind} entries of the log are not looked at yet.`}
      </Text>
      {problems.map(problem => (
        <Mark key={problem} label={problem} icon="warning" tone="attention" />
      ))}
      <Group gap="xs">
        <Confirm
          label="Make it the policy"
          of="that is tried"
          question="Make the draft the policy?"
          consequence={`It decides from now on. So far it would have denied ${lost} calls and allowed ${gained}.`}
          run={() =>
            answerOf(
              api.POST('/api/workspaces/{workspace}/policy/draft/promote', {
                params: { path, header: { 'if-match': policy } },
                body: { draft },
              }),
            )
          }
          onDone={() => {
            announce('The draft is the policy now');
            changed();
          }}
        />
        <Confirm
          label="Give it up"
          of="the draft"
          question="Give up the draft?"
          consequence="It is no longer tried, and its results are forgotten."
          run={() => answerOf(api.DELETE('/api/workspaces/{workspace}/policy/draft', { params: { path } }))}
          onDone={() => {
            announce('Draft given up');
            changed();
          }}
        />
      </Group>
      <List
        label="Calls that differ"
        state={state}
        {...localPage(flips, state, order)}
        columns={columns}
        empty="No call would have been decided differently."
        keyOf={keyOfFlips}
      />
    </Stack>
  );
}

const order: LocalOrder<DraftFlips> = {
  text: ({ principal, operation, action, becomes, because }) =>
    `${principal.name} ${operation} ${action} ${becomes} ${inWords(because)}`,
  by: {
    who: ({ principal }) => principal.name,
    operation: ({ operation }) => operation,
    becomes: ({ becomes }) => becomes,
    calls: ({ calls }) => calls,
    last: ({ last }) => last,
  },
};

const columns: readonly Column<DraftFlips>[] = [
  {
    key: 'becomes',
    label: 'Would be',
    sortable: true,
    width: 120,
    cell: ({ becomes }) =>
      becomes === 'allow' ? (
        <Mark label="Allowed" icon="allowed" tone="good" />
      ) : (
        <Mark label="Denied" icon="denied" tone="bad" />
      ),
  },
  { key: 'who', label: 'Who', sortable: true, cell: ({ principal }) => principal.name },
  {
    key: 'operation',
    label: 'Operation',
    sortable: true,
    from: 'sm',
    cell: ({ operation, action, object }) => (
      <>
        {operation}
        <Text size="xs" c="dimmed">
          {action} on {object.kind.replace('_', ' ')} {object.id ?? ''}
        </Text>
      </>
    ),
  },
  { key: 'because', label: 'Because', from: 'md', cell: ({ because }) => inWords(because) },
  { key: 'calls', label: 'Calls', sortable: true, width: 90, cell: ({ calls }) => calls },
  { key: 'last', label: 'Last', sortable: true, from: 'md', cell: ({ last }) => <Time at={last} /> },
];

function keyOfFlips({ principal, operation, object, action, becomes, because }: DraftFlips): string {
  return [principal.id, operation, object.kind, object.id, action, becomes, because].join(' ');
}
