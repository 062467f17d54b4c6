import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Subscription, type Workspace, workspacePath } from '../../api.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Secret } from '../../parts/secret.tsx';
import { Section } from '../../parts/section.tsx';
import { WebhookCard } from './webhook-card.tsx';

/** How often an open page looks whether Notion has been heard. */
const lookAgainMs = 5_000;

/** The addresses at which the workspace hears from Notion. */
export function Webhooks({ workspace }: { readonly workspace: Workspace }) {
  const [token, setToken] = useState<string | null>(null);
  const announce = useAnnounce();
  const changed = useWebhooksChanged(workspace.id);
  const subscriptions = useQuery({
    queryKey: ['webhooks', workspace.id],
    queryFn: () => api.get<{ subscriptions: Subscription[] }>(workspacePath(workspace.id, 'webhooks')),
    refetchInterval: lookAgainMs,
  });
  const create = useMutation({
    mutationFn: () => api.post<Subscription>(workspacePath(workspace.id, 'webhooks')),
    onSuccess: () => {
      announce('Address made');
      changed();
    },
  });
  return (
    <Section
      title="Hearing from Notion"
      explanation="Notion can tell when pages move, are deleted or come back. Without it the same is noticed a little later. An integration that people connect by tells of all its workspaces at one address, which an operator makes (portcullis webhooks add --deployment); the addresses here are for this workspace alone."
    >
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
                workspace={workspace}
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

function useWebhooksChanged(workspaceId: string): () => void {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ queryKey: ['webhooks', workspaceId] });
}
