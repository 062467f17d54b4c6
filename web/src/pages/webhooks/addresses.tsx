import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Subscription } from '../../api.ts';
import { type LocalOrder, localPage, useListState } from '../../list/list-state.ts';
import { ListTools } from '../../list/list-tools.tsx';
import { Pager } from '../../list/pager.tsx';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Secret } from '../../parts/secret.tsx';
import { Section } from '../../parts/section.tsx';
import type { WebhookApi } from './webhook-api.ts';
import { WebhookCard } from './webhook-card.tsx';

/** How often an open page looks whether Notion has sent something. */
const lookAgainMs = 5_000;

interface WebhookAddressesProps {
  readonly webhooks: WebhookApi;
  readonly explanation: string;
}

/** The addresses to which Notion sends events: makes them, and shows how far each has come. */
export function WebhookAddresses({ webhooks, explanation }: WebhookAddressesProps) {
  const [token, setToken] = useState<string | null>(null);
  const announce = useAnnounce();
  const changed = useWebhooksChanged(webhooks);
  const subscriptions = useQuery({
    queryKey: ['webhooks', webhooks.owner],
    queryFn: webhooks.list,
    refetchInterval: lookAgainMs,
  });
  const create = useMutation({
    mutationFn: webhooks.add,
    onSuccess: () => {
      announce('Address made');
      changed();
    },
  });
  return (
    <Section title="Hearing from Notion" explanation={explanation}>
      {token !== null && (
        <Secret
          title="Verification token"
          secret={token}
          explanation="Paste it at Notion, where it asks to verify the subscription. It is shown only this once: everyone who has it can send events in Notion's name."
          onDone={() => setToken(null)}
        />
      )}
      <Loaded query={subscriptions}>
        {data => (
          <AddressList subscriptions={data.subscriptions}>
            {subscription => (
              <WebhookCard
                key={subscription.id}
                webhooks={webhooks}
                subscription={subscription}
                onToken={setToken}
                onChanged={changed}
              />
            )}
          </AddressList>
        )}
      </Loaded>
      <Problem error={create.error} />
      <Group>
        <Button variant="default" loading={create.isPending} onClick={() => create.mutate()}>
          Make an address
        </Button>
      </Group>
    </Section>
  );
}

const order: LocalOrder<Subscription> = {
  text: ({ url, state }) => `${url} ${state}`,
  by: {
    made: ({ createdAt }) => createdAt,
    state: ({ state }) => state,
    heard: ({ lastEventAt }) => lastEventAt ?? '',
  },
};

/** A few addresses need no search. */
const fewAddresses = 3;

interface AddressListProps {
  readonly subscriptions: readonly Subscription[];
  children(subscription: Subscription): ReactNode;
}

function AddressList({ subscriptions, children }: AddressListProps) {
  const state = useListState({ sort: 'made' });
  const { rows, total } = localPage(subscriptions, state, order);
  const many = subscriptions.length > fewAddresses;
  return (
    <Stack gap="sm">
      {subscriptions.length === 0 && (
        <Text size="sm">There is no address yet. Make one, then enter it in the settings of the integration.</Text>
      )}
      {many && (
        <ListTools
          label="Addresses"
          state={state}
          sorts={[
            { value: 'made', label: 'Time of making' },
            { value: 'state', label: 'State' },
            { value: 'heard', label: 'Last event' },
          ]}
        />
      )}
      {rows.map(children)}
      {many && <Pager label="Addresses" state={state} total={total} />}
    </Stack>
  );
}

function useWebhooksChanged({ owner }: WebhookApi): () => void {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ queryKey: ['webhooks', owner] });
}
