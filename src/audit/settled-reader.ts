import { secondMs } from '../domain/units.ts';
import type { AuditReader } from './audit-reader.ts';
import type { Settle } from './sequence/settle.ts';

/**
 * The longest time that a reader waits for entries from before its question. The sequencer works four times a second.
 */
const patienceMs = 2 * secondMs;

/**
 * A reader whose first page has everything that was durable at the time of the question. Entries that do not get their
 * place in time come without one, before the page and beyond its limit: so a log that cannot be sequenced can still be
 * read.
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
