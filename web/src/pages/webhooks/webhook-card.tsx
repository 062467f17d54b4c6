import { Button, Code, CopyButton, DataList, Group, Paper, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Subscription } from '../../api.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Fact } from '../../parts/fact.tsx';
import { Mark, type MarkProps } from '../../parts/mark.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Time } from '../../parts/time.tsx';
import { KeptAside } from './kept-aside.tsx';
import type { WebhookApi } from './webhook-api.ts';

interface State {
  readonly mark: MarkProps;
  readonly next: string;
}

const unknown: State = { mark: { label: 'Unknown', icon: 'warning', tone: 'quiet' }, next: '' };

/** The states of docs/webhooks.md and `expired`, and what to do in each. */
const states: ReadonlyMap<string, State> = new Map<string, State>([
  [
    'waiting',
    {
      mark: { label: 'Waiting for Notion', icon: 'warning', tone: 'attention' },
      next: 'At Notion, open the integration, Webhooks, and create a subscription with this address. Choose the events page, database and data source moved, deleted and undeleted. Notion answers at once with a token.',
    },
  ],
  [
    'expired',
    {
      mark: { label: 'No longer waiting', icon: 'warning', tone: 'attention' },
      next: 'Notion sent nothing to this address within a day, and what comes now is refused. Reset, and give Notion the new address.',
    },
  ],
  [
    'offered',
    {
      mark: { label: 'Token arrived', icon: 'warning', tone: 'attention' },
      next: 'Show the token, and paste it at Notion.',
    },
  ],
  [
    'shown',
    {
      mark: { label: 'Token shown', icon: 'warning', tone: 'attention' },
      next: 'Paste the token at Notion. If Notion says that it is wrong, reset. The first event confirms the subscription.',
    },
  ],
  ['confirmed', { mark: { label: 'Confirmed', icon: 'allowed', tone: 'good' }, next: '' }],
  [
    'contested',
    {
      mark: { label: 'Contested', icon: 'denied', tone: 'bad', strong: true },
      next: 'A stranger knows this address, so nothing that comes there is trusted. Reset, and give Notion the new address.',
    },
  ],
]);

/** The server goes on calling an address `waiting` that has waited for too long: only its time tells. */
function stateOf({ state, handshakeUntil }: Subscription): string {
  return state === 'waiting' && Date.parse(handshakeUntil) <= Date.now() ? 'expired' : state;
}

interface WebhookCardProps {
  readonly webhooks: WebhookApi;
  readonly subscription: Subscription;
  readonly onToken: (token: string) => void;
  readonly onChanged: () => void;
}

/** One address: how far the agreement with Notion has come, and the next step. */
export function WebhookCard({ webhooks, subscription, onToken, onChanged }: WebhookCardProps) {
  const { id, url } = subscription;
  const announce = useAnnounce();
  const take = useMutation({
    mutationFn: () => webhooks.showToken(id),
    onSuccess: ({ verificationToken }) => onToken(verificationToken),
    onSettled: onChanged,
  });
  const state = stateOf(subscription);
  const { mark, next } = states.get(state) ?? unknown;
  const name = `address ending ${url.slice(-6)}`;
  return (
    <Paper withBorder p="md" component="article" aria-label={name}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Mark {...mark} />
          <Group gap="xs">
            <Confirm
              label="Reset"
              of={name}
              question="Reset this address?"
              consequence="The address and its token stop working, and Notion must get the new address."
              run={() => webhooks.reset(id)}
              onDone={() => {
                announce('The address is a new one');
                onChanged();
              }}
            />
            <Confirm
              label="Remove"
              of={name}
              question="Remove this address?"
              consequence="No events are accepted there any more. Remove the subscription at Notion too."
              run={() => webhooks.remove(id)}
              onDone={() => {
                announce('Removed');
                onChanged();
              }}
            />
          </Group>
        </Group>
        {next !== '' && <Text size="sm">{next}</Text>}
        <Code block className="secret">
          {url}
        </Code>
        <Group gap="sm">
          <CopyButton value={url} timeout={3_000}>
            {({ copied, copy }) => (
              <Button size="xs" variant="default" onClick={copy} aria-label={`Copy ${name}`}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
          {state === 'offered' && (
            <Button
              size="xs"
              loading={take.isPending}
              onClick={() => take.mutate()}
              aria-label={`Show the token of ${name}`}
            >
              Show the token
            </Button>
          )}
        </Group>
        <Problem error={take.error} />
        <Facts subscription={subscription} />
        {subscription.keptAside > 0 && (
          <KeptAside webhooks={webhooks} subscription={id} count={subscription.keptAside} of={name} />
        )}
      </Stack>
    </Paper>
  );
}

function Facts({ subscription }: { readonly subscription: Subscription }) {
  const { createdAt, handshakeUntil, confirmedAt, lastEventAt } = subscription;
  const state = stateOf(subscription);
  return (
    <DataList size="sm">
      <Fact label="Made">
        <Time at={createdAt} />
      </Fact>
      {(state === 'waiting' || state === 'expired') && (
        <Fact label={state === 'waiting' ? 'Waits until' : 'Waited until'}>
          <Time at={handshakeUntil} />
        </Fact>
      )}
      {confirmedAt !== null && (
        <Fact label="Confirmed">
          <Time at={confirmedAt} />
        </Fact>
      )}
      <Fact label="Last event">
        <Time at={lastEventAt} />
      </Fact>
    </DataList>
  );
}
