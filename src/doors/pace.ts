import type { IncomingMessage, ServerResponse } from 'node:http';
import { KiB, secondMs } from '../domain/units.ts';

/** The least speed of the other side of a connection while we wait for it. */
export interface Pace {
  /** Over how long it is measured. */
  readonly graceMs: number;
  /** What must come, or be taken, on average of that time. */
  readonly bytesPerSecond: number;
}

/** A phone on a bad network is faster than this. A slower client only occupies what others need. */
export const leastPace: Pace = { graceMs: 10 * secondMs, bytesPerSecond: 4 * KiB };

interface PaceWatch {
  stop(): void;
}

/**
 * Measures a transfer while we wait for it. Calls `onSlow` once if, in any `graceMs` of waiting, less than the least
 * pace has moved.
 *
 * @param moved how many bytes have been transferred so far
 * @param waiting whether we wait for the other side: our own delays do not count
 */
export function watchPace(
  pace: Pace,
  measured: { moved: () => number; waiting: () => boolean; onSlow: () => void },
): PaceWatch {
  const tickMs = Math.min(secondMs, pace.graceMs / 2);
  const due = (pace.graceMs / secondMs) * pace.bytesPerSecond;
  let waitedMs = 0;
  let movedBefore = 0;
  const timer = setInterval(() => {
    if (!measured.waiting()) return;
    waitedMs += tickMs;
    if (waitedMs < pace.graceMs) return;
    const moved = measured.moved();
    if (moved - movedBefore < due) {
      stop();
      measured.onSlow();
    }
    movedBefore = moved;
    waitedMs = 0;
  }, tickMs).unref();
  const stop = () => clearInterval(timer);
  return { stop };
}

/** Ends the connection of a client that does not read its answer, because the answer occupies what others need. */
export function cutSlowReader({ socket }: IncomingMessage, response: ServerResponse, pace: Pace): void {
  if (response.destroyed) return;
  const before = socket.bytesWritten;
  const watch = watchPace(pace, {
    moved: () => socket.bytesWritten - socket.writableLength - before,
    waiting: () => socket.writableLength > 0,
    onSlow: () => socket.destroy(),
  });
  response.once('close', watch.stop);
}
