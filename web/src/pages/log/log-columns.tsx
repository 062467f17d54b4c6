import { Text } from '@mantine/core';
import type { AuditEntry } from '../../api.ts';
import type { Column } from '../../list/list-table.tsx';
import { Mark, type MarkProps } from '../../parts/mark.tsx';
import { Time } from '../../parts/time.tsx';
import type { Names } from './log-query.ts';
import { inWords, outcomeOf } from './reasons.ts';
import type { TitleOf } from './titles.ts';

/** What the log shows at a glance. On a narrow screen the details hold what the row has no room for. */
export function logColumns({ nameOf, named }: Names, titleOf: TitleOf): readonly Column<AuditEntry>[] {
  return [
    { key: 'decision', label: 'Decision', width: 120, cell: entry => <Mark {...markOf(entry)} /> },
    {
      key: 'operation',
      label: 'Operation',
      cell: entry => <Operation entry={entry} names={{ nameOf, named }} titleOf={titleOf} />,
    },
    { key: 'who', label: 'Who', from: 'sm', width: 180, cell: ({ principal }) => nameOf(principal) },
    { key: 'outcome', label: 'Outcome', from: 'md', width: 130, cell: outcomeOf },
    { key: 'time', label: 'Time', from: 'sm', width: 140, cell: ({ time }) => <Time at={time} /> },
  ];
}

interface OperationProps {
  readonly entry: AuditEntry;
  readonly names: Names;
  readonly titleOf: TitleOf;
}

function Operation({ entry, names, titleOf }: OperationProps) {
  return (
    <>
      <Text size="sm" ff="monospace">
        {entry.operation}
      </Text>
      <Text size="xs" c="dimmed">
        {aboutOf(entry, names, titleOf)}
      </Text>
      <Text size="xs" c="dimmed" hiddenFrom="sm">
        {names.nameOf(entry.principal)}, <Time at={entry.time} />
      </Text>
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
  const wentWrong = (kind === 'event' || kind === 'summary') && result !== 'success';
  return wentWrong ? { ...mark, icon: 'warning', tone: 'attention' } : mark;
}

/** Why it was denied, and its objects: pages by their titles, if the reader may know them. */
function aboutOf(
  { kind, decision, objects = [], detail, clientAddress }: AuditEntry,
  { named }: Names,
  titleOf: TitleOf,
): string {
  if (detail !== undefined) {
    const facts = Object.entries(detail).filter(([, value]) => value !== null);
    return [
      clientAddress === null ? '' : `from ${clientAddress}`,
      ...facts.map(([name, value]) => `${name} ${named(String(value))}`),
    ]
      .filter(text => text !== '')
      .join(', ');
  }
  const why = kind === 'denial' && decision !== undefined ? [inWords(decision.because)] : [];
  return [...new Set([...why, ...objects.map(object => nameOfObject(object, titleOf))])].join(', ');
}

export function nameOfObject(
  { kind, id }: { readonly kind: string; readonly id: string | null },
  titleOf: TitleOf,
): string {
  const title = id === null ? null : titleOf(id);
  const word = kind.replaceAll('_', ' ');
  return title === null ? word : `${word} “${title === '' ? 'Untitled' : title}”`;
}
