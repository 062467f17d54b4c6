/** The emulator's only source of time, so that tests can move it instead of waiting. Milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /** Adds to the clock; it keeps running from there. */
  advance(ms: number): void;
  /** Stops the clock at an instant; `null` lets it run with the machine again. */
  freeze(atMs: number | null): void;
}

/** A clock over `source`, which is the machine's clock unless a test says otherwise. */
export function createClock(source: () => number = Date.now): Clock {
  let offsetMs = 0;
  let frozenAtMs: number | null = null;
  return {
    now: () => frozenAtMs ?? source() + offsetMs,
    advance(ms) {
      if (frozenAtMs === null) offsetMs += ms;
      else frozenAtMs += ms;
    },
    freeze(atMs) {
      frozenAtMs = atMs;
      if (atMs === null) offsetMs = 0;
    },
  };
}

const MINUTE_MS = 60_000;

/** Pages, blocks, comments and data sources show their times cut to the minute (recorded traffic). */
export function minuteTime(ms: number): string {
  return new Date(ms - (ms % MINUTE_MS)).toISOString();
}

/** Databases and views show milliseconds with a numeric offset (recorded traffic). */
export function offsetTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+00:00');
}
