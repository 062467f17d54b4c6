import { skillResults } from '../../../audit/skill-view.ts';
import type { ReadRecord } from '../../record.ts';

/** The type that a column must have, by its name: those of the source system exactly. */
export const requiredColumns = {
  Action: 'title',
  User: 'rich_text',
  Result: 'select',
  Resource: 'rich_text',
  Timestamp: 'date',
} as const;

/** Written where they are there. */
const furtherColumns = { Reason: 'rich_text', Decision: 'rich_text' } as const;

export type ColumnName = keyof typeof requiredColumns | keyof typeof furtherColumns;

/** A row, as text; `Timestamp` is an ISO 8601 time. */
export type Row = Readonly<Record<ColumnName, string>>;

/** What a row says of an entry. A call is one row, once it is known how it ended. */
export function rowOf(read: ReadRecord): Row {
  const { entry } = read;
  return {
    Action: entry.operation,
    User: userOf(entry.principal),
    Result: resultOf(read),
    Resource: resourceOf(read),
    Timestamp: entry.time,
    Reason: reasonOf(read),
    Decision: entry.id,
  };
}

/** An agent is written with the id of its owner. */
function userOf(principal: ReadRecord['entry']['principal']): string {
  if (principal === null) return 'system';
  const { kind, id, owner } = principal;
  return owner === null ? (id ?? kind) : `${id} for ${owner}`;
}

function resultOf(read: ReadRecord): string {
  if (read.kind === 'call') return skillResults[read.outcome.result] ?? 'error';
  const { kind, result } = read.entry;
  return kind === 'denial' ? 'denied' : (result ?? 'success');
}

function resourceOf({ entry }: ReadRecord): string {
  const { objects = [], detail = {} } = entry;
  const [first, ...more] = objects;
  if (first !== undefined) {
    const name = first.id === null ? first.kind : `${first.kind}:${first.id}`;
    return more.length === 0 ? name : `${name} and ${more.length} more`;
  }
  const [kind, id] = Object.entries(detail).find(([, value]) => isOurId(value)) ?? [];
  return kind === undefined ? 'workspace' : `${kind}:${id}`;
}

function isOurId(value: unknown): boolean {
  return typeof value === 'string' && /^[a-z]{3}_[0-9a-f-]{36}$/.test(value);
}

function reasonOf(read: ReadRecord): string {
  const { decision, detail = {} } = read.entry;
  const error = read.kind === 'call' ? read.outcome.error : null;
  if (decision !== undefined) return [decision.because, ...(error === null ? [] : [error])].join(', ');
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
}

/** The newest checkpoint of the log as a row. A person who copies it can compare the log with it later. */
export function checkpointRow({ log, size, note, at }: NewestCheckpoint): Row {
  return {
    Action: 'log.checkpoint',
    User: 'system',
    Result: 'success',
    Resource: `log:${log}`,
    Timestamp: at.toISOString(),
    Reason: note,
    Decision: `size ${size}`,
  };
}

export interface NewestCheckpoint {
  readonly log: string;
  readonly size: number;
  /** A signed note. */
  readonly note: string;
  readonly at: Date;
}
