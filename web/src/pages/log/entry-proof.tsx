import { Anchor, Button, DataList, Group, Stack, Text, TextInput } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type AuditEntry, answerOf, api } from '../../api.ts';
import { Disclosure } from '../../parts/disclosure.tsx';
import { Fact } from '../../parts/fact.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Mark, type MarkProps } from '../../parts/mark.tsx';
import { type Check, checkEntry, type Shown } from '../../proof/check-entry.ts';
import { closingShown, type LoggedPart, writtenShown } from './shown-entry.ts';

interface EntryProofProps {
  readonly entry: AuditEntry;
  /** Null in the log of the deployment. */
  readonly workspaceId: string | null;
}

/** The proof that an entry is in the log as it is shown. This browser checks it; the server only hands it over. */
export function EntryProof({ entry, workspaceId }: EntryProofProps) {
  const [asked, setAsked] = useState(false);
  const [key, setKey] = useLocalStorage({ key: 'portcullis-log-key', defaultValue: '' });
  if (!asked) {
    return (
      <Group px="xs" pb="xs">
        <Button size="xs" variant="default" onClick={() => setAsked(true)}>
          Check that the log has it
        </Button>
      </Group>
    );
  }
  const parts = [writtenShown(entry), ...(entry.outcome === null ? [] : [closingShown(entry.outcome)])];
  return (
    <Stack gap="sm" p="xs" role="group" aria-label="Proof">
      {parts.map(part => (
        <PartProof key={part.id} part={part} workspaceId={workspaceId} pinned={key.trim()} />
      ))}
      <Text size="xs" c="dimmed">
        This browser computed that, from what the server sent. It did not check that the log of today still begins with
        these entries: that takes a checkpoint that you kept, and <code>portcullis audit verify --against</code>.
      </Text>
      <Disclosure label="A key that you keep">
        <TextInput
          label="Key of the log"
          description="Not from this server, but from its operator, or from an earlier export. This browser remembers it."
          placeholder="NAME+ID+KEY"
          value={key}
          onChange={event => setKey(event.currentTarget.value)}
        />
      </Disclosure>
    </Stack>
  );
}

interface PartProofProps {
  readonly part: LoggedPart;
  readonly workspaceId: string | null;
  /** Empty: the reader keeps no key. */
  readonly pinned: string;
}

function PartProof({ part, workspaceId, pinned }: PartProofProps) {
  const proof = useQuery({
    queryKey: ['proof', workspaceId, part.id],
    queryFn: () => proofOf(part.id, workspaceId),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const shown = { ...part.shown, log: workspaceId ?? 'deployment', key: pinned === '' ? null : pinned };
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {part.title}
      </Text>
      <Loaded query={proof}>
        {line => (
          <>
            <Checks line={line} shown={shown} />
            <Anchor size="sm" href={addressOf(part.id, workspaceId)} download={`${part.id}.proof`}>
              Take this proof away, for portcullis audit verify
            </Anchor>
          </>
        )}
      </Loaded>
    </Stack>
  );
}

function Checks({ line, shown }: { readonly line: string; readonly shown: Shown }) {
  const checks = useQuery({ queryKey: ['proof-checks', line, shown], queryFn: () => checkHere(line, shown) });
  return (
    <Loaded query={checks}>
      {data => (
        <DataList size="sm" labelWidth="110px">
          {data.map(({ what, result, says }) => (
            <Fact key={what} label={what}>
              <Mark {...marks[result]} /> <span>{says}</span>
            </Fact>
          ))}
        </DataList>
      )}
    </Loaded>
  );
}

const marks: Readonly<Record<Check['result'], MarkProps>> = {
  holds: { label: 'Holds.', icon: 'allowed', tone: 'good' },
  fails: { label: 'Does not hold.', icon: 'denied', tone: 'bad', strong: true },
  open: { label: 'Not checked.', icon: 'warning', tone: 'attention' },
};

/** WebCrypto is there for pages that came over HTTPS, or from this machine. */
async function checkHere(line: string, shown: Shown): Promise<readonly Check[]> {
  if (window.isSecureContext) return checkEntry(line, shown);
  return [
    { what: 'The proof', result: 'open', says: 'This page did not come over HTTPS: the browser checks nothing.' },
  ];
}

function proofOf(entry: string, workspaceId: string | null): Promise<string> {
  const asText = { parseAs: 'text' } as const;
  return answerOf<string>(
    workspaceId === null
      ? api.GET('/api/deployment/audit/proof', { params: { query: { entry } }, ...asText })
      : api.GET('/api/audit/proof', { params: { query: { entry, workspace: workspaceId } }, ...asText }),
  );
}

function addressOf(entry: string, workspaceId: string | null): string {
  return workspaceId === null
    ? `/api/deployment/audit/proof?entry=${entry}`
    : `/api/audit/proof?entry=${entry}&workspace=${workspaceId}`;
}
