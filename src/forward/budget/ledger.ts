import { hourMs, minuteMs, secondMs } from '../../domain/units.ts';

/**
 * What is known of one of Notion's rate limits, and what was taken from it, by all processes together. Pure arithmetic:
 * `nowMs` is the database's clock.
 *
 * Notion counts in fixed windows of a minute (https://developers.notion.com/reference/request-limits) and does not say
 * when one begins. So the ledger sees to it that *no* minute, wherever it begins, has more calls than the limit.
 */
export interface Ledger {
  /** Calls a minute that Notion was last seen to allow; null while it has never refused one. */
  readonly perMinute: number | null;
  readonly learnedAtMs: number;
  /** When the minute of Notion's began in which it was learned. */
  readonly learnedFromMs: number;
  /** Notion said to come back then; what was taken before no longer counts. */
  readonly blockedUntilMs: number;
  /** Calls taken from the limit, by the second in which they were. */
  readonly taken: Seconds;
  /** Calls that Notion did not refuse, by the second in which that was reported. */
  readonly passed: Seconds;
  /** Who has taken how much since `spentSinceMs`, and in the time before that was as long. Only those who took most. */
  readonly spent: Spent;
  readonly spentBefore: Spent;
  readonly spentSinceMs: number;
  /** When this was written. */
  readonly settledAtMs: number;
}

type Seconds = Readonly<Record<string, number>>;

/** Calls from slices, by the group of principals that made them. */
export type Spent = Readonly<Record<string, number>>;

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
  /** Notion has just refused a call, and said when to come back. */
  readonly refused: { readonly retryAfterMs: number } | null;
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

/** How long a slice is good for. */
export const sliceMs = 2 * secondMs;

/** Calls are counted for a minute after their slice has ended, and one second more because seconds are not cut finer. */
const countedMs = minuteMs + sliceMs + secondMs;

/** A limit is never believed to be lower: that few calls may be others', made with the same connection. */
const perMinuteMin = 10;

/** That many groups are remembered. Those who took least are forgotten, and count as having had little. */
const spendersMax = 50;

/**
 * A learned limit is forgotten slowly at first, since each time that it proves true costs a refusal; then faster and faster.
 * A guess can be far too low: others' calls count against a workspace's limit, and a refusal may be a lie.
 */
const growth = { everyMs: 5 * minuteMs, factor: 1.05, forgottenMs: 2 * hourMs };

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
  const known = learn({ ...before, ...addSpent(before, report.spent, nowMs), taken, passed }, report, nowMs);
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

type Spending = Pick<Ledger, 'spent' | 'spentBefore' | 'spentSinceMs'>;

function addSpent(ledger: Ledger, more: Spent, nowMs: number): Spending {
  const { spent, spentBefore, spentSinceMs } = sinceLately(ledger, nowMs);
  const sums = { ...spent };
  for (const [group, calls] of Object.entries(more)) sums[group] = (sums[group] ?? 0) + calls;
  const most = Object.entries(sums).sort(([, a], [, b]) => b - a);
  return { spent: Object.fromEntries(most.slice(0, spendersMax)), spentBefore, spentSinceMs };
}

function sinceLately({ spent, spentBefore, spentSinceMs, blockedUntilMs }: Ledger, nowMs: number): Spending {
  const countsAnew = spentSinceMs < blockedUntilMs && blockedUntilMs <= nowMs;
  if (countsAnew || nowMs - spentSinceMs >= 2 * countedMs) return { spent: {}, spentBefore: {}, spentSinceMs: nowMs };
  if (nowMs - spentSinceMs < countedMs) return { spent, spentBefore, spentSinceMs };
  return { spent: {}, spentBefore: spent, spentSinceMs: spentSinceMs + countedMs };
}

