import { noMetrics } from '../../src/domain/metrics.ts';
import type { Forward } from '../../src/forward/forward.ts';
import { createConnections } from '../../src/store/connections.ts';
import { createTokens } from '../../src/vault/tokens.ts';
import * as fixtures from '../../test/fixtures.ts';
import { aForward } from '../../test/forward/a-forward.ts';
import { startChild } from '../child.ts';
import { atMost, type Claim } from '../claim.ts';
import { median } from '../median.ts';
import { addConnections, openVault } from './vault.ts';

const rounds = 9;
const callsPerRound = 10_000;
const callers = 32;

/**
 * The step that sends, in front of an upstream that costs next to nothing: with a token that was sealed in the database and
 * is warm, and with one that was never anywhere but in memory. They take turns.
 */
export async function warmToken(): Promise<Claim> {
  await using upstream = await startChild<{ origin: string }>(
    new URL('../rest-door/upstream.ts', import.meta.url),
    null,
  );
  await using vault = await openVault();
  const { workspaceId, connectionIds } = await addConnections(vault, 1, upstream.ready.origin);
  const [connectionId] = connectionIds;
  if (connectionId === undefined) throw new Error('the bench has no connection');
  const now = () => new Date();
  const tokens = createTokens({
    connections: createConnections(vault.database, { instance: () => 'ins_bench', now }),
    seal: vault.seal,
    check: async () => 'alive',
    renew: () => Promise.reject(new Error('nothing is refreshed here')),
    metrics: noMetrics,
    onTrouble: error => console.error(error),
    now,
  });
  await using plain = aForward(upstream.ready);
  await using sealed = aForward(upstream.ready, { tokens });
  const facts = fixtures.someFacts({ workspaceId, connection: { id: connectionId, because: 'only_one' } });
  for (const { forward } of [plain, sealed]) await timeOf(() => callsOf(forward, facts));
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const plainMs = await timeOf(() => callsOf(plain.forward, facts));
    ratios.push((await timeOf(() => callsOf(sealed.forward, facts))) / plainMs);
  }
  return atMost('time of a call with a warm sealed token, against a token in memory', median(ratios), 'x', 1.05);
}

async function callsOf(forward: Forward, facts: ReturnType<typeof fixtures.someFacts>): Promise<void> {
  let left = callsPerRound;
  const work = async (): Promise<void> => {
    const caller = fixtures.aCaller();
    while (left-- > 0) await forward(fixtures.aRuling({ caller, facts, decidedAt: new Date() }));
  };
  await Promise.all(Array.from({ length: callers }, work));
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
