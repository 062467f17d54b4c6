import { secondMs } from '../../domain/units.ts';
import { add, type CountedCalls, countedAt, nextChanceMs, recent, type Seconds } from './counted-calls.ts';
import { type EvenPace, leaseEvenly, type PacedSlice, returnEvenly } from './even-pace.ts';
import { allowanceAt, type LearnedLimit, type LimitRefusal, learn, noSeries } from './learned-limit.ts';
import { addSpent, type SpentCalls, type SpentLately, spentLately } from './spent-lately.ts';

/**
 * One of Notion's rate limits, as far as it is known, and what all processes together took from it. Pure arithmetic:
 * `nowMs` is the database's clock.
 *
 * Notion counts in fixed windows of a minute (https://developers.notion.com/reference/request-limits) and does not say
 * when one begins. So the ledger ensures that *no* minute, wherever it begins, has more calls than the limit. Limits
 * that refuse bursts are kept by spacing calls evenly.
 */
export interface Ledger extends LearnedLimit, CountedCalls, EvenPace, SpentLately {
  /** When this was written. */
  readonly settledAtMs: number;
}

/** What one process reports and asks for. */
export interface LedgerReport {
  /** Calls that were sent without a slice since the last report, while no limit was known. */
  readonly sent: number;
  /** The unused rest of earlier slices. */
  readonly returned: readonly Slice[];
  /** The groups that used the other calls of these slices. */
  readonly spent: SpentCalls;
  /** Answers since the last report that were not a refusal. */
  readonly passed: number;
  readonly refused: LimitRefusal | null;
  /** Calls to be sent soon, and how many of them by groups that have had little yet. */
  readonly ask: { readonly common: number; readonly reserved: number };
}

/** Calls that may be sent within `sliceMs`. `second` is when they were taken. */
export interface Slice {
  readonly second: number;
  readonly common: number;
  /** From the part that is reserved for groups that have had little. */
  readonly reserved: number;
  /** How they are spaced, where bursts are refused. */
  readonly evenly: Omit<PacedSlice, 'count'> | null;
}

/** `free`: there is no restraint. `wait`: Notion said to come back then, and no limit is known. */
export type LedgerAnswer = { readonly kind: 'free' } | { readonly kind: 'wait'; readonly ms: number } | SliceGrant;

export interface SliceGrant {
  readonly kind: 'slice';
  /** May be empty; then there is something to be had after `retryInMs`. */
  readonly slice: Slice;
  /**
   * The time from which there is more, unless other processes are faster: for all groups, and for those that have had
   * little.
   */
  readonly retryInMs: { readonly common: number; readonly reserved: number };
  readonly perMinute: number;
  /** How much each group used in the last minute. */
  readonly spent: SpentCalls;
}

/**
 * This part of a limit is reserved for groups that have used little of it, so that a flood of one group cannot take
 * everything.
 */
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

/** Enters a report, and returns the new ledger and what the sender of the report may do. */
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

/** If calls go one after the other, taking turns is fair enough: nothing is reserved. */
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
 * If the clock was put back, all times in the ledger are moved back too. Otherwise old calls would count, and Notion's
 * wait would last, longer by that much.
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
 * Half of the rest at most, so that the other processes find some too. The reserved part is used only if nothing else
 * is left.
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
