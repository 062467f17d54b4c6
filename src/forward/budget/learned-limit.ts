import { hourMs, minuteMs, secondMs } from '../../domain/units.ts';
import { type Seconds, sumSince } from './counted-calls.ts';

/** What Notion's refusals told. */
export interface LearnedLimit {
  /** Calls a minute that Notion was last seen to allow; null while it has never refused one. */
  readonly perMinute: number | null;
  readonly learnedAtMs: number;
  /** When the minute of Notion's began in which it was learned. */
  readonly learnedFromMs: number;
  /** Notion said to come back then. */
  readonly blockedUntilMs: number;
  /** Calls that Notion did not refuse, by the second in which that was reported. */
  readonly passed: Seconds;
}

/** Notion has just refused a call, and said when to come back. */
export interface Refused {
  readonly retryAfterMs: number;
}

/** A limit is never believed to be lower: that few calls may be others', made with the same connection. */
const perMinuteMin = 10;

/**
 * A learned limit is forgotten slowly at first, since each time that it proves true costs a refusal; then faster and faster.
 * A guess can be far too low: others' calls count against a workspace's limit, and a refusal may be a lie.
 */
const growth = { everyMs: 5 * minuteMs, factor: 1.05, forgottenMs: 2 * hourMs };

/**
 * Notion's window ends when it says to come back, so it began a minute before; what it let pass since then is its limit.
 * Of a wait that is longer than a minute nobody knows when it began: then the last minute tells.
 * Other processes report what they saw of that window a moment later, which can only raise the number.
 */
export function learn<T extends LearnedLimit>(known: T, refused: Refused | null, nowMs: number): T {
  const learning = nowMs < known.blockedUntilMs;
  if (refused === null && !learning) return known;
  const first = refused !== null && !learning;
  const leftMs = refused === null || refused.retryAfterMs > minuteMs ? 0 : refused.retryAfterMs;
  // Retry-After is in whole seconds, rounded up.
  const beganMs = nowMs + leftMs - minuteMs - secondMs;
  const learnedFromMs = first ? beganMs : known.learnedFromMs;
  const seen = Math.max(perMinuteMin, sumSince(known.passed, learnedFromMs));
  return {
    ...known,
    learnedFromMs,
    learnedAtMs: first ? nowMs : known.learnedAtMs,
    perMinute: first ? seen : Math.max(seen, known.perMinute ?? 0),
    blockedUntilMs: Math.max(known.blockedUntilMs, refused === null ? 0 : nowMs + refused.retryAfterMs),
  };
}

export function limitAt({ perMinute, learnedAtMs }: LearnedLimit, nowMs: number): number | null {
  const ageMs = nowMs - learnedAtMs;
  if (perMinute === null || ageMs > growth.forgottenMs) return null;
  const steps = Math.floor(Math.max(0, ageMs) / growth.everyMs);
  return Math.floor(perMinute * growth.factor ** ((steps * (steps + 1)) / 2));
}
