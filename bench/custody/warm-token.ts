import { noMetrics } from '../../src/domain/metrics.ts';
import { createConnections } from '../../src/store/connections.ts';
import { createTokens } from '../../src/vault/tokens.ts';
import { atMost, type Claim } from '../claim.ts';
import { forwardRatio, type Parts, type Place } from './forward-ratio.ts';

/** With a token that was sealed in the database and is warm, and with one that was never anywhere but in memory. */
export async function warmToken(): Promise<Claim> {
  const ratio = await forwardRatio(openTokens);
  return atMost('time of a call with a warm sealed token, against a token in memory', ratio, 'x', 1.05);
}

async function openTokens({ vault }: Place): Promise<Parts> {
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
  return { tokens };
}
