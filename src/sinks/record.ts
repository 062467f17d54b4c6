import { z } from 'zod';
import type { EntryKind } from '../audit/audit-log.ts';
import type { WrittenEntry, WrittenOutcome } from '../audit/audit-reader.ts';
import type { EventId, SinkId } from '../domain/ids.ts';

/** An entry with its place in the log, as receivers are given it. */
export interface SinkRecord {
  readonly index: number;
  readonly id: EventId;
  readonly kind: EntryKind;
  readonly operation: string;
  /** Canonical JSON: the very bytes that were signed. */
  readonly text: string;
  /** What an outcome or the end of a stream closes, likewise. */
  readonly intentText: string | null;
}

/** An entry that was read; an outcome has the intent that it closes beside it. */
export type ReadRecord =
  | { readonly kind: 'entry'; readonly entry: WrittenEntry }
  | { readonly kind: 'call'; readonly entry: WrittenEntry; readonly outcome: WrittenOutcome };

/** The content of an entry. If the intent of an outcome is not there, the outcome stands alone. */
export function readRecord({ kind, text, intentText }: SinkRecord): ReadRecord {
  // Written by us: `audit/entry.ts`.
  const entry = JSON.parse(text);
  if (kind !== 'outcome' || intentText === null) return { kind: 'entry', entry };
  return { kind: 'call', entry: JSON.parse(intentText), outcome: entry };
}

/** The system's name when a sink asks Notion. */
export const sinkComponent = 'audit_sink';

/** Whether a sink takes everything, or alerts alone. */
export const sinkOnly = z
  .enum(['everything', 'alerts'])
  .default('everything')
  .describe('`alerts`: nothing but alerts.');

/** Entries that tell of trouble with a sink. */
const troubleNames: ReadonlySet<string> = new Set(['sink.blocked', 'sink.dead_lettered']);

/** True for entries that tell of trouble with a sink: refusing them must not make more of them. */
export function tellsOfTrouble({ operation }: SinkRecord): boolean {
  return troubleNames.has(operation);
}

/** True for entries about trouble with this very sink. The sink must not get them. */
export function tellsOfItself(record: SinkRecord, id: SinkId): boolean {
  if (!tellsOfTrouble(record)) return false;
  const { entry } = readRecord(record);
  return entry.detail?.sink === id;
}
