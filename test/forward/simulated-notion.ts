import type { TestContext } from 'node:test';
import { PortcullisError } from '../../src/domain/errors.ts';
import type { Answer } from '../../src/domain/operation.ts';
import { secondMs } from '../../src/domain/units.ts';
import { type ABudget, aBudget, aPerson } from './a-budget.ts';

/** A limit as an upstream may keep it. Asked at a time in ms: 0, or for how many seconds a call is refused. */
export type Upstream = (nowMs: number) => number;

/** Refills evenly, and lets bursts pass that are not larger than `burst`. */
export function tokenBucket(limit: { perSecond: number; burst: number }): Upstream {
  let tokens = limit.burst;
  let filledAtMs = 0;
  return nowMs => {
    tokens = Math.min(limit.burst, tokens + ((nowMs - filledAtMs) / secondMs) * limit.perSecond);
    filledAtMs = nowMs;
    if (tokens < 1) return Math.max(1, Math.ceil((1 - tokens) / limit.perSecond));
    tokens -= 1;
    return 0;
  };
}

/** Counts anew each minute, as Notion says that it does. */
export function byTheMinute(limit: { perMinute: number }): Upstream {
  let minute = -1;
  let count = 0;
  return nowMs => {
    const now = Math.floor((nowMs + 17 * secondMs) / 60_000);
    if (now !== minute) [minute, count] = [now, 0];
    count += 1;
    return count <= limit.perMinute ? 0 : Math.max(1, 60 - Math.floor(((nowMs + 17 * secondMs) % 60_000) / secondMs));
  };
}

export interface Counted {
  passed: number;
  refused: number;
  /** Refused by the budget: nothing was sent. */
  held: number;
}

const latencyMs = 120;
const tickMs = 40;

/** Callers that always want more, against an upstream, in simulated time. `run` lets so much time pass and counts. */
export class Load {
  #counted: Counted = { passed: 0, refused: 0, held: 0 };
  readonly #context: TestContext;
  readonly #upstream: Upstream;
  readonly #processes: readonly ABudget[];
  readonly #callers = aPerson();
  #stopped = false;

  constructor(context: TestContext, upstream: Upstream, options: { callers: number; processes?: number }) {
    context.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
    this.#context = context;
    this.#upstream = upstream;
    const first = aBudget({}, { monotonicMs: () => Date.now() });
    this.#processes = [first, ...Array.from({ length: (options.processes ?? 1) - 1 }, () => first.beside())];
    for (let caller = 0; caller < options.callers; caller++) void this.#call(caller);
  }

  async run(ms: number): Promise<Counted> {
    this.#counted = { passed: 0, refused: 0, held: 0 };
    for (let passed = 0; passed < ms; passed += tickMs) {
      this.#context.mock.timers.tick(tickMs);
      await new Promise(resolve => setImmediate(resolve));
    }
    return this.#counted;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#processes.map(one => one[Symbol.asyncDispose]()));
  }

  /** Calls, and calls again. A refused caller waits for the stated time, as official clients do. */
  async #call(caller: number): Promise<void> {
    const gate = this.#processes[caller % this.#processes.length];
    if (gate === undefined) return;
    while (!this.#stopped) {
      const decided = gate.callOf(this.#callers);
      try {
        await gate.budget.take(decided, null);
      } catch (error) {
        if (!(error instanceof PortcullisError)) throw error;
        this.#counted.held++;
        await pause((error.details.retryAfterSeconds ?? 1) * secondMs);
        continue;
      }
      const retryAfter = this.#upstream(Date.now());
      await pause(latencyMs);
      gate.budget.answered(decided, answer(retryAfter));
      if (retryAfter === 0) this.#counted.passed++;
      else {
        this.#counted.refused++;
        await pause(retryAfter * secondMs);
      }
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}

function answer(retryAfterSeconds: number): Answer {
  if (retryAfterSeconds === 0) return { status: 200, headers: {}, body: Buffer.from('{}') };
  const headers = { 'retry-after': String(retryAfterSeconds) };
  return { status: 429, headers, body: Buffer.from('{"code":"rate_limited"}') };
}
