import { setTimeout } from 'node:timers/promises';
import type { WorkspaceId } from '../domain/ids.ts';
import { minuteMs, secondMs } from '../domain/units.ts';
import type { AuditFilter, AuditReader, AuditRecord } from './audit-reader.ts';

/**
 * A piece of a tail: new entries, oldest first, and how far it has come. An empty piece shows that the tail is alive.
 */
export interface TailPiece {
  readonly records: readonly AuditRecord[];
  /** The index from which on it goes on. */
  readonly next: number;
}

/** Between two looks at whether the log has grown. */
const lookEveryMs = secondMs / 2;
/** Records in one piece at most. */
const pieceMax = 200;
/** A listener gets a piece at least this often. */
const stillThereMs = 15 * secondMs;
/** A tail ends after this time. A listener who wants more asks again, from where it ended. */
const tailMsMax = 10 * minuteMs;

/**
 * Follows a growing log from an index on, until its time is over, the listener has left, or the process stops. Entries
 * that are not sequenced yet follow once they are, within a second.
 *
 * @param from null: only new entries
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
  /** Aborts when the listener has left. */
  readonly signal: AbortSignal;
  readonly stopping: () => boolean;
  readonly monotonicMs: () => number;
}
