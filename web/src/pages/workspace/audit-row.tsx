import { ActionIcon, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useId } from 'react';
import type { AuditEntry } from '../../api.ts';
import { Icon } from '../../icons.tsx';
import { Mark, type MarkProps } from '../../parts/mark.tsx';
import { Time } from '../../parts/time.tsx';
import { AuditDetails } from './audit-details.tsx';
import type { NameOf } from './audit-log.ts';
import { inWords, outcomeOf } from './reasons.ts';

interface AuditRowProps {
  readonly entry: AuditEntry;
  readonly nameOf: NameOf;
}

/** One entry. Its details open beneath it; on a narrow screen they hold what the row has no room for. */
export function AuditRow({ entry, nameOf }: AuditRowProps) {
  const [opened, { toggle }] = useDisclosure(false);
  const details = useId();
  return (
    <>
      <Table.Tr className={entry.kind === 'denial' ? 'denied' : ''}>
        <Table.Td>
          <Mark {...markOf(entry)} />
        </Table.Td>
        <Table.Td className="hostile">
          <Text size="sm" ff="monospace">
            {entry.operation}
          </Text>
          <Text size="xs" c="dimmed">
            {summaryOf(entry)}
          </Text>
          <Text size="xs" c="dimmed" hiddenFrom="sm">
            {nameOf(entry.principal)}, <Time at={entry.time} />
          </Text>
        </Table.Td>
        <Table.Td visibleFrom="sm" className="hostile">
          {nameOf(entry.principal)}
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
            aria-controls={opened ? details : undefined}
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
            <AuditDetails entry={entry} name={nameOf(entry.principal)} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

const effects: Record<AuditEntry['kind'], MarkProps> = {
  intent: { label: 'Allowed', icon: 'allowed', tone: 'good' },
  denial: { label: 'Denied', icon: 'denied', tone: 'bad', strong: true },
  event: { label: 'Event', icon: 'gate', tone: 'quiet' },
  summary: { label: 'Summary', icon: 'gate', tone: 'quiet' },
};

function markOf({ kind, result }: AuditEntry): MarkProps {
  const mark = effects[kind];
  const wentWrong = kind === 'event' && result !== 'success';
  return wentWrong ? { ...mark, icon: 'warning', tone: 'attention' } : mark;
}

function summaryOf({ kind, decision, objects }: AuditEntry): string {
  if (kind === 'denial' && decision !== undefined) return inWords(decision.because);
  return [...new Set(objects?.map(object => object.kind))].join(', ');
}
