import type { AgentId, ConnectionId, PrincipalId, UserId, WorkspaceId } from '../../src/domain/ids.ts';
import { newId } from '../../src/domain/ids.ts';
import { noMetrics } from '../../src/domain/metrics.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type { Ruling } from '../../src/domain/ruling.ts';
import { createRateBudget, type RateBudget, type RateBudgetOptions } from '../../src/forward/budget/budget.ts';
import { emptyLedger, type Ledger } from '../../src/forward/budget/ledger.ts';
import type { RateLedgers } from '../../src/forward/budget/rate-ledgers.ts';
import * as fixtures from '../fixtures.ts';

export interface ABudget extends AsyncDisposable {
  readonly budget: RateBudget;
  /** A call of somebody's on the one connection of the one workspace. */
  callOf(principal: PrincipalId, operation?: Operation): Ruling;
}

/** A budget of one process, with a connection of which this much is known. */
export function aBudget(known: Partial<Ledger> = {}, change: Partial<RateBudgetOptions> = {}): ABudget {
  const workspaceId = newId('wsp');
  const connectionId = newId('con');
  const budget = createRateBudget({
    ledgers: ledgersInMemory(new Map([[connectionId, { ...emptyLedger, ...known }]])),
    metrics: noMetrics,
    onTrouble: error => {
      throw error;
    },
    monotonicMs: () => performance.now(),
    ...change,
  });
  return {
    budget,
    callOf: (principal, operation = fixtures.anOperation()) =>
      aRulingOf({ workspaceId, connectionId, principal, operation }),
    [Symbol.asyncDispose]: budget.close,
  };
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

function aRulingOf(given: {
  workspaceId: WorkspaceId;
  connectionId: ConnectionId;
  principal: PrincipalId;
  operation: Operation;
}): Ruling {
  const { workspaceId, connectionId, principal, operation } = given;
  return fixtures.aRuling({
    call: fixtures.aCall({ operation }),
    caller: fixtures.aCaller({
      principal: isAgent(principal)
        ? { kind: 'agent', id: principal, owner: newId('usr') }
        : { kind: 'user', id: principal as UserId },
    }),
    facts: fixtures.someFacts({ workspaceId, connection: { id: connectionId, because: 'only_one' } }),
    decidedAt: new Date(),
  });
}

function isAgent(principal: PrincipalId): principal is AgentId {
  return principal.startsWith('agt_');
}
