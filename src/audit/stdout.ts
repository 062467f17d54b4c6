import type { Writable } from 'node:stream';
import type { AuditRow } from './audit-log.ts';

/**
 * Prints entries that have become durable, one JSON object a line, in the envelope of the source system: `level` is
 * `audit`. A copy for log collectors, never the log: a reader that is slow or gone stops nothing. What a slow reader
 * has not taken is kept up to a limit; beyond it lines are left out, and the next line says how many.
 */
export function printEntries(
  out: Writable,
  options: { pendingBytesMax?: number } = {},
): (rows: readonly AuditRow[]) => void {
  const { pendingBytesMax = 16 * 1024 * 1024 } = options;
  let leftOut = 0;
  out.on('error', () => {});
  return rows => {
    if (rows.length === 0) return;
    if (out.writableLength > pendingBytesMax || out.destroyed) {
      leftOut += rows.length;
      return;
    }
    const gap = leftOut > 0 ? `{"level":"audit","leftOut":${leftOut}}\n` : '';
    leftOut = 0;
    out.write(`${gap}${rows.map(row => `{"level":"audit",${row.entry.slice(1)}\n`).join('')}`);
  };
}
