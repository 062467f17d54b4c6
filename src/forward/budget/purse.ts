import { secondMs } from '../../domain/units.ts';
import { createAlarm } from './alarm.ts';
import { createDemand } from './demand.ts';
import { type Grant, type Ledger, type Report, settle, sliceMs } from './ledger.ts';
import { createSpending } from './spending.ts';

/**
 * This process's part of one of Notion's rate limits: slices leased from the ledger, from which calls are taken without
 * asking anybody. While no limit is known it lets everything pass, and only counts.
 */
export interface Purse {
  /** Whether the next call of this group of principals may go now. */
  canTake(group: string): boolean;
  /** Takes one call; only where it can. */
  take(group: string): void;
  /** A call that was taken has not been sent. */
  putBack(): void;
  /** Notion answered a call with something other than a refusal. */
  passed(): void;
  /** Notion refused a call because of this limit. */
  refused(retryAfterMs: number): void;
  /** This group waits: asks for more, as soon as that can help. */
  want(group: string): void;
  /** For how long there will be nothing for this group, as far as is known; 0 when more may come any moment. */
  emptyForMs(group: string): number;
  /** Whether this group has had little, and may take from what is kept for such. */
  hasHadLittle(group: string): boolean;
  /** Gives back what was not used. */
  close(): Promise<void>;
}

export interface PurseOptions {
  /** Changes the ledger that all processes share. */
  readonly change: (change: (ledger: Ledger, nowMs: number) => { ledger: Ledger; result: Grant }) => Promise<Grant>;
  /** The calls that wait for this purse now. */
  readonly waiting: () => Report['ask'];
  /** There may be more than before, or nothing for a while. */
  readonly onChange: () => void;
  readonly onTrouble: (error: unknown) => void;
  readonly monotonicMs: () => number;
}

interface HeldSlice {
  readonly second: number;
  readonly goodUntilMs: number;
  common: number;
  reserved: number;
}

/** `unknown`: the ledger was not read yet. `free`: no limit is known. */
type Limit = 'unknown' | 'free' | number;

/** While no limit is known, what was sent is reported this often; sooner when it is much. */
const reportWithinMs = { idle: 10 * secondMs, busy: secondMs };
const busyCalls = 20;
const askAgainMsMin = 50;

/** What the ledger was not told yet. */
interface News {
  sent: number;
  passed: number;
  refused: Report['refused'];
}
const noNews = (): News => ({ sent: 0, passed: 0, refused: null });

