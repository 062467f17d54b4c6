import { Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import type { KeptAsideEvent } from '../../api.ts';
import { List } from '../../list/list.tsx';
import { type LocalOrder, localPage, useListState } from '../../list/list-state.ts';
import type { Column } from '../../list/list-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Time } from '../../parts/time.tsx';
import type { WebhookApi } from './webhook-api.ts';

interface KeptAsideProps {
  readonly webhooks: WebhookApi;
  readonly subscription: string;
  readonly count: number;
  /** The address that they came to. */
  readonly of: string;
}

/** Events of types that this Portcullis does not know. It did nothing about them; a newer one might. */
export function KeptAside({ webhooks, subscription, count, of }: KeptAsideProps) {
  const [opened, { toggle }] = useDisclosure(false);
  const list = useId();
  return (
    <Stack gap="xs">
      <Group>
        <Button
          size="xs"
          variant="subtle"
          onClick={toggle}
          aria-expanded={opened}
          aria-controls={opened ? list : undefined}
          aria-label={`Events kept aside of ${of}: ${count}`}
        >
          Events of unknown types: {count}
        </Button>
      </Group>
      {opened && (
        <div id={list}>
          <Events webhooks={webhooks} subscription={subscription} />
        </div>
      )}
    </Stack>
  );
}

function Events({ webhooks, subscription }: Pick<KeptAsideProps, 'webhooks' | 'subscription'>) {
  const events = useQuery({
    queryKey: ['kept-aside', subscription],
    queryFn: () => webhooks.keptAside(subscription),
  });
  return (
    <Loaded query={events}>
      {data => (
        <Stack gap="xs">
          <Text size="sm">
            They are kept without their content, the newest hundred. An update of Portcullis may know what they mean.
          </Text>
          <EventList events={data.events} />
        </Stack>
      )}
    </Loaded>
  );
}

const order: LocalOrder<KeptAsideEvent> = {
  text: event => `${event.type} ${aboutOf(event)}`,
  by: { type: ({ type }) => type, about: aboutOf, came: ({ receivedAt }) => receivedAt },
};

const columns: readonly Column<KeptAsideEvent>[] = [
  { key: 'type', label: 'Type', sortable: true, cell: ({ type }) => <span className="hostile">{type}</span> },
  {
    key: 'about',
    label: 'About',
    sortable: true,
    from: 'sm',
    cell: event => <span className="hostile">{aboutOf(event)}</span>,
  },
  { key: 'came', label: 'Came', sortable: true, cell: ({ receivedAt }) => <Time at={receivedAt} /> },
];

function aboutOf({ entity }: KeptAsideEvent): string {
  return entity === null ? 'not told' : `${entity.kind} ${entity.id}`;
}

function EventList({ events }: { readonly events: readonly KeptAsideEvent[] }) {
  const state = useListState({ sort: 'came', descending: true });
  return (
    <List
      label="Events kept aside"
      state={state}
      {...localPage(events, state, order)}
      columns={columns}
      empty="There are none."
      keyOf={({ eventId }) => eventId}
    />
  );
}
