import { secondMs } from '../domain/units.ts';
import type { AuditReader } from './audit-reader.ts';
import type { Settle } from './sequence/settle.ts';

/** So long a reader waits for what was written before the question. The sequencer works four times a second. */
const patienceMs = 2 * secondMs;

/**
 * A reader whose first page has everything that was durable when it was asked. When that does not get its place in time, it
 * comes without one, in front of the page and beyond its limit: a log that cannot be sequenced can still be read.
 */
export function createSettledReader(reader: AuditReader, settle: Settle): AuditReader {
  return {
    ...reader,
    async read(workspaceId, filter, page) {
      if (page.before !== null || (await settle(patienceMs))) return reader.read(workspaceId, filter, page);
      const waiting = await reader.waiting(workspaceId, filter, page.limit);
      const { records, next } = await reader.read(workspaceId, filter, page);
      // Some may have got their place in between.
      const placed = new Set(records.map(({ entry }) => entry.id));
      return { records: [...waiting.filter(({ entry }) => !placed.has(entry.id)), ...records], next };
    },
  };
}
