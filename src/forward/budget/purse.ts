import { secondMs } from '../../domain/units.ts';
import { type Alarm, createAlarm } from './alarm.ts';
import { sliceMs } from './counted-calls.ts';
import { createDemand } from './demand.ts';
import { createHeldSlices, type HeldSlice, type HeldSlices } from './held-slices.ts';
import { type Ledger, type LedgerAnswer, type LedgerReport, settle } from './ledger.ts';
import { createSpending } from './spending.ts';

/**
 * This process's part of one of Notion's rate limits: slices leased from the ledger, from which it takes calls without
 * asking. While no limit is known it lets everything pass, and only counts.
 */
export interface LimitShare {
  /** Whether the next call of this group of principals may go now. */
  canTake(group: string): boolean;
  /** Takes one call; only if one can be taken. */
  take(group: string): void;
  /** A call that was taken has not been sent. */
  putBack(): void;
  /** Notion's answer to a call was no refusal. */
  passed(): void;
  /** Notion refused a call because of this limit. */
  refused(retryAfterMs: number): void;
  /** This group waits: asks for more, as soon as that can help. */
  want(group: string): void;
  /** How long there will be nothing for this group, as far as is known; 0 if more may come at any moment. */
  emptyForMs(group: string): number;
  /** Whether this group has had little, and may take from the reserved part. */
  hasHadLittle(group: string): boolean;
  /** Gives unused calls back. */
  close(): Promise<void>;
}

export interface PurseOptions {
  /** Changes the ledger that all processes share. */
  readonly change: (
    change: (ledger: Ledger, nowMs: number) => { ledger: Ledger; result: LedgerAnswer },
  ) => Promise<LedgerAnswer>;
  /** The calls that wait for this purse now. */
  readonly waiting: () => LedgerReport['ask'];
  /** Called when there may be more than before, or nothing for a while. */
  readonly onChange: () => void;
  readonly onTrouble: (error: unknown) => void;
  readonly monotonicMs: () => number;
}

/** `unknown`: the ledger was not read yet. `free`: no limit is known, but Notion may have said to wait. */
type Limit = 'unknown' | 'free' | number;

/** While no limit is known, sent calls are reported this often; sooner if there are many. */
const reportWithinMs = { idle: 10 * secondMs, busy: secondMs };
const busyCalls = 20;
const askAgainMsMin = 50;

/** What the ledger was not told yet. */
interface News {
  sent: number;
  passed: number;
  refused: boolean;
}
const noNews = (): News => ({ sent: 0, passed: 0, refused: false });

export function createPurse(options: PurseOptions): LimitShare {
  return new LeasedPurse(options);
}

class LeasedPurse implements LimitShare {
  readonly #options: PurseOptions;
  readonly #demand = createDemand();
  readonly #spending = createSpending();
  readonly #slices: HeldSlices;
  readonly #alarm: Alarm;
  /** Rings when a call is due that was leased for later. */
  readonly #due: Alarm;
  #limit: Limit = 'unknown';
  /** Until when nothing is left for all groups, and for those that have had little. */
  #emptyUntilMs = { common: 0, reserved: 0 };
  #blockedUntilMs = 0;
  #news = noNews();
  #syncing: Promise<void> | null = null;
  #closed = false;

  constructor(options: PurseOptions) {
    this.#options = options;
    this.#slices = createHeldSlices(options.monotonicMs);
    this.#alarm = createAlarm(() => this.#sync(), options.monotonicMs);
    this.#due = createAlarm(options.onChange, options.monotonicMs);
  }