/** Of the time before, as much as still counts: else who floods would be one who has had nothing whenever a new one begins. */
function spentLately({ spent, spentBefore, spentSinceMs }: Ledger, nowMs: number): Spent {
  const part = 1 - (nowMs - spentSinceMs) / countedMs;
  const sums = { ...spent };
  for (const [group, calls] of Object.entries(spentBefore)) sums[group] = (sums[group] ?? 0) + calls * part;
  return sums;
}

/**
 * Notion's window ends when it says to come back, so it began a minute before; what it let pass since then is its limit.
 * Of a wait that is longer than a minute nobody knows when it began: then the last minute tells.
 * Other processes report what they saw of that window a moment later, which can only raise the number.
 */
function learn(ledger: Ledger, { refused }: Report, nowMs: number): Ledger {
  const learning = nowMs < ledger.blockedUntilMs;
  if (refused === null && !learning) return ledger;
  const first = refused !== null && !learning;
  const leftMs = refused === null || refused.retryAfterMs > minuteMs ? 0 : refused.retryAfterMs;
  // Retry-After is in whole seconds, rounded up.
  const beganMs = nowMs + leftMs - minuteMs - secondMs;
  const learnedFromMs = first ? beganMs : ledger.learnedFromMs;
  const seen = Math.max(perMinuteMin, sumSince(ledger.passed, learnedFromMs));
  return {
    ...ledger,
    learnedFromMs,
    learnedAtMs: first ? nowMs : ledger.learnedAtMs,
    perMinute: first ? seen : Math.max(seen, ledger.perMinute ?? 0),
    blockedUntilMs: Math.max(ledger.blockedUntilMs, refused === null ? 0 : nowMs + refused.retryAfterMs),
  };
}

function limitAt({ perMinute, learnedAtMs }: Ledger, nowMs: number): number | null {
  const ageMs = nowMs - learnedAtMs;
  if (perMinute === null || ageMs > growth.forgottenMs) return null;
  const steps = Math.floor(Math.max(0, ageMs) / growth.everyMs);
  return Math.floor(perMinute * growth.factor ** ((steps * (steps + 1)) / 2));
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

/** How long until less than so many calls count. */
function nextChanceMs(ledger: Ledger, most: number, nowMs: number): number {
  if (nowMs < ledger.blockedUntilMs) return ledger.blockedUntilMs - nowMs;
  let over = countedAt(ledger, nowMs) - most + 1;
  for (const [second, count] of Object.entries(ledger.taken)) {
    if (over <= 0) break;
    if (!counts(ledger, Number(second), nowMs)) continue;
    over -= count;
    if (over <= 0) return Number(second) * secondMs + countedMs - nowMs;
  }
  return 0;
}

function countedAt(ledger: Ledger, nowMs: number): number {
  let sum = 0;
  for (const [second, count] of Object.entries(ledger.taken)) {
    if (counts(ledger, Number(second), nowMs)) sum += count;
  }
  return sum;
}

/** Notion counts anew after the time that it named, and so do we. */
function counts({ blockedUntilMs }: Ledger, second: number, nowMs: number): boolean {
  const atMs = second * secondMs;
  return atMs + countedMs > nowMs && (nowMs < blockedUntilMs || atMs + secondMs > blockedUntilMs);
}

function sumSince(seconds: Seconds, sinceMs: number): number {
  let sum = 0;
  for (const [second, count] of Object.entries(seconds)) if ((Number(second) + 1) * secondMs > sinceMs) sum += count;
  return sum;
}

/** Keys that are whole numbers stand in ascending order (ECMA-262, OrdinaryOwnPropertyKeys): oldest first. */
function recent(seconds: Seconds, nowMs: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(seconds).filter(([second]) => Number(second) * secondMs + countedMs > nowMs),
  );
}

function add(seconds: Record<string, number>, second: number, count: number): void {
  const sum = (seconds[second] ?? 0) + count;
  // What is returned after it ceased to count would make it negative.
  if (sum > 0) seconds[second] = sum;
  else delete seconds[second];
}
