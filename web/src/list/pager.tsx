import { Button, Group, Text } from '@mantine/core';
import { type ListState, pageSize } from './list-state.ts';
import { inSentence } from './list-tools.tsx';

interface PagerProps {
  readonly label: string;
  readonly state: ListState;
  readonly total: number;
}

/** How much of a list is shown, and the way to the rest. Its text is read out when it changes. */
export function Pager({ label, state, total }: PagerProps) {
  const { page, setPage } = state;
  const first = Math.min(page * pageSize + 1, total);
  const last = Math.min((page + 1) * pageSize, total);
  const several = total > pageSize || page > 0;
  return (
    <Group gap="sm" justify="space-between" mih={30}>
      <Text size="sm" c="dimmed" role="status">
        {total === 0 ? '' : several ? `${first} to ${last} of ${total}` : `${total} in all`}
      </Text>
      {several && (
        <Group gap="xs" component="nav" aria-label={`Pages of ${inSentence(label)}`}>
          <Button size="xs" variant="default" disabled={page === 0} onClick={() => setPage(page - 1)}>
            Previous
          </Button>
          <Button size="xs" variant="default" disabled={last >= total} onClick={() => setPage(page + 1)}>
            Next
          </Button>
        </Group>
      )}
    </Group>
  );
}
