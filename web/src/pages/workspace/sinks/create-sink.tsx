import { Button, NativeSelect, NumberInput, Paper, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answerOf, api, type Workspace } from '../../../api.ts';
import { useAnnounce } from '../../../parts/announcer.tsx';
import { Problem } from '../../../parts/problem.tsx';

/** The kinds that can be made here. Operators make others by settings: docs/sinks.md. */
const kinds = [
  { value: 'webhook', label: 'A webhook: signed POSTs to an address', target: 'Address' },
  { value: 'notion under', label: 'A new database in Notion', target: 'Page in which the database is made' },
  { value: 'notion', label: 'A database in Notion that is there', target: 'Id of the database' },
  { value: 'syslog', label: 'Syslog (RFC 5424) over TLS', target: 'Host' },
] as const;
type Kind = (typeof kinds)[number]['value'];

const beginnings = [
  { value: 'now', label: 'With what comes from now on' },
  { value: 'beginning', label: 'With the first entry of the log' },
];

interface Target {
  readonly kind: Kind;
  readonly target: string;
  readonly port: number;
}

function bodyOf({ kind, target, port }: Target) {
  switch (kind) {
    case 'webhook':
      return { kind: 'webhook', settings: { url: target } } as const;
    case 'notion under':
      return { kind: 'notion', settings: { parentPageId: idIn(target) } } as const;
    case 'notion':
      return { kind: 'notion', settings: { databaseId: idIn(target) } } as const;
    case 'syslog':
      return { kind: 'syslog', settings: { host: target, port } } as const;
  }
}

/** The id at the end of the path of an address of Notion's; else the text itself, which the server checks. */
function idIn(target: string): string {
  return /([0-9a-f]{32})(?:[?#]|$)/i.exec(target)?.[1] ?? target;
}

interface CreateSinkProps {
  readonly workspace: Workspace;
  /** Called with the secret of the new sink; null if it has none. */
  readonly onCreated: (secret: string | null) => void;
}

export function CreateSink({ workspace, onCreated }: CreateSinkProps) {
  const [kind, setKind] = useState<Kind>('webhook');
  const [name, setName] = useState('');
  const [target, setTarget] = useState('');
  const [port, setPort] = useState(6514);
  const [from, setFrom] = useState('now');
  const announce = useAnnounce();
  const create = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/workspaces/{workspace}/sinks', {
          params: { path: { workspace: workspace.id } },
          // The fields of a form, which the server reads and checks.
          body: { name, from, ...bodyOf({ kind, target: target.trim(), port }) } as never,
        }),
      ),
    // The answer may hold a secret: it goes to the notice that shows it once, and stays in no cache.
    gcTime: 0,
    onSuccess: ({ secret }) => {
      announce(`Sink ${name} made`);
      setName('');
      setTarget('');
      onCreated(secret);
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    create.mutate();
  }
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit} aria-label="Make a sink">
      <Stack>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput
            label="Name of the sink"
            required
            maxLength={100}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label="Kind"
            data={kinds.map(({ value, label }) => ({ value, label }))}
            value={kind}
            onChange={event => setKind(event.currentTarget.value as Kind)}
          />
          <TextInput
            label={kinds.find(({ value }) => value === kind)?.target ?? ''}
            required
            maxLength={2_000}
            value={target}
            onChange={event => setTarget(event.currentTarget.value)}
          />
          {kind === 'syslog' && (
            <NumberInput
              label="Port"
              min={1}
              max={65_535}
              hideControls
              value={port}
              onChange={value => setPort(Number(value))}
            />
          )}
          <NativeSelect
            label="It begins"
            data={beginnings}
            value={from}
            onChange={event => setFrom(event.currentTarget.value)}
          />
        </SimpleGrid>
        <Problem error={create.error} />
        <Button type="submit" loading={create.isPending} className="submit">
          Make the sink
        </Button>
      </Stack>
    </Paper>
  );
}
