import { Readable } from 'node:stream';
import type { AuditFilter, AuditReader, AuditRecord } from '../../audit/audit-reader.ts';
import { skillEntry } from '../../audit/skill-view.ts';
import type { WorkspaceId } from '../../domain/ids.ts';
import { type AuditView, auditView, namesIn } from './audit-view.ts';
import { type CsvValue, csvRow } from './csv-row.ts';
import { Download } from './download.ts';

export type ExportFormat = 'csv' | 'jsonl' | 'skill';

/** Entries that are in memory at once. */
const chunkSize = 500;

/** Everything in the log that matches, newest first, as a file that is written while it is read. */
export function exportLog(
  reader: AuditReader,
  workspaceId: WorkspaceId | null,
  filter: AuditFilter,
  format: ExportFormat,
): Download {
  const source = chunks(reader, workspaceId, filter);
  const lines = { csv: csvLines, jsonl: jsonLines, skill: (of: typeof source) => skillLines(of, workspaceId) };
  const body = Readable.from(lines[format](source), { objectMode: false });
  const contentType = format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/jsonl; charset=utf-8';
  return new Download(`portcullis-log.${format === 'csv' ? 'csv' : 'jsonl'}`, contentType, body);
}

interface Chunk {
  readonly records: readonly AuditRecord[];
  readonly entries: readonly AuditView[];
  readonly names: ReadonlyMap<string, string>;
}

async function* chunks(
  reader: AuditReader,
  workspaceId: WorkspaceId | null,
  filter: AuditFilter,
): AsyncGenerator<Chunk> {
  let before: number | null = null;
  do {
    const { records, next } = await reader.read(workspaceId, filter, { before, limit: chunkSize });
    yield { records, entries: records.map(auditView), names: await namesIn(reader, workspaceId, records) };
    before = next;
  } while (before !== null);
}

async function* jsonLines(source: AsyncIterable<Chunk>): AsyncGenerator<string> {
  for await (const { entries } of source) {
    if (entries.length > 0) yield `${entries.map(entry => JSON.stringify(entry)).join('\n')}\n`;
  }
}

async function* skillLines(source: AsyncIterable<Chunk>, workspaceId: WorkspaceId | null): AsyncGenerator<string> {
  for await (const { records } of source) {
    const entries = records.map(record => skillEntry(record, workspaceId)).filter(entry => entry !== null);
    if (entries.length > 0) yield `${entries.map(entry => JSON.stringify(entry)).join('\n')}\n`;
  }
}

async function* csvLines(source: AsyncIterable<Chunk>): AsyncGenerator<string> {
  yield csvRow(columns.map(([heading]) => heading));
  for await (const { entries, names } of source) {
    yield entries.map(entry => csvRow(columns.map(([, read]) => read(entry, names)))).join('');
  }
}

type Column = readonly [heading: string, read: (entry: AuditView, names: Chunk['names']) => CsvValue];

const effects: Readonly<Record<string, string>> = { intent: 'allow', denial: 'deny' };

const columns: readonly Column[] = [
  ['time', ({ time }) => time],
  ['effect', ({ kind }) => effects[kind] ?? kind],
  ['activity', ({ activity }) => activity ?? 'administration'],
  ['operation', ({ operation }) => operation],
  ['who', ({ principal }, names) => names.get(principal?.id ?? '')],
  ['principal', ({ principal }) => principal?.id ?? principal?.kind],
  ['owner', ({ principal }) => principal?.owner],
  ['credential', ({ credential }) => credential],
  ['door', ({ door }) => door],
  ['client_address', ({ clientAddress }) => clientAddress],
  [
    'objects',
    ({ objects = [] }) =>
      objects.map(({ action, kind, id }) => [action, kind, id].filter(Boolean).join(' ')).join('; '),
  ],
  ['reason', ({ decision }) => decision?.because],
  ['role', ({ decision }) => decision?.role],
  ['connection', ({ connection }) => connection?.id],
  ['result', ({ outcome, result }) => outcome?.result ?? result],
  ['status', ({ outcome }) => outcome?.status],
  ['withheld', ({ outcome }) => outcome?.withheld],
  ['upstream_ms', ({ outcome }) => outcome?.upstreamMs],
  ['error', ({ outcome }) => outcome?.error],
  ['detail', ({ detail }) => detail && JSON.stringify(detail)],
  ['request', ({ requestId }) => requestId],
  ['entry', ({ id }) => id],
  ['index', ({ index }) => index],
];
