import { sql } from 'kysely';
import { compilePolicy } from '../../src/authorize/compile-policy.ts';
import { custodyOf, openRefreshParts } from '../../src/compose/custody.ts';
import { noMetrics } from '../../src/domain/metrics.ts';
import { silentLog } from '../../src/domain/program-log.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createStores } from '../../src/store/stores.ts';
import type { RefreshExchange } from '../../src/vault/refresh/refresh-parts.ts';
import { nowhere } from '../in-process.ts';
import { showTokens } from '../shown-tokens.ts';
import type { Custody, Vault } from './a-custody.ts';

/** Custody by src/compose, over a vault of its own, with `exchange` for the authorization server. */
export async function openProcess(
  { database, directory, entries }: Custody,
  { seal }: Pick<Vault, 'seal'>,
  options: { exchange: RefreshExchange; now?: () => Date },
) {
  const { exchange, now = () => new Date() } = options;
  const troubles: unknown[] = [];
  const unopened: string[] = [];
  const own = await openRefreshParts({
    stores: createStores(database, { compile: compilePolicy }).logged(entries),
    dataDir: directory,
    app: { origin: nowhere, clientId: '', clientSecret: new Secret(''), redirectUri: '' },
    refreshMcp: exchange.refresh,
    seal,
    discard: async () => {},
    restored: () => false,
    metrics: { ...noMetrics, decryptFailed: kid => void unopened.push(kid) },
    log: silentLog,
  });
  const parts = { ...own, exchange, onTrouble: (error: unknown) => void troubles.push(error) };
  const { tokens } = custodyOf(parts, { check: async () => 'alive', now });
  return { tokens: showTokens(tokens), troubles, unopened };
}

/** Every access token has ended, by the database's clock. */
export async function endTokens({ database }: Pick<Custody, 'database'>): Promise<void> {
  const ending = database.system.updateTable('connection_secret').set({ expires_at: sql<Date>`now()` });
  await ending.where('field', '=', 'access_token').execute();
}