export function createPurse(options: PurseOptions): Purse {
  const { monotonicMs } = options;
  const demand = createDemand();
  const spending = createSpending(monotonicMs);
  const alarm = createAlarm(sync, monotonicMs);
  let limit: Limit = 'unknown';
  let slices: HeldSlice[] = [];
  /** Until when nothing is left for anybody, and for those who have had little. */
  let emptyUntilMs = { common: 0, reserved: 0 };
  let blockedUntilMs = 0;
  let news = noNews();
  let syncing: Promise<void> | null = null;
  let closed = false;

  const hasHadLittle = (group: string) => typeof limit !== 'number' || spending.isLittle(group, limit);

  function emptyForMs(group: string): number {
    const untilMs = hasHadLittle(group) ? emptyUntilMs.reserved : emptyUntilMs.common;
    return Math.max(0, Math.max(untilMs, blockedUntilMs) - monotonicMs());
  }

  /** The slice to take the next call from: the oldest one that is still good. */
  function sliceFor(group: string): HeldSlice | undefined {
    if (slices.length === 0) return undefined;
    const nowMs = monotonicMs();
    return slices.find(
      slice => nowMs < slice.goodUntilMs && (slice.common > 0 || (slice.reserved > 0 && hasHadLittle(group))),
    );
  }

  function take(group: string): void {
    const slice = sliceFor(group);
    if (slice === undefined) {
      countFree();
      return;
    }
    if (slice.common > 0) slice.common--;
    else slice.reserved--;
    demand.count();
    spending.count(group);
    // The next slice is asked for before this one is empty, so that nobody waits for the database.
    if (syncing === null && slice === slices.at(-1) && slice.common <= demand.lowWater()) sync();
  }

  function countFree(): void {
    news.sent++;
    if (news.sent === 1) alarm.within(reportWithinMs.idle);
    else if (news.sent === busyCalls) alarm.within(reportWithinMs.busy);
  }

  function sync(): void {
    syncing ??= exchange()
      .catch(error => {
        options.onTrouble(error);
        // Nobody can say whether there is a limit: be optimistic, as at the very beginning.
        if (limit === 'unknown') limit = 'free';
        const againAtMs = monotonicMs() + reportWithinMs.busy;
        emptyUntilMs = { common: againAtMs, reserved: againAtMs };
        alarm.within(reportWithinMs.busy);
      })
      .finally(() => {
        syncing = null;
        options.onChange();
        if (news.refused !== null) sync();
      });
  }

  /** Tells the ledger what happened since the last time, and asks it for as much as will be needed. */
  async function exchange(): Promise<void> {
    const nowMs = monotonicMs();
    const ended = slices.filter(slice => closed || nowMs >= slice.goodUntilMs);
    slices = slices.filter(slice => !ended.includes(slice));
    const told = news;
    news = noNews();
    const spent = spending.report();
    const report: Report = { ...told, returned: ended, spent, ask: ask(ended) };
    try {
      const grant = await options.change((ledger, storeMs) => {
        const settled = settle(ledger, report, storeMs);
        return { ledger: settled.ledger, result: settled.grant };
      });
      accept(grant, report.ask, nowMs);
    } catch (error) {
      news = { sent: news.sent + told.sent, passed: news.passed + told.passed, refused: news.refused ?? told.refused };
      slices = [...ended, ...slices];
      spending.giveBack(spent);
      throw error;
    }
  }

  function ask(ended: readonly HeldSlice[]): Report['ask'] {
    const expected = demand.next(ended.reduce((sum, { common }) => sum + common, 0));
    if (closed) return { common: 0, reserved: 0 };
    const waiting = options.waiting();
    return { ...waiting, common: expected + waiting.common };
  }

  function accept(grant: Grant, asked: Report['ask'], askedAtMs: number): void {
    // What was granted before Notion's refusal was told is worth nothing.
    const blocked = monotonicMs() < blockedUntilMs;
    if (grant.kind === 'free') {
      if (!blocked) limit = 'free';
      return;
    }
    limit = grant.perMinute;
    spending.learn(grant.spent, grant.spentForMs);
    const { common, reserved } = grant.slice;
    const againAtMs = askedAtMs + grant.retryInMs;
    emptyUntilMs = {
      common: common > 0 ? 0 : againAtMs,
      reserved: common + reserved > 0 || asked.reserved === 0 ? 0 : againAtMs,
    };
    if (blocked || common + reserved === 0) return;
    slices = [...slices, { ...grant.slice, goodUntilMs: askedAtMs + sliceMs }];
    // What is not used goes back, so that another process can have it.
    alarm.within(sliceMs + 1);
  }

  return {
    canTake: group => limit === 'free' || sliceFor(group) !== undefined,
    take,
    putBack() {
      // If its slice is over, a call too many stays counted, which does no harm.
      const [slice] = slices;
      if (slice !== undefined) slice.common++;
      else if (news.sent > 0) news.sent--;
    },
    passed() {
      news.passed++;
    },
    refused(retryAfterMs) {
      // One refusal of a window tells everything; the calls that were under way with it add nothing.
      if (monotonicMs() < blockedUntilMs) return;
      if (typeof limit !== 'number') limit = 0;
      slices = [];
      blockedUntilMs = monotonicMs() + retryAfterMs;
      news.refused = { retryAfterMs };
      sync();
      // The answers that are still under way belong to the same window.
      alarm.within(reportWithinMs.busy);
    },
    want(group) {
      const ms = emptyForMs(group);
      if (ms === 0) sync();
      else alarm.within(Math.max(ms, askAgainMsMin));
    },
    emptyForMs,
    hasHadLittle,
    async close() {
      closed = true;
      alarm.stop();
      await syncing;
      await exchange().catch(options.onTrouble);
      alarm.stop();
    },
  };
}
