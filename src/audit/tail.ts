import { setTimeout } from 'node:timers/promises';
import type { WorkspaceId } from '../domain/ids.ts';
import { minuteMs, secondMs } from '../domain/units.ts';
import type { AuditFilter, AuditReader, AuditRecord } from './audit-reader.ts';

/** What a tail says: what was logged, oldest first, and how far it has come. An empty one says that it is still there. */
export interface TailPiece {
  readonly records: readonly AuditRecord[];
  /** The index from which on it goes on. */
  readonly next: number;
}

/** Between two looks at whether the log has grown. */
const lookEveryMs = secondMs / 2;
/** Records in one piece at most. */
const pieceMax = 200;
/** Whoever listens hears something this often. */
const stillThereMs = 15 * secondMs;
/** So long a tail goes on. Whoever wants more asks again, from where it ended. */
const tailMsMax = 10 * minuteMs;

/**
 * Follows a log from an index on while it grows, until it has gone on for long enough, nobody listens any more, or the process
 * stops. What is not sequenced yet comes when it is, within a second.
 *
 * @param from null: only what comes from now on
 */
export async function* tail(
  reader: Pick<AuditReader, 'follow' | 'size'>,
  log: { readonly workspaceId: WorkspaceId | null; readonly filter: AuditFilter; readonly from: number | null },
  { signal, stopping, monotonicMs }: TailEnd,
): AsyncGenerator<TailPiece> {
  const { workspaceId, filter } = log;
  const begun = monotonicMs();
  let next = log.from ?? (await reader.size(workspaceId));
  let said = begun;
  yield { records: [], next };
  while (!signal.aborted && !stopping() && monotonicMs() - begun < tailMsMax) {
    const found = await reader.follow(workspaceId, filter, { from: next, limit: pieceMax });
    const moved = found.next > next;
    next = found.next;
    if (found.records.length > 0 || monotonicMs() - said > stillThereMs) {
      said = monotonicMs();
      yield { records: found.records, next };
    }
    if (!moved) await setTimeout(lookEveryMs, undefined, { signal, ref: false }).catch(() => {});
  }
}

/** What ends a tail. */
interface TailEnd {
  /** Nobody listens any more. */
  readonly signal: AbortSignal;
  readonly stopping: () => boolean;
  readonly monotonicMs: () => number;
}
