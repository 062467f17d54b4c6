import { ActionIcon, DataList, Group, Stack, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useId } from 'react';
import type { AuditEntry } from '../../api.ts';
import { Icon } from '../../icons.tsx';
import { exactTime, Time } from '../../parts/time.tsx';
import { whoCalled } from './audit-log.ts';
import { inWords } from './reasons.ts';

/** One call. Its details open beneath it; on a narrow screen they hold what the row has no room for. */
export function AuditRow({ entry }: { readonly entry: AuditEntry }) {
  const [opened, { toggle }] = useDisclosure(false);
  const details = useId();
  const denied = entry.decision.effect === 'deny';
  return (
    <>
      <Table.Tr className={denied ? 'denied' : ''}>
        <Table.Td>
          <Effect denied={denied} />
        </Table.Td>
        <Table.Td className="hostile">
          <Text size="sm" ff="monospace">
            {entry.operation}
          </Text>
          <Text size="xs" c="dimmed">
            {denied ? inWords(entry.decision.because) : entry.objects.map(({ kind }) => kind).join(', ')}
          </Text>
          <Text size="xs" c="dimmed" hiddenFrom="sm">
            {whoCalled(entry)}, <Time at={entry.time} />
          </Text>
        </Table.Td>
        <Table.Td visibleFrom="sm" className="hostile">
          {whoCalled(entry)}
        </Table.Td>
        <Table.Td visibleFrom="md">{outcomeOf(entry)}</Table.Td>
        <Table.Td visibleFrom="sm">
          <Time at={entry.time} />
        </Table.Td>
        <Table.Td>
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={toggle}
            aria-expanded={opened}
            aria-controls={details}
            aria-label={`Details of ${entry.operation}`}
            className={opened ? 'turned' : ''}
          >
            <Icon name="chevron" />
          </ActionIcon>
        </Table.Td>
      </Table.Tr>
      {opened && (
        <Table.Tr id={details}>
          <Table.Td colSpan={6} className="hostile">
            <Details entry={entry} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

function Effect({ denied }: { readonly denied: boolean }) {
  return (
    <Group gap={6} wrap="nowrap" className={denied ? 'denied-mark' : 'allowed-mark'}>
      {denied ? <Icon name="denied" size={16} /> : <Icon name="allowed" size={16} />}
      <Text size="sm" fw={denied ? 700 : 400}>
        {denied ? 'Denied' : 'Allowed'}
      </Text>
    </Group>
  );
}

function outcomeOf({ decision, outcome }: AuditEntry): string {
  if (decision.effect === 'deny') return 'not sent';
  if (outcome === null) return 'under way';
  return outcome.status === null ? outcome.result : `${outcome.result} (${outcome.status})`;
}

function Details({ entry }: { readonly entry: AuditEntry }) {
  const { decision, outcome, principal } = entry;
  const rows: [string, string][] = [
    ['Time', exactTime(entry.time)],
    [
      'Who',
      [principal.kind, principal.name, principal.id, principal.owner && `(owner ${principal.owner})`]
        .filter(Boolean)
        .join(' '),
    ],
    ['With', entry.credential ?? 'no credential'],
    ['From', `${entry.clientAddress}, ${entry.door} door`],
    [
      'Objects',
      entry.objects.map(({ action, kind, id }) => [action, kind, id].filter(Boolean).join(' ')).join('; ') || 'none',
    ],
    [
      'Decision',
      `${inWords(decision.because)}${decision.role === null ? '' : `, role ${decision.role}`} (${decision.id})`,
    ],
    ['Outcome', `${outcomeOf(entry)}${outcome?.upstreamMs ? `, ${outcome.upstreamMs} ms at Notion` : ''}`],
    ['Withheld', String(outcome?.withheld ?? 0)],
    ['Request', entry.requestId],
    ['Entry', entry.id],
  ];
  return (
    <Stack gap={0} p="xs">
      <DataList size="sm" gap={6} labelWidth="90px">
        {rows.map(([label, value]) => (
          <DataList.Item key={label}>
            <DataList.ItemLabel>{label}</DataList.ItemLabel>
            <DataList.ItemValue>{value}</DataList.ItemValue>
          </DataList.Item>
        ))}
      </DataList>
    </Stack>
  );
}
