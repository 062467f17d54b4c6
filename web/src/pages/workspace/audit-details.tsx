import { DataList } from '@mantine/core';
import type { AuditEntry } from '../../api.ts';
import { exactTime } from '../../parts/time.tsx';
import { inWords, outcomeOf } from './reasons.ts';

/** Everything that an entry says, in words and ids. */
export function AuditDetails({ entry, name }: { readonly entry: AuditEntry; readonly name: string }) {
  const rows = [...caller(entry, name), ...decided(entry), ...ended(entry)].filter(([, value]) => value !== '');
  return (
    <DataList size="sm" gap={6} labelWidth="90px" p="xs">
      {rows.map(([label, value]) => (
        <DataList.Item key={label}>
          <DataList.ItemLabel>{label}</DataList.ItemLabel>
          <DataList.ItemValue>{value}</DataList.ItemValue>
        </DataList.Item>
      ))}
    </DataList>
  );
}

type Row = readonly [label: string, value: string];

function caller({ time, principal, credential, clientAddress, door }: AuditEntry, name: string): Row[] {
  return [
    ['Time', exactTime(time)],
    [
      'Who',
      [name, principal?.kind, principal?.id, principal?.owner && `owner ${principal.owner}`].filter(Boolean).join(', '),
    ],
    ['With', credential ?? ''],
    ['From', [clientAddress, door && `${door} door`].filter(Boolean).join(', ')],
  ];
}

function decided({ objects = [], decision, connection, detail = {} }: AuditEntry): Row[] {
  return [
    ['Objects', objects.map(({ action, kind, id }) => [action, kind, id].filter(Boolean).join(' ')).join('; ')],
    [
      'Decision',
      decision
        ? [inWords(decision.because), decision.role && `role ${decision.role}`, decision.id].filter(Boolean).join(', ')
        : '',
    ],
    ['Connection', connection ? `${connection.id} (${connection.because.replaceAll('_', ' ')})` : ''],
    ...Object.entries(detail).map(([label, value]): Row => [label, String(value ?? '')]),
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
