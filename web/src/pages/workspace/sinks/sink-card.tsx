import { Button, DataList, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { answerOf, api, type Sink, type Workspace } from '../../../api.ts';
import { useAnnounce } from '../../../parts/announcer.tsx';
import { Confirm } from '../../../parts/confirm.tsx';
import { Disclosure } from '../../../parts/disclosure.tsx';
import { Fact } from '../../../parts/fact.tsx';
import { Mark, type MarkProps } from '../../../parts/mark.tsx';
import { Problem } from '../../../parts/problem.tsx';
import { Time } from '../../../parts/time.tsx';
import { DeadLetters } from './dead-letters.tsx';

const states: Readonly<Record<Sink['state'], MarkProps>> = {
  active: { label: 'Active', icon: 'allowed', tone: 'good' },
  retrying: { label: 'Trying again', icon: 'warning', tone: 'attention' },
  blocked: { label: 'Blocked: a person has to act', icon: 'denied', tone: 'bad', strong: true },
  paused: { label: 'Paused', icon: 'warning', tone: 'quiet' },
};

interface SinkCardProps {
  readonly workspace: Workspace;
  readonly sink: Sink;
  readonly onChanged: () => void;
}

/** One sink: its state, how far behind it is, and what it refused. */
export function SinkCard({ workspace, sink, onChanged }: SinkCardProps) {
  const { id, name, kind, origin, state, problem, lag, deliveredAt, nextAt, deadLetters, settings } = sink;
  return (
    <Paper withBorder p="md" component="article" aria-label={`Sink ${name}`} tabIndex={-1}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={3} size="h5" className="hostile">
            {name}
          </Title>
          <Mark {...states[state]} />
        </Group>
        <DataList size="sm">
          <Fact label="Kind">{kind}</Fact>
          <Fact label="To">{targetOf(settings)}</Fact>
          <Fact label="Behind">{lag === 0 ? 'It has everything.' : `${lag} entries wait for it.`}</Fact>
          {problem !== null && <Fact label="Last problem">{problem.replaceAll('_', ' ')}</Fact>}
          <Fact label="Accepted last">
            <Time at={deliveredAt} />
          </Fact>
          {nextAt !== null && (
            <Fact label="Next attempt">
              <Time at={nextAt} />
            </Fact>
          )}
        </DataList>
        {origin === 'settings' ? (
          <Text size="sm" c="dimmed">
            The settings of the deployment ask for it: it cannot be changed here.
          </Text>
        ) : (
          <Actions workspace={workspace} sink={sink} onChanged={onChanged} />
        )}
        {deadLetters > 0 && (
          <Disclosure label={`Refused entries of ${name}: ${deadLetters}`}>
            <DeadLetters workspaceId={workspace.id} sinkId={id} name={name} onRetried={onChanged} />
          </Disclosure>
        )}
      </Stack>
    </Paper>
  );
}

function Actions({ workspace, sink: { id, name, state }, onChanged }: SinkCardProps) {
  const announce = useAnnounce();
  const path = { params: { path: { workspace: workspace.id, sink: id } } };
  const test = useMutation({
    mutationFn: () => answerOf(api.POST('/api/workspaces/{workspace}/sinks/{sink}/test', path)),
    onSuccess: ({ problem }) =>
      problem === null
        ? announce(`${name} accepted an entry that says nothing`)
        : announce(`${name} did not: ${problem.replaceAll('_', ' ')}`, 'bad'),
  });
  const paused = state !== 'paused';
  const pause = useMutation({
    mutationFn: () => answerOf(api.PATCH('/api/workspaces/{workspace}/sinks/{sink}', { ...path, body: { paused } })),
    onSuccess: () => announce(`${name} ${paused ? 'paused' : 'resumed'}`),
    onSettled: onChanged,
  });
  return (
    <>
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          loading={test.isPending}
          onClick={() => test.mutate()}
          aria-label={`Test ${name}`}
        >
          Test
        </Button>
        <Button
          size="xs"
          variant="default"
          loading={pause.isPending}
          onClick={() => pause.mutate()}
          aria-label={`${paused ? 'Pause' : 'Resume'} ${name}`}
        >
          {paused ? 'Pause' : 'Resume'}
        </Button>
        <Confirm
          label="Remove"
          of={name}
          question={`Remove the sink ${name}?`}
          consequence="Nothing is sent there any more. What it received stays there."
          run={() => answerOf(api.DELETE('/api/workspaces/{workspace}/sinks/{sink}', path))}
          onDone={() => {
            announce(`Sink ${name} removed`);
            onChanged();
          }}
        />
      </Group>
      <Problem error={test.error ?? pause.error} />
    </>
  );
}

/** Where it sends to, in a word: an address, a host, a database. */
function targetOf(settings: Sink['settings']): string {
  const { url, host, port, databaseId, path } = settings as Readonly<Record<string, unknown>>;
  if (host !== undefined) return `${host}:${port}`;
  return String(url ?? databaseId ?? path ?? '');
}
