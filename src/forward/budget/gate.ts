import { PortcullisError } from '../../domain/errors.ts';
import type { RateLimitScope } from '../../domain/metrics.ts';
import { secondMs } from '../../domain/units.ts';
import { createFairQueue, type QueueLine } from '../fair-queue.ts';
import type { LedgerReport } from './ledger.ts';
import type { LimitShare } from './purse.ts';
import { rateLimitReasons } from './rate-limit-answer.ts';

/** The caller and the limits of a call: a call counts against both limits. */
export interface Claim {
  readonly place: QueueLine;
  readonly connection: LimitShare;
  readonly workspace: LimitShare;
}

/** The place where the calls of one workspace wait for their turn. */
export interface Gate {
  /** Takes a call from both limits. Null: it may go at once. Rejects with `rate_limited`, or when the signal aborts. */
  enter(claim: Claim, signal: AbortSignal | null): Promise<void> | null;
  /** A share has changed: lets calls through that may go now, and refuses those that would wait in vain. */
  look(): void;
  /** How many wait for this purse. */
  waitingFor(purse: LimitShare): LedgerReport['ask'];
}

export interface GateOptions {
  /** The longest that a call waits. */
  readonly waitMsMax: number;
  readonly monotonicMs: () => number;
  readonly onWaited: (outcome: 'passed' | 'refused', waitedMs: number) => void;
}

interface Waiter extends Claim {
  readonly sinceMs: number;
  go(): void;
  refuse(): void;
}

/** Calls of a workspace that wait here at most. More of them would only be refused later. */
const waitingMax = 1_000;

export function createGate({ waitMsMax, monotonicMs, onWaited }: GateOptions): Gate {
  const queue = createFairQueue<Waiter>({ sizeMax: waitingMax, onDisplaced: waiter => waiter.refuse() });

  /** Until its turn comes, it is refused, or the signal aborts. */
  function wait(claim: Claim, signal: AbortSignal | null): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sinceMs = monotonicMs();
    const end = (outcome: 'passed' | 'refused' | 'abandoned') => {
      leave?.();
      clearTimeout(timer);
      signal?.removeEventListener('abort', abandon);
      if (outcome === 'abandoned') return reject(signal?.reason);
      onWaited(outcome, monotonicMs() - sinceMs);
      if (outcome === 'passed') resolve();
      else reject(refusal(claim));
    };
    const go = () => end('passed');
    const refuse = () => end('refused');
    const abandon = () => end('abandoned');
    const timer = setTimeout(refuse, waitMsMax);
    signal?.addEventListener('abort', abandon, { once: true });
    const leave = queue.add(claim.place, { ...claim, sinceMs, go, refuse });
    if (leave === null) refuse();
    return promise;
  }

  return {
    enter(claim, signal) {
      if (canGo(claim) && (queue.size === 0 || !queue.waitsFor(claim.place))) {
        take(claim);
        return null;
      }
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (obstacle(claim).ms > waitMsMax) {
        onWaited('refused', 0);
        want(claim);
        return Promise.reject(refusal(claim));
      }
      const waiting = wait(claim, signal);
      want(claim);
      return waiting;
    },
    look() {
      for (let next = queue.next(canGo); next !== null; next = queue.next(canGo)) {
        take(next);
        next.go();
      }
      for (const waiter of [...queue]) {
        if (obstacle(waiter).ms > waiter.sinceMs + waitMsMax - monotonicMs()) waiter.refuse();
        else want(waiter);
      }
    },
    waitingFor(purse) {
      const ask = { common: 0, reserved: 0 };
      for (const { place, connection, workspace } of queue) {
        if (purse !== connection && purse !== workspace) continue;
        ask.common++;
        if (purse.hasHadLittle(place.group)) ask.reserved++;
      }
      return ask;
    },
  };
}

function canGo({ place: { group }, connection, workspace }: Claim): boolean {
  return connection.canTake(group) && workspace.canTake(group);
}

function take({ place: { group }, connection, workspace }: Claim): void {
  connection.take(group);
  workspace.take(group);
}

function want({ place: { group }, connection, workspace }: Claim): void {
  for (const purse of [connection, workspace]) if (!purse.canTake(group)) purse.want(group);
}

/** The limit that this call waits for; of two limits, the one with the longer wait. */
function obstacle({ place: { group }, connection, workspace }: Claim): { scope: RateLimitScope; ms: number } {
  const own = { scope: 'connection', ms: connection.emptyForMs(group) } as const;
  const all = { scope: 'workspace', ms: workspace.emptyForMs(group) } as const;
  if (connection.canTake(group)) return all;
  return workspace.canTake(group) || own.ms >= all.ms ? own : all;
}

function refusal(claim: Claim): PortcullisError {
  const { scope, ms } = obstacle(claim);
  return rateLimited(scope, ms);
}

/** Notion's own answer, with the true wait. Nothing was sent. */
export function rateLimited(scope: RateLimitScope, waitMs: number): PortcullisError {
  const seconds = Math.max(1, Math.ceil(waitMs / secondMs));
  return new PortcullisError('rate_limited', 'You have been rate limited. Please try again in a few minutes.', {
    log: `the rate budget of the ${scope} is used up`,
    fate: 'not_sent',
    retryAfterSeconds: seconds,
    additionalData: { rate_limit_reason: rateLimitReasons[scope], retry_after: String(seconds) },
  });
}
