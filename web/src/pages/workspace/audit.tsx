import {
  Button,
  Center,
  Checkbox,
  NativeSelect,
  SimpleGrid,
  Stack,
  Table,
  Text,
  TextInput,
  VisuallyHidden,
} from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type { Member, Workspace } from '../../api.ts';
import { Problem } from '../../parts/problem.tsx';
import { Section } from '../../parts/section.tsx';
import { type AuditFilters, noFilters, useAuditLog, useDenialNews, useNames, withoutViews } from './audit-log.ts';
import { AuditRow } from './audit-row.tsx';

/** Every call in this workspace: who, what, what was decided and why, and how it ended. */
export function Audit({ workspace }: { readonly workspace: Workspace }) {
  const [filters, setFilters] = useState(noFilters);
  const [settled] = useDebouncedValue(filters, 300);
  const log = useAuditLog(workspace.id, settled);
  const entries = log.data?.pages.flatMap(page => page.entries) ?? [];
  const { nameOf, members } = useNames(workspace.id);
  const news = useDenialNews(entries, nameOf);
  return (
    <Section title="Audit log" explanation="Every call, allowed or not, newest first. The list refreshes itself.">
      <Filters members={members} filters={filters} onChange={setFilters} />
      <VisuallyHidden role="status">{news}</VisuallyHidden>
      {log.isError && <Problem error={log.error} onRetry={() => void log.refetch()} />}
      <Table verticalSpacing="xs" aria-label="Audit log" aria-busy={log.isPending}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Decision</Table.Th>
            <Table.Th>Operation</Table.Th>
            <Table.Th visibleFrom="sm">Who</Table.Th>
            <Table.Th visibleFrom="md">Outcome</Table.Th>
            <Table.Th visibleFrom="sm">Time</Table.Th>
            <Table.Th w={50} aria-label="Details" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map(entry => (
            <AuditRow key={entry.id} entry={entry} nameOf={nameOf} />
          ))}
        </Table.Tbody>
      </Table>
      {log.isSuccess && entries.length === 0 && <Text size="sm">No entry matches.</Text>}
      {log.hasNextPage && (
        <Center>
          <Button variant="default" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            Show older entries
          </Button>
        </Center>
      )}
    </Section>
  );
}

const effects = [
  { value: '', label: 'Any decision' },
  { value: 'allow', label: 'Allowed' },
  { value: 'deny', label: 'Denied' },
];

const results = [
  { value: '', label: 'Any outcome' },
  { value: 'done', label: 'Done' },
  { value: 'refused', label: 'Refused by Notion' },
  { value: 'failed', label: 'Failed' },
  { value: 'not_sent', label: 'Not sent' },
  { value: 'unknown', label: 'Unknown' },
  { value: 'streaming', label: 'Streaming' },
  { value: 'open', label: 'Under way' },
];

interface FiltersProps {
  readonly members: readonly Member[];
  readonly filters: AuditFilters;
  readonly onChange: (filters: AuditFilters) => void;
}

function Filters({ members, filters, onChange }: FiltersProps) {
  const people = [
    { value: '', label: 'Everyone' },
    ...members.map(({ principalId, name }) => ({ value: principalId, label: name })),
  ];
  const set = (name: keyof AuditFilters) => (event: { currentTarget: { value: string } }) =>
    onChange({ ...filters, [name]: event.currentTarget.value });
  return (
    <Stack component="search" gap="sm">
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
        <NativeSelect label="Who" data={people} value={filters.principal} onChange={set('principal')} />
        <TextInput label="Operation" placeholder="pages.update" value={filters.operation} onChange={set('operation')} />
        <NativeSelect label="Decision" data={effects} value={filters.effect} onChange={set('effect')} />
        <NativeSelect label="Outcome" data={results} value={filters.result} onChange={set('result')} />
      </SimpleGrid>
      <Checkbox
        label="Leave out what the dashboard reads to fill its pages"
        checked={filters.activity === withoutViews}
        onChange={event => onChange({ ...filters, activity: event.currentTarget.checked ? withoutViews : '' })}
      />
    </Stack>
  );
}
