import { z } from 'zod';
import type { AuditFilter, AuditReader } from '../../audit/audit-reader.ts';
import { tail } from '../../audit/tail.ts';
import type { WorkspaceId } from '../../domain/ids.ts';
import { auditView, namesIn } from './audit-view.ts';
import type { Download } from './download.ts';
import { eventStream, type ServerEvent } from './event-stream.ts';

/** When tails end that would go on. */
export interface TailEnds {
  readonly stopping: () => boolean;
  readonly monotonicMs: () => number;
}

const index = z.string().regex(/^\d{1,15}$/);

export const tailFrom = index
  .transform(Number)
  .optional()
  .describe('Begin with the entry of this index; else with what comes from now on.');

/** What a browser sends when it asks again. */
export const lastEvent = z.object({ 'last-event-id': index.optional() });

/**
 * Follows a log: one event for each batch of new entries, with `entries` and `names` as on a page of the log, and
 * `next`.
 */
export function tailLog(
  parts: { readonly reader: AuditReader; readonly ends: TailEnds },
  log: { readonly workspaceId: WorkspaceId | null; readonly filter: AuditFilter },
  { from, headers }: { from: number | undefined; headers: Readonly<Record<string, string | undefined>> },
): Download {
  const { reader, ends } = parts;
  const last = headers['last-event-id'];
  const start = last === undefined ? (from ?? null) : Number(last);
  async function* events(signal: AbortSignal): AsyncGenerator<ServerEvent> {
    for await (const { records, next } of tail(reader, { ...log, from: start }, { ...ends, signal })) {
      const names = Object.fromEntries(await namesIn(reader, log.workspaceId, records));
      yield { id: String(next), name: 'entries', data: { entries: records.map(auditView), names, next } };
    }
  }
  return eventStream(events);
}
