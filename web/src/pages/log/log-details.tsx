import { DataList } from '@mantine/core';
import type { AuditEntry } from '../../api.ts';
import { exactTime } from '../../parts/time.tsx';
import { EntryProof } from './entry-proof.tsx';
import { ExplainDecision } from './explain-decision.tsx';
import { nameOfObject } from './log-columns.tsx';
import { inWords, outcomeOf } from './reasons.ts';
import type { TitleOf } from './titles.ts';

interface LogDetailsProps {
  readonly entry: AuditEntry;
  /** Null in the log of the deployment, where no policy decides. */
  readonly workspaceId: string | null;
  /** The name for an id. */
  readonly named: (id: string) => string;
  readonly titleOf: TitleOf;
}

/** Everything that an entry says, in words and ids. */
export function LogDetails({ entry, workspaceId, named, titleOf }: LogDetailsProps) {
  const rows = [...caller(entry, named), ...decided(entry, named, titleOf), ...ended(entry)].filter(
    ([, value]) => value !== '',
  );
  const { decision } = entry;
  return (
    <>
      <DataList size="sm" gap={6} labelWidth="90px" p="xs">
        {rows.map(([label, value]) => (
          <DataList.Item key={label}>
            <DataList.ItemLabel>{label}</DataList.ItemLabel>
            <DataList.ItemValue>{value}</DataList.ItemValue>
          </DataList.Item>
        ))}
      </DataList>
      {decision != null && workspaceId !== null && (
        <ExplainDecision workspaceId={workspaceId} decision={String(decision.id)} />
      )}
      <EntryProof entry={entry} workspaceId={workspaceId} />
    </>
  );
}

type Row = readonly [label: string, value: string];

type Named = LogDetailsProps['named'];

function caller({ time, principal, credential, clientAddress, door }: AuditEntry, named: Named): Row[] {
  return [
    ['Time', exactTime(time)],
    [
      'Who',
      [
        principal?.id && withId(principal.id, named),
        principal?.kind,
        principal?.owner && `owner ${withId(principal.owner, named)}`,
      ]
        .filter(Boolean)
        .join(', '),
    ],
    ['With', credential ? withId(credential, named) : ''],
    ['From', [clientAddress, door && `${door} door`].filter(Boolean).join(', ')],
  ];
}

function withId(id: string, named: Named): string {
  const name = named(id);
  return name === id ? id : `${name} (${id})`;
}

function decided(
  { objects = [], decision, connection, detail = {} }: AuditEntry,
  named: Named,
  titleOf: TitleOf,
): Row[] {
  return [
    [
      'Objects',
      objects
        .map(object => [object.action, nameOfObject(object, titleOf), object.id].filter(Boolean).join(' '))
        .join('; '),
    ],
    [
      'Decision',
      decision
        ? [inWords(decision.because), decision.role && `role ${decision.role}`, decision.id].filter(Boolean).join(', ')
        : '',
    ],
    ['Connection', connection ? `${connection.id} (${connection.because.replaceAll('_', ' ')})` : ''],
    ...Object.entries(detail).map(([label, value]): Row => [label, withId(String(value ?? ''), named)]),
  ];
}

function ended(entry: AuditEntry): Row[] {
  const { outcome, requestId, id } = entry;
  const upstream = typeof outcome?.upstreamMs === 'number' ? `${Math.round(outcome.upstreamMs)} ms at Notion` : '';
  return [
    ['Outcome', [outcomeOf(entry), outcome?.error, upstream].filter(Boolean).join(', ')],
    ['Withheld', outcome && outcome.withheld > 0 ? `${outcome.withheld} objects` : ''],
    ['Request', requestId ?? ''],
    ['Entry', id],
  ];
}
