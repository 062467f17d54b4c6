import { join } from 'node:path';
import { createCheckToken } from '../connect/check-token.ts';
import type { NotionApp } from '../connect/rest/notion-app.ts';
import { refreshRestTokens } from '../connect/rest/refresh.ts';
import { type Metrics, noMetrics } from '../domain/metrics.ts';
import type { ProgramLog } from '../domain/program-log.ts';
import { StoreError } from '../domain/store-error.ts';
import type { Now } from '../domain/units.ts';
import { createConnections } from '../store/connections.ts';
import type { EventEntries } from '../store/event-entries.ts';
import type { Store } from '../store/open-store.ts';
import { createTokenRefreshes } from '../store/token-refreshes.ts';
import { passThrough } from '../vault/refresh/fail-point.ts';
import { withPatience } from '../vault/refresh/patient-spool.ts';
import type { RefreshExchange } from '../vault/refresh/refresh-exchange.ts';
import { type RefreshParts, refreshTimings } from '../vault/refresh/refresh-parts.ts';
import { createRenew, type Renewal } from '../vault/refresh/renew.ts';
import { createRound, startRounds } from '../vault/refresh/rounds.ts';
import { openSpool } from '../vault/refresh/spool.ts';
import { refuseWhileRestored } from '../vault/restore/watch-restore.ts';
import type { TokenSeal } from '../vault/token-seal.ts';
import { createTokens, type TokenCustody } from '../vault/tokens.ts';

export interface CustodyOptions {
  readonly store: Pick<Store, 'database' | 'alone'>;
  readonly dataDir: string;
  readonly app: NotionApp;
  readonly refreshMcp: RefreshExchange['refresh'];
  readonly seal: TokenSeal;
  readonly revoke: RefreshParts['revoke'];
  readonly entries: EventEntries;
  /** Whether the database is one that was put back and that nobody has looked at (rule 20). */
  readonly restored: () => boolean;
  readonly metrics?: Metrics;
  readonly log: ProgramLog;
  readonly now: Now;
}

/**
 * Everything that keeps tokens usable: opens the spool, settles what an earlier process left behind, and looks after all
 * connections from then on. Closing waits for tokens that are being refreshed. Throws StoreError `directory_unusable`.
 */
export async function openCustody(options: CustodyOptions): Promise<TokenCustody & { close(): Promise<void> }> {
  const { store, app, seal, entries, metrics = noMetrics, log, now } = options;
  const onTrouble = (error: unknown) => log.warn({ err: error }, 'a token could not be refreshed; trying again');
  const spool = await openSpool(join(options.dataDir, 'spool')).catch(error => {
    throw new StoreError('directory_unusable', (error as Error).message, { cause: error });
  });
  if (spool.volatile) {
    log.warn('The data directory lies in memory: a token that is refreshed while the machine stops may be lost.');
  }
  const parts: RefreshParts = {
    connections: createConnections(store.database, entries),
    refreshes: refuseWhileRestored(createTokenRefreshes(store.database, entries), options.restored),
    seal,
    spool: withPatience(spool, refreshTimings.spoolMs),
    exchange: exchangeOf(app, options.refreshMcp),
    revoke: options.revoke,
    metrics,
    onTrouble,
    timings: refreshTimings,
    failPoint: passThrough,
  };
  // Nobody else can be refreshing on this database, so nobody has to be waited for.
  if (store.alone) await parts.refreshes.endLeases();
  const renewals = new Map<string, Promise<Renewal>>();
  const renew = createRenew(parts, renewals);
  const { connections } = parts;
  const tokens = createTokens({ connections, seal, check: createCheckToken({ app }), renew, metrics, onTrouble, now });
  const rounds = startRounds(createRound(parts, renew, tokens), onTrouble);
  return {
    ...tokens,
    async close() {
      await rounds.close();
      await Promise.allSettled(renewals.values());
    },
  };
}

/** Each kind of connection has its own authorization server. A pasted token has none. */
function exchangeOf(app: NotionApp, refreshMcp: RefreshExchange['refresh']): RefreshExchange {
  return {
    async refresh(connection, refreshToken, signal) {
      if (connection.kind === 'rest') return refreshRestTokens({ app }, connection, refreshToken, signal);
      if (connection.kind === 'mcp') return refreshMcp(connection, refreshToken, signal);
      return { kind: 'fatal', problem: 'not_refreshable' };
    },
  };
}
