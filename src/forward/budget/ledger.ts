import { secondMs } from '../../domain/units.ts';
import { add, type CountedCalls, countedAt, nextChanceMs, recent, type Seconds } from './counted-calls.ts';
import { type LearnedLimit, learn, limitAt, type Refused } from './learned-limit.ts';
import { addSpent, type Spent, type SpentLately, spentLately } from './spent-lately.ts';

/**
 * What is known of one of Notion's rate limits, and what was taken from it, by all processes together. Pure arithmetic:
 * `nowMs` is the database's clock.
 *
 * Notion counts in fixed windows of a minute (https://developers.notion.com/reference/request-limits) and does not say
 * when one begins. So the ledger sees to it that *no* minute, wherever it begins, has more calls than the limit.
 */
export interface Ledger extends LearnedLimit, CountedCalls, SpentLately {
  /** When this was written. */
  readonly settledAtMs: number;
}

/** What one process has to say, and what it asks for. */
export interface Report {
  /** Calls sent without a slice, since the last report: nothing was known of a limit. */
  readonly sent: number;
  /** What is left of earlier slices. */
  readonly returned: readonly Slice[];
  /** Who has taken the rest of them. */
  readonly spent: Spent;
  /** Answers since the last report that were not a refusal. */
  readonly passed: number;
  readonly refused: Refused | null;
  /** Calls to be sent soon, and how many of them by those who have had little yet. */
  readonly ask: { readonly common: number; readonly reserved: number };
}

/** Calls that may be sent within `sliceMs`. `second` is when they were taken. */
export interface Slice {
  readonly second: number;
  readonly common: number;
  /** From the part that is kept for those who have had little. */
  readonly reserved: number;
}

/** `free`: no limit is known. */
export type Grant = { readonly kind: 'free' } | SliceGrant;

export interface SliceGrant {
  readonly kind: 'slice';
  /** May be empty; then there is something to be had after `retryInMs`. */
  readonly slice: Slice;
  /** From then on there is more, unless others are faster: for everybody, and for those who have had little. */
  readonly retryInMs: { readonly common: number; readonly reserved: number };
  readonly perMinute: number;
  /** Who has had how much of the last minute. */
  readonly spent: Spent;
}

/** This part of a limit is kept for those who have had little of it, so that who floods cannot take everything. */
export const reservedPart = 0.1;

export const emptyLedger: Ledger = Object.freeze({
  perMinute: null,
  learnedAtMs: 0,
  learnedFromMs: 0,
  blockedUntilMs: 0,
  taken: {},
  passed: {},
  spent: {},
  spentBefore: {},
  spentSinceMs: 0,
  settledAtMs: 0,
});

/** Enters a report, and answers with the ledger after it and with what its sender may do. */
export function settle(stored: Ledger, report: Report, nowMs: number): { ledger: Ledger; grant: Grant } {
  const before = movedBack(stored, nowMs);
  const second = Math.floor(nowMs / secondMs);
  const taken = recent(before.taken, nowMs);
  for (const { second: when, common, reserved } of report.returned) add(taken, when, -(common + reserved));
  add(taken, second, report.sent);
  const passed = recent(before.passed, nowMs);
  add(passed, second, report.passed);
  const known = learn({ ...before, ...addSpent(before, report.spent, nowMs), taken, passed }, report.refused, nowMs);
  const limit = limitAt(known, nowMs);
  if (limit === null) return { ledger: { ...known, perMinute: null }, grant: { kind: 'free' } };

  const slice = { second, ...share(known, limit, report.ask, nowMs) };
  add(taken, second, slice.common + slice.reserved);
  const ledger = { ...known, taken };
  const retryInMs = {
    common: nextChanceMs(ledger, limit - reserveOf(limit), nowMs),
    reserved: nextChanceMs(ledger, limit, nowMs),
  };
  return { ledger, grant: { kind: 'slice', slice, retryInMs, perMinute: limit, spent: spentLately(ledger, nowMs) } };
}

/**
 * When the clock was put back, all that was written by it moves along: else what was taken would count, and Notion's wait
 * would last, for as long as the clock was put back.
 */
function movedBack(ledger: Ledger, nowMs: number): Ledger {
  const seconds = Math.floor((ledger.settledAtMs - nowMs) / secondMs);
  if (seconds <= 0) return { ...ledger, settledAtMs: nowMs };
  const move = (atMs: number) => atMs - seconds * secondMs;
  const moveAll = (counts: Seconds) =>
    Object.fromEntries(Object.entries(counts).map(([second, count]) => [Number(second) - seconds, count]));
  return {
    ...ledger,
    learnedAtMs: move(ledger.learnedAtMs),
    learnedFromMs: move(ledger.learnedFromMs),
    blockedUntilMs: move(ledger.blockedUntilMs),
    taken: moveAll(ledger.taken),
    passed: moveAll(ledger.passed),
    spentSinceMs: move(ledger.spentSinceMs),
    settledAtMs: nowMs,
  };
}

/**
 * Half of what is there at most, so that the other processes find something too; of what is kept for those who have had
 * little only where nothing else is left.
 */
function share(ledger: Ledger, limit: number, ask: Report['ask'], nowMs: number): Omit<Slice, 'second'> {
  if (nowMs < ledger.blockedUntilMs) return { common: 0, reserved: 0 };
  const left = limit - countedAt(ledger, nowMs);
  const common = halfOf(left - reserveOf(limit), ask.common);
  return { common, reserved: common > 0 ? 0 : halfOf(left, ask.reserved) };
}

function halfOf(left: number, wanted: number): number {
  return Math.max(0, Math.min(wanted, Math.ceil(left / 2)));
}

export function reserveOf(limit: number): number {
  return Math.max(1, Math.floor(limit * reservedPart));
}
