import assert from 'node:assert/strict';
import type { DecidedCall } from '../../src/domain/decided-call.ts';
import { PortcullisError } from '../../src/domain/errors.ts';
import type { AgentId, UserId } from '../../src/domain/ids.ts';
import { newId } from '../../src/domain/ids.ts';
import { noMetrics } from '../../src/domain/metrics.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type { Principal } from '../../src/domain/principal.ts';
import { createRateBudget, type RateBudget, type RateBudgetOptions } from '../../src/forward/budget/budget.ts';
import { emptyLedger, type Ledger } from '../../src/forward/budget/ledger.ts';
import type { RateLedgers } from '../../src/forward/budget/rate-ledgers.ts';
import * as fixtures from '../fixtures.ts';

export interface ABudget extends AsyncDisposable {
  readonly budget: RateBudget;
  /** A call of this principal on the one connection of the one workspace. */
  callOf(principal: Principal, operation?: Operation): DecidedCall;
  /** The budget of another process, with the same ledgers. */
  beside(): ABudget;
}

export function aPerson(): Principal {
  return { kind: 'user', id: newId('usr') };
}

export function anAgent(owner: UserId = newId('usr')): Principal & { readonly id: AgentId } {
  return { kind: 'agent', id: newId('agt'), owner };
}

/** A budget of one process, with a connection of which this much is known. */
export function aBudget(known: Partial<Ledger> = {}, change: Partial<RateBudgetOptions> = {}): ABudget {
  const workspaceId = newId('wsp');
  const connection = { id: newId('con'), because: 'only_one' } as const;
  const options: RateBudgetOptions = {
    ledgers: ledgersInMemory(new Map([[connection.id, { ...emptyLedger, ...known }]])),
    metrics: noMetrics,
    onTrouble: error => {
      throw error;
    },
    monotonicMs: () => performance.now(),
    ...change,
  };
  const open = (): ABudget => {
    const budget = createRateBudget(options);
    return {
      budget,
      callOf: (principal, operation = fixtures.anOperation()) =>
        fixtures.aDecidedCall({
          call: fixtures.aCall({ operation }),
          caller: fixtures.aCaller({ principal }),
          facts: fixtures.someFacts({ workspaceId, connection }),
          decidedAt: new Date(),
        }),
      beside: open,
      [Symbol.asyncDispose]: budget.close,
    };
  };
  return open();
}

function ledgersInMemory(ledgers: Map<string, Ledger>): RateLedgers {
  return {
    async change(_, scope, change) {
      const { ledger, result } = change(ledgers.get(scope) ?? emptyLedger, Date.now());
      ledgers.set(scope, ledger);
      return result;
    },
  };
}

/** A limit that is known since now. */
export const known = (perMinute: number): Partial<Ledger> => ({ perMinute, learnedAtMs: Date.now() });

/** Makes so many calls at once, and answers with how many were let through. */
export async function flood(
  gate: ABudget,
  calls: number,
  caller: (call: number) => Principal | undefined,
): Promise<number> {
  const ends = await Promise.allSettled(
    Array.from({ length: calls }, (_, call) => gate.budget.take(gate.callOf(caller(call) ?? aPerson()), null)),
  );
  return ends.filter(end => end.status === 'fulfilled').length;
}

/** The error with which a call was refused. */
export async function rejection(promise: Promise<unknown> | null): Promise<PortcullisError> {
  assert.ok(promise !== null, 'let through at once');
  const error = await promise.then(
    () => assert.fail('let through'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof PortcullisError, String(error));
  return error;
}
