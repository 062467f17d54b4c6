import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { answerOf, api, type DeadLetter } from '../../../api.ts';
import { List } from '../../../list/list.tsx';
import { type LocalOrder, localPage, useListState } from '../../../list/list-state.ts';
import type { Column } from '../../../list/list-table.tsx';
import { useAnnounce } from '../../../parts/announcer.tsx';
import { Loaded } from '../../../parts/loaded.tsx';
import { Problem } from '../../../parts/problem.tsx';
import { Time } from '../../../parts/time.tsx';

interface DeadLettersProps {
  readonly workspaceId: string;
  readonly sinkId: string;
  readonly name: string;
  readonly onRetried: () => void;
}

/** Entries that a sink refused because of their content. The log still has them. */
export function DeadLetters({ workspaceId, sinkId, name, onRetried }: DeadLettersProps) {
  const announce = useAnnounce();
  const path = { params: { path: { workspace: workspaceId, sink: sinkId } } };
  const letters = useQuery({
    queryKey: ['dead-letters', workspaceId, sinkId],
    queryFn: () => answerOf(api.GET('/api/workspaces/{workspace}/sinks/{sink}/dead-letters', path)),
  });
  const retry = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/api/workspaces/{workspace}/sinks/{sink}/dead-letters/retry', { ...path, body: {} })),
    onSuccess: ({ wanted }) => announce(`Sent to ${name} again: ${wanted}`),
    onSettled: () => {
      void letters.refetch();
      onRetried();
    },
  });
  return (
    <Loaded query={letters}>
      {({ deadLetters }) => (
        <Stack gap="sm">
          <Text size="sm">The receiver refused them for what they are. The log has them as ever.</Text>
          <Group>
            <Button size="xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
              Send all of them again
            </Button>
          </Group>
          <Problem error={retry.error} />
          <Letters name={name} letters={deadLetters} />
        </Stack>
      )}
    </Loaded>
  );
}

const order: LocalOrder<DeadLetter> = {
  text: ({ entry, problem }) => `${entry} ${problem}`,
  by: { index: ({ index }) => index, problem: ({ problem }) => problem, at: ({ at }) => at },
};

const columns: readonly Column<DeadLetter>[] = [
  { key: 'index', label: 'Place', sortable: true, width: 90, cell: ({ index }) => index },
  { key: 'entry', label: 'Entry', from: 'sm', cell: ({ entry }) => entry },
  { key: 'problem', label: 'Problem', sortable: true, cell: ({ problem }) => problem.replaceAll('_', ' ') },
  { key: 'at', label: 'Refused', sortable: true, cell: ({ at }) => <Time at={at} /> },
];

function Letters({ name, letters }: { readonly name: string; readonly letters: readonly DeadLetter[] }) {
  const state = useListState({ sort: 'index' });
  return (
    <List
      label={`Entries that ${name} refused`}
      state={state}
      {...localPage(letters, state, order)}
      columns={columns}
      empty="There are none any more."
      keyOf={({ entry }) => entry}
    />
  );
}
