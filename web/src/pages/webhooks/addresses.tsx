import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Subscription } from '../../api.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Secret } from '../../parts/secret.tsx';
import { Section } from '../../parts/section.tsx';
import { WebhookCard } from './webhook-card.tsx';

/** How often an open page looks whether Notion has been heard. */
const lookAgainMs = 5_000;

interface WebhookAddressesProps {
  /** Where they are in the API: below a workspace, or of the deployment. */
  readonly at: string;
  readonly explanation: string;
}

/** The addresses at which somebody hears from Notion: makes them, and shows how far each has come. */
export function WebhookAddresses({ at, explanation }: WebhookAddressesProps) {
  const [token, setToken] = useState<string | null>(null);
  const announce = useAnnounce();
  const changed = useWebhooksChanged(at);
  const subscriptions = useQuery({
    queryKey: ['webhooks', at],
    queryFn: () => api.get<{ subscriptions: Subscription[] }>(at),
    refetchInterval: lookAgainMs,
  });
  const create = useMutation({
    mutationFn: () => api.post<Subscription>(at),
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
          explanation="Paste it at Notion, where it asks to verify the subscription. It is shown only this once: whoever has it can send events in Notion's name."
          onDone={() => setToken(null)}
        />
      )}
      <Loaded query={subscriptions}>
        {data => (
          <Stack gap="sm">
            {data.subscriptions.length === 0 && (
              <Text size="sm">
                There is no address yet. Make one, then enter it in the settings of the integration.
              </Text>
            )}
            {data.subscriptions.map(subscription => (
              <WebhookCard
                key={subscription.id}
                at={at}
                subscription={subscription}
                onToken={setToken}
                onChanged={changed}
              />
            ))}
          </Stack>
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

function useWebhooksChanged(at: string): () => void {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ queryKey: ['webhooks', at] });
}
