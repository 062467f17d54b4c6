import { secondMs } from '../../domain/units.ts';
import { add, type CountedCalls, countedAt, nextChanceMs, recent, type Seconds } from './counted-calls.ts';
import { type EvenPace, leaseEvenly, type PacedSlice, returnEvenly } from './even-pace.ts';
import { allowanceAt, type LearnedLimit, type LimitRefusal, learn, noSeries } from './learned-limit.ts';
import { addSpent, type SpentCalls, type SpentLately, spentLately } from './spent-lately.ts';

/**
 * What is known of one of Notion's rate limits, and what was taken from it, by all processes together. Pure arithmetic:
 * `nowMs` is the database's clock.
 *
 * Notion counts in fixed windows of a minute (https://developers.notion.com/reference/request-limits) and does not say
 * when one begins. So the ledger sees to it that *no* minute, wherever it begins, has more calls than the limit. Limits
 * that refuse bursts are kept by spacing calls evenly.
 */
export interface Ledger extends LearnedLimit, CountedCalls, EvenPace, SpentLately {
  /** When this was written. */
  readonly settledAtMs: number;
}

/** What one process has to say, and what it asks for. */
export interface LedgerReport {
  /** Calls sent without a slice, since the last report: nothing was known of a limit. */
  readonly sent: number;
  /** What is left of earlier slices. */
  readonly returned: readonly Slice[];
  /** Who has taken the rest of them. */
  readonly spent: SpentCalls;
  /** Answers since the last report that were not a refusal. */
  readonly passed: number;
  readonly refused: LimitRefusal | null;
  /** Calls to be sent soon, and how many of them by those who have had little yet. */
  readonly ask: { readonly common: number; readonly reserved: number };
}

/** Calls that may be sent within `sliceMs`. `second` is when they were taken. */
export interface Slice {
  readonly second: number;
  readonly common: number;
  /** From the part that is kept for those who have had little. */
  readonly reserved: number;
  /** How they are spaced, where bursts are refused. */
  readonly evenly: Omit<PacedSlice, 'count'> | null;
}

/** `free`: nothing restrains anybody. `wait`: Notion said to come back then, and no limit is known. */
export type LedgerAnswer = { readonly kind: 'free' } | { readonly kind: 'wait'; readonly ms: number } | SliceGrant;

export interface SliceGrant {
  readonly kind: 'slice';
  /** May be empty; then there is something to be had after `retryInMs`. */
  readonly slice: Slice;
  /** From then on there is more, unless others are faster: for everybody, and for those who have had little. */
  readonly retryInMs: { readonly common: number; readonly reserved: number };
  readonly perMinute: number;
  /** Who has had how much of the last minute. */
  readonly spent: SpentCalls;
}

/** This part of a limit is kept for those who have had little of it, so that who floods cannot take everything. */
export const reservedPart = 0.1;

export const emptyLedger: Ledger = Object.freeze({
  perMinute: null,
  evenly: false,
  learnedAtMs: 0,
  blockedUntilMs: 0,
  series: noSeries,
  taken: {},
  nextAtMs: 0,
  spent: {},
  spentBefore: {},
  spentSinceMs: 0,
  settledAtMs: 0,
});

/** Enters a report, and answers with the ledger after it and with what its sender may do. */
export function settle(stored: Ledger, report: LedgerReport, nowMs: number): { ledger: Ledger; grant: LedgerAnswer } {
  const before = movedBack(stored, nowMs);
  const second = Math.floor(nowMs / secondMs);
  const taken = recent(before.taken, nowMs);
  let pace: EvenPace = before;
  for (const { second: when, common, reserved, evenly } of report.returned) {
    add(taken, when, -(common + reserved));
    if (evenly !== null) pace = returnEvenly(pace, common, evenly.everyMs);
  }
  add(taken, second, report.sent);
  const known = learn({ ...before, ...pace, ...addSpent(before, report.spent, nowMs), taken }, report, nowMs);
  const allowance = allowanceAt(known, nowMs);
  const waitMs = known.blockedUntilMs - nowMs;
  if (allowance === null) return { ledger: known, grant: waitMs > 0 ? { kind: 'wait', ms: waitMs } : { kind: 'free' } };

  const { perMinute, evenly } = allowance;
  const { slice, ...rest } = (evenly ? spaced : counted)(known, perMinute, report.ask, nowMs);
  add(taken, second, slice.common + slice.reserved);
  const ledger = { ...known, taken, nextAtMs: rest.nextAtMs };
  const { retryInMs } = rest;
  const grant = { kind: 'slice', slice: { second, ...slice }, retryInMs, perMinute } as const;
  return { ledger, grant: { ...grant, spent: spentLately(ledger, nowMs) } };
}

interface Leased {
  readonly slice: Omit<Slice, 'second'>;
  readonly retryInMs: SliceGrant['retryInMs'];
  readonly nextAtMs: number;
}

/** Taking turns is fair enough where calls go one after the other: nothing is kept for anybody. */
function spaced(known: Ledger, perMinute: number, ask: LedgerReport['ask'], nowMs: number): Leased {
  const limit = { perMinute, freeFromMs: known.blockedUntilMs };
  const { count, retryInMs, nextAtMs, ...evenly } = leaseEvenly(known, limit, ask.common, nowMs);
  return {
    slice: { common: count, reserved: 0, evenly },
    retryInMs: { common: retryInMs, reserved: retryInMs },
    nextAtMs,
  };
}

function counted(known: Ledger, perMinute: number, ask: LedgerReport['ask'], nowMs: number): Leased {
  const slice = { ...share(known, perMinute, ask, nowMs), evenly: null };
  const taken = { ...known.taken };
  add(taken, Math.floor(nowMs / secondMs), slice.common + slice.reserved);
  const retryInMs = {
    common: nextChanceMs({ ...known, taken }, perMinute - reserveOf(perMinute), nowMs),
    reserved: nextChanceMs({ ...known, taken }, perMinute, nowMs),
  };
  return { slice, retryInMs, nextAtMs: known.nextAtMs };
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
    blockedUntilMs: move(ledger.blockedUntilMs),
    nextAtMs: move(ledger.nextAtMs),
    series: { ...ledger.series, sinceMs: move(ledger.series.sinceMs) },
    taken: moveAll(ledger.taken),
    spentSinceMs: move(ledger.spentSinceMs),
    settledAtMs: nowMs,
  };
}

/**
 * Half of what is there at most, so that the other processes find something too; of what is kept for those who have had
 * little only where nothing else is left.
 */
function share(
  ledger: Ledger,
  limit: number,
  ask: LedgerReport['ask'],
  nowMs: number,
): Pick<Slice, 'common' | 'reserved'> {
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
