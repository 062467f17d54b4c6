/** A process with a forward step of its own: makes the calls that its parent asks for, and tells how they ended. */
import { once } from 'node:events';
import { PortcullisError } from '../../src/domain/errors.ts';
import type { AgentId, ConnectionId, WorkspaceId } from '../../src/domain/ids.ts';
import { noMetrics } from '../../src/domain/metrics.ts';
import { createRateBudget } from '../../src/forward/budget/budget.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createRateLedgers } from '../../src/store/rate-ledgers.ts';
import type { Schema } from '../../src/store/schema.ts';
import { endWithParent } from '../children.ts';
import * as fixtures from '../fixtures.ts';
import { aForward, someTokens } from './a-forward.ts';

/** Which calls a process should make. */
export interface Orders {
  readonly databaseUrl: string;
  readonly origin: string;
  readonly token: string;
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  readonly principal: AgentId;
  readonly calls: number;
  /** Calls under way at once. */
  readonly atOnce: number;
  /** Keeps what is left of its slice afterwards, and waits to be killed. */
  readonly keepSlice?: boolean;
}

/** How the calls ended. */
export interface Report {
  passed: number;
  refusedByNotion: number;
  refusedHere: number;
  /** Of the refusals here. */
  retryAfterSecondsMax: number;
}

if (process.send !== undefined) {
  endWithParent();
  process.once('message', async (orders: Orders) => {
    process.send?.(await carryOut(orders), () => process.disconnect());
  });
  process.send('ready');
}

async function carryOut(orders: Orders): Promise<Report> {
  const database = openDatabase<Schema>({ connectionString: orders.databaseUrl });
  const budget = createRateBudget({
    ledgers: createRateLedgers(database, noMetrics),
    metrics: noMetrics,
    onTrouble: error => console.error(error),
    monotonicMs: () => performance.now(),
  });
  await using gate = aForward(
    { origin: orders.origin },
    { budget, tokens: someTokens(orders.origin, { tokens: [orders.token] }) },
  );
  const report: Report = { passed: 0, refusedByNotion: 0, refusedHere: 0, retryAfterSecondsMax: 0 };
  let left = orders.calls;
  const work = async () => {
    while (left-- > 0) await callOnce(gate, orders, report);
  };
  await Promise.all(Array.from({ length: orders.atOnce }, work));
  if (orders.keepSlice === true) {
    process.send?.(report);
    await once(process, 'message');
  }
  await budget.close();
  await database.close();
  return report;
}

async function callOnce({ forward }: ReturnType<typeof aForward>, orders: Orders, report: Report): Promise<void> {
  const { workspaceId, connectionId, principal } = orders;
  const headers = { 'notion-version': '2026-03-11' };
  const target = fixtures.aNotionRequest({ path: '/v1/users/me', headers });
  const decided = fixtures.aDecidedCall({
    call: fixtures.aCall({ operation: fixtures.anOperation({ name: 'users.me', target }) }),
    caller: fixtures.aCaller({ principal: { kind: 'agent', id: principal, owner: 'usr_owner' } }),
    facts: fixtures.someFacts({ workspaceId, connection: { id: connectionId, because: 'only_one' } }),
    decidedAt: new Date(),
  });
  try {
    const { status } = await forward(decided);
    if (status === 200) report.passed++;
    else if (status === 429) report.refusedByNotion++;
    else throw new Error(`Notion answered ${status}`);
  } catch (error) {
    if (!(error instanceof PortcullisError) || error.code !== 'rate_limited') throw error;
    report.refusedHere++;
    report.retryAfterSecondsMax = Math.max(report.retryAfterSecondsMax, error.details.retryAfterSeconds ?? 0);
  }
}