  canTake(group: string): boolean {
    if (this.#limit === 'free') return this.#options.monotonicMs() >= this.#blockedUntilMs;
    return this.#sliceFor(group) !== undefined;
  }

  take(group: string): void {
    const slice = this.#sliceFor(group);
    if (slice === undefined) {
      this.#countFree();
      return;
    }
    if (slice.common > 0) slice.common--;
    else slice.reserved--;
    this.#demand.count();
    this.#spending.count(group);
    // The next slice is requested before this one is empty, so that no call waits for the database.
    if (this.#slices.isNewest(slice) && slice.common <= this.#demand.lowWater()) this.#sync();
  }

  putBack(): void {
    // If its slice is over, a call too many stays counted, which does no harm.
    if (!this.#slices.putBack() && this.#limit === 'free' && this.#news.sent > 0) this.#news.sent--;
  }

  passed(): void {
    this.#news.passed++;
  }

  refused(retryAfterMs: number): void {
    const nowMs = this.#options.monotonicMs();
    // One refusal of a window says everything; refusals of calls that were running at the same time add nothing.
    if (nowMs < this.#blockedUntilMs) return;
    this.#slices.drop();
    this.#blockedUntilMs = nowMs + retryAfterMs;
    this.#news.refused = true;
    this.#sync();
    // The answers of running calls belong to the same window.
    this.#alarm.within(reportWithinMs.busy);
  }

  want(group: string): void {
    const dueMs = this.#slices.nextDueMs();
    if (dueMs !== null && dueMs > 0) {
      this.#due.within(Math.ceil(dueMs));
      return;
    }
    const ms = this.emptyForMs(group);
    if (ms === 0) {
      this.#sync();
      return;
    }
    // Other processes give unused calls back, but those cannot be used before the end of Notion's wait.
    const blockedMs = this.#blockedUntilMs - this.#options.monotonicMs();
    this.#alarm.within(Math.max(askAgainMsMin, blockedMs, Math.min(ms, sliceMs)));
  }

  emptyForMs(group: string): number {
    const untilMs = this.#emptyUntilMs[this.hasHadLittle(group) ? 'reserved' : 'common'];
    const emptyMs = Math.max(0, Math.max(untilMs, this.#blockedUntilMs) - this.#options.monotonicMs());
    return this.#slices.nextDueMs() ?? emptyMs;
  }

  hasHadLittle(group: string): boolean {
    return typeof this.#limit !== 'number' || this.#spending.isLittle(group, this.#limit);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopAlarms();
    await this.#syncing;
    await this.#exchange().catch(this.#options.onTrouble);
    this.#stopAlarms();
  }

  #stopAlarms(): void {
    this.#alarm.stop();
    this.#due.stop();
  }

  #sliceFor(group: string): HeldSlice | undefined {
    return this.#slices.next(() => this.hasHadLittle(group));
  }

  #countFree(): void {
    const sent = ++this.#news.sent;
    if (sent === 1) this.#alarm.within(reportWithinMs.idle);
    else if (sent === busyCalls) this.#alarm.within(reportWithinMs.busy);
  }

  #sync(): void {
    if (this.#closed || this.#syncing !== null) return;
    this.#syncing = this.#exchange()
      .then(
        () => this.#news.refused,
        error => this.#putOff(error),
      )
      .then(refusedMeanwhile => {
        this.#syncing = null;
        this.#options.onChange();
        if (refusedMeanwhile) this.#sync();
      });
  }

  /** The store is away. */
  #putOff(error: unknown): false {
    this.#options.onTrouble(error);
    // It is not known whether there is a limit: assume none, as at the very beginning.
    if (this.#limit === 'unknown') this.#limit = 'free';
    const againAtMs = this.#options.monotonicMs() + reportWithinMs.busy;
    this.#emptyUntilMs = { common: againAtMs, reserved: againAtMs };
    this.#alarm.within(reportWithinMs.busy);
    return false;
  }

  /** Reports to the ledger what happened since the last time, and asks it for the calls that will be needed. */
  async #exchange(): Promise<void> {
    const nowMs = this.#options.monotonicMs();
    const returned = this.#slices.takeEnded(this.#closed);
    const told = this.#news;
    this.#news = noNews();
    const report: LedgerReport = {
      ...told,
      returned,
      spent: this.#spending.report(),
      refused: told.refused && nowMs < this.#blockedUntilMs ? { retryAfterMs: this.#blockedUntilMs - nowMs } : null,
      ask: this.#ask(returned),
    };
    try {
      const grant = await this.#options.change((ledger, storeMs) => {
        const settled = settle(ledger, report, storeMs);
        return { ledger: settled.ledger, result: settled.grant };
      });
      this.#accept(grant, nowMs);
    } catch (error) {
      this.#news.sent += told.sent;
      this.#news.passed += told.passed;
      this.#news.refused ||= told.refused;
      this.#slices.restore(returned);
      this.#spending.giveBack();
      throw error;
    }
  }

  #ask(returned: readonly HeldSlice[]): LedgerReport['ask'] {
    const expected = this.#demand.next(returned.reduce((sum, { common }) => sum + common, 0));
    if (this.#closed) return { common: 0, reserved: 0 };
    const waiting = this.#options.waiting();
    return { ...waiting, common: expected + waiting.common };
  }

  #accept(grant: LedgerAnswer, askedAtMs: number): void {
    if (grant.kind === 'wait') this.#blockedUntilMs = Math.max(this.#blockedUntilMs, askedAtMs + grant.ms);
    if (grant.kind !== 'slice') {
      this.#limit = 'free';
      this.#emptyUntilMs = { common: 0, reserved: 0 };
      return;
    }
    // Calls that were granted before Notion's refusal was known are worth nothing.
    const blocked = this.#options.monotonicMs() < this.#blockedUntilMs;
    this.#limit = grant.perMinute;
    this.#spending.learn(grant.spent);
    const { slice, retryInMs } = grant;
    const empty = slice.common + slice.reserved === 0;
    this.#emptyUntilMs = {
      common: slice.common > 0 ? 0 : askedAtMs + retryInMs.common,
      reserved: empty ? askedAtMs + retryInMs.reserved : 0,
    };
    if (blocked || empty) return;
    const lastsMs = this.#slices.add(slice, askedAtMs);
    // Unused calls go back, so that another process can have them.
    this.#alarm.within(Math.ceil(lastsMs) + 1);
  }
}
