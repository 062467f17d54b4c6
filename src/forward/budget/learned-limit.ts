import { minuteMs, secondMs } from '../../domain/units.ts';

/**
 * What Notion's refusals showed. One refusal says when to go on, and nothing about a limit: calls of others may have
 * used it up, or it may be a mistake. If Notion refuses again each time that calls go on, the calls that pass in
 * between show the limit.
 */
export interface LearnedLimit {
  /** Calls a minute; null while it is unknown. */
  readonly perMinute: number | null;
  /** It is one of seconds and not of a minute: bursts are refused. */
  readonly evenly: boolean;
  readonly learnedAtMs: number;
  /** Notion said to come back then. */
  readonly blockedUntilMs: number;
  readonly series: Series;
}

/** Refusals that came soon after each other. `sinceMs` is the time at which the first of them said to come back. */
interface Series {
  readonly refusals: number;
  readonly sinceMs: number;
  /** Calls that Notion did not refuse since then. */
  readonly passed: number;
  /** How long Notion made us wait since then. */
  readonly waitedMs: number;
}

/** Notion has just refused a call, and said when to come back. */
export interface LimitRefusal {
  readonly retryAfterMs: number;
}

/** What may be sent: this many calls in any minute, or (`evenly`) one after the other at that pace. */
export interface Allowance {
  readonly perMinute: number;
  readonly evenly: boolean;
}

export const noSeries: Series = Object.freeze({ refusals: 0, sinceMs: 0, passed: 0, waitedMs: 0 });

/** Notion's average for each connection (https://developers.notion.com/reference/request-limits). */
const publishedPerMinute = 180;
/** With a lower limit, no caller could work. */
const perMinuteMin = 10;

/** Refusals are of one series when so much time passes between a wait and the next of them. Notion counts by the minute. */
const seriesGapMs = 1.5 * minuteMs;
/** What a series must be before it is evidence of a limit, and of one below the published average. */
const evidence = { refusals: 3, ms: 10 * secondMs, belowPublishedMs: minuteMs };
/** Waits of one that counts by the minute are longer on average. */
const evenlyBelowMs = 10 * secondMs;

/** From its second minute on a learned limit grows, slowly at first, since each time that it proves true costs a refusal. */
const growth = { everyMs: minuteMs, factor: 1.1, forgottenMs: 10 * minuteMs };
/** If going on was refused again and nothing is learned yet, calls go on slowly, and soon reach the former speed. */
const gentle = { doublesMs: 2 * secondMs, overMs: 12 * secondMs };

/** `passed` of `report` are calls that Notion did not refuse since the last time. */
export function learn<T extends LearnedLimit>(
  known: T,
  { passed, refused }: { passed: number; refused: LimitRefusal | null },
  nowMs: number,
): T {
  const series = { ...known.series, passed: known.series.passed + passed };
  if (refused === null) return { ...known, series };
  const blockedUntilMs = Math.max(known.blockedUntilMs, nowMs + refused.retryAfterMs);
  // Refusals of calls that were running together with the first one add nothing.
  if (nowMs < known.blockedUntilMs) return { ...known, series, blockedUntilMs };
  const goesOn = series.refusals > 0 && nowMs - known.blockedUntilMs < seriesGapMs;
  const refusal: T = { ...known, blockedUntilMs, series: goesOn ? oneMore(series, refused) : first(blockedUntilMs) };
  return conclude({ ...refusal, ...steppedBack(known, nowMs) });
}

function first(sinceMs: number): Series {
  return { refusals: 1, sinceMs, passed: 0, waitedMs: 0 };
}

function oneMore(series: Series, { retryAfterMs }: LimitRefusal): Series {
  return { ...series, refusals: series.refusals + 1, waitedMs: series.waitedMs + retryAfterMs };
}

/** The limit grew too far: back to the value that was right for a minute. */
function steppedBack(known: LearnedLimit, nowMs: number): Partial<LearnedLimit> {
  if (known.perMinute === null) return {};
  const before = limitAt(known, Math.max(known.learnedAtMs, nowMs - growth.everyMs));
  return { perMinute: before, learnedAtMs: nowMs };
}

function passedPerMinute({ passed, sinceMs }: Series, untilMs: number): number {
  return untilMs > sinceMs ? Math.round((passed * minuteMs) / (untilMs - sinceMs)) : 0;
}

/**
 * Between the ends of two waits, Notion lets as many calls pass as its limit allows: a minute's worth in a minute, in
 * every way of counting.
 */
function conclude<T extends LearnedLimit>(known: T): T {
  const { series, blockedUntilMs, perMinute } = known;
  const ms = blockedUntilMs - series.sinceMs;
  if (series.refusals < evidence.refusals || ms < evidence.ms) return known;
  const seen = passedPerMinute(series, blockedUntilMs);
  const floor = ms < evidence.belowPublishedMs ? publishedPerMinute : Math.max(perMinuteMin, (perMinute ?? 0) / 2);
  return {
    ...known,
    perMinute: Math.max(seen, Math.min(floor, perMinute ?? floor)),
    evenly: series.waitedMs / (series.refusals - 1) < evenlyBelowMs,
    learnedAtMs: blockedUntilMs,
    series: ms < evidence.belowPublishedMs && seen < publishedPerMinute ? series : first(blockedUntilMs),
  };
}

/** What may be sent now; null if no known limit restrains the calls. */
export function allowanceAt(known: LearnedLimit, nowMs: number): Allowance | null {
  const perMinute = limitAt(known, nowMs);
  return perMinute === null ? gentleAt(known, nowMs) : { perMinute, evenly: known.evenly };
}

function limitAt({ perMinute, learnedAtMs }: LearnedLimit, nowMs: number): number | null {
  const ageMs = nowMs - learnedAtMs;
  if (perMinute === null || ageMs > growth.forgottenMs) return null;
  const steps = Math.floor(Math.max(0, ageMs) / growth.everyMs);
  return Math.floor(perMinute * growth.factor ** ((steps * (steps - 1)) / 2));
}

function gentleAt({ series, blockedUntilMs }: LearnedLimit, nowMs: number): Allowance | null {
  const ageMs = Math.max(0, nowMs - blockedUntilMs);
  if (series.refusals < 2 || ageMs > gentle.overMs) return null;
  const begins = Math.max(publishedPerMinute, passedPerMinute(series, blockedUntilMs));
  return { perMinute: begins * 2 ** Math.floor(ageMs / gentle.doublesMs), evenly: true };
}
