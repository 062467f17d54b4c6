import { join } from 'node:path';
import { sql } from 'kysely';
import { noMetrics } from '../../src/domain/metrics.ts';
import { createConnections } from '../../src/store/connections.ts';
import { createTokenRefreshes } from '../../src/store/token-refreshes.ts';
import { passThrough } from '../../src/vault/refresh/fail-point.ts';
import type { RefreshExchange } from '../../src/vault/refresh/refresh-exchange.ts';
import { refreshTimings } from '../../src/vault/refresh/refresh-parts.ts';
import { createRenew } from '../../src/vault/refresh/renew.ts';
import { openSpool } from '../../src/vault/refresh/spool.ts';
import { createTokens } from '../../src/vault/tokens.ts';
import type { Custody, Vault } from './a-custody.ts';

/** Custody as src/compose/custody.ts puts it together, over a vault of its own, with `exchange` for the authorization server. */
export async function openProcess(
  custody: Custody,
  { seal }: Pick<Vault, 'seal'>,
  options: { exchange: RefreshExchange; now?: () => Date },
) {
  const { exchange, now = () => new Date() } = options;
  const connections = createConnections(custody.database, custody.entries);
  const troubles: unknown[] = [];
  const unopened: string[] = [];
  const onTrouble = (error: unknown) => void troubles.push(error);
  const metrics = { ...noMetrics, decryptFailed: (kid: string) => void unopened.push(kid) };
  const renew = createRenew({
    connections,
    refreshes: createTokenRefreshes(custody.database, custody.entries),
    seal,
    spool: await openSpool(join(custody.directory, 'spool')),
    exchange,
    revoke: async () => {},
    metrics,
    onTrouble,
    timings: refreshTimings,
    failPoint: passThrough,
  });
  const check = async () => 'alive' as const;
  const tokens = createTokens({ connections, seal, check, renew, metrics, onTrouble, now });
  return { tokens, troubles, unopened };
}

/** Every access token has ended, by the database's clock. */
export async function endTokens({ database }: Pick<Custody, 'database'>): Promise<void> {
  const ending = database.system.updateTable('connection_secret').set({ expires_at: sql<Date>`now()` });
  await ending.where('field', '=', 'access_token').execute();
}
