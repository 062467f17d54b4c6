import { join } from 'node:path';
import { createCheckToken } from '../connect/check-token.ts';
import type { NotionApp } from '../connect/rest/notion-app.ts';
import { refreshRestTokens } from '../connect/rest/refresh.ts';
import { type Metrics, noMetrics } from '../domain/metrics.ts';
import type { ProgramLog } from '../domain/program-log.ts';
import { StoreError } from '../domain/store-error.ts';
import type { Now } from '../domain/units.ts';
import type { LoggedStores } from '../store/stores.ts';
import type { CheckToken } from '../vault/liveness.ts';
import { withPatience } from '../vault/refresh/patient-spool.ts';
import {
  passThrough,
  type RefreshExchange,
  type RefreshParts,
  refreshTimings,
} from '../vault/refresh/refresh-parts.ts';
import { createRenew, type Renewal } from '../vault/refresh/renew.ts';
import { createRound, startRounds } from '../vault/refresh/rounds.ts';
import { openSpool } from '../vault/refresh/spool.ts';
import { refuseWhileRestored } from '../vault/restore/watch-restore.ts';
import type { TokenSeal } from '../vault/token-seal.ts';
import { createTokens, type TokenCustody } from '../vault/tokens.ts';

export interface CustodyOptions {
  /** No other process can be using the database. */
  readonly alone: boolean;
  readonly stores: Pick<LoggedStores, 'connections' | 'refreshes'>;
  readonly dataDir: string;
  readonly app: NotionApp;
  readonly refreshMcp: RefreshExchange['refresh'];
  readonly seal: TokenSeal;
  readonly discard: RefreshParts['discard'];
  /** Whether the database was restored from a backup and no operator has acknowledged it (rule 20). */
  readonly restored: () => boolean;
  readonly metrics?: Metrics;
  /** Whether to look after all connections from time to time, or when `round` is called. */
  readonly background: boolean;
  readonly log: ProgramLog;
  readonly now: Now;
}

/**
 * Everything that keeps tokens usable: opens the spool, settles what an earlier process left behind, and looks after all
 * connections from then on. Closing waits for tokens that are being refreshed. Throws StoreError `directory_unusable`.
 */
export async function openCustody(
  options: CustodyOptions,
): Promise<TokenCustody & { round(): Promise<void>; close(): Promise<void> }> {
  const parts = await openRefreshParts(options);
  // No other process can be refreshing on this database, so there is none to wait for.
  if (options.alone) await parts.refreshes.endLeases();
  const { tokens, round, renewals } = custodyOf(parts, { check: createCheckToken(options), now: options.now });
  const rounds = options.background ? startRounds(round, parts.onTrouble) : null;
  return {
    ...tokens,
    round,
    async close() {
      await rounds?.close();
      await Promise.allSettled(renewals.values());
    },
  };
}

/** The parts that custody needs in a gateway. Throws StoreError `directory_unusable`. */
export async function openRefreshParts(
  options: Omit<CustodyOptions, 'background' | 'now' | 'alone'>,
): Promise<RefreshParts> {
  const { stores, app, seal, metrics = noMetrics, log } = options;
  const spool = await openSpool(join(options.dataDir, 'spool')).catch(error => {
    throw new StoreError('directory_unusable', (error as Error).message, { cause: error });
  });
  if (spool.volatile) {
    log.warn('The data directory lies in memory: a token that is refreshed while the machine stops may be lost.');
  }
  return {
    connections: stores.connections,
    refreshes: refuseWhileRestored(stores.refreshes, options.restored),
    seal,
    spool,
    exchange: exchangeOf(app, options.refreshMcp),
    discard: options.discard,
    metrics,
    onTrouble: error => log.warn({ err: error }, 'a token could not be refreshed; trying again'),
    timings: refreshTimings,
    failPoint: passThrough,
  };
}

/** Custody over these parts, without timers: one process's worth. */
export function custodyOf(given: RefreshParts, { check, now }: { readonly check: CheckToken; readonly now: Now }) {
  const parts = { ...given, spool: withPatience(given.spool, given.timings.spoolMs) };
  const renewals = new Map<string, Promise<Renewal>>();
  const renew = createRenew(parts, renewals);
  const { connections, seal, metrics, onTrouble } = parts;
  const tokens = createTokens({ connections, seal, check, renew, metrics, onTrouble, now });
  const round = createRound(parts, renew, tokens);
  return { parts, tokens, renew, renewals, round };
}

/** Each kind of connection has its own authorization server. A pasted token has none. */
function exchangeOf(app: NotionApp, refreshMcp: RefreshExchange['refresh']): RefreshExchange {
  return {
    async refresh(connection, refreshToken, signal) {
      if (connection.kind === 'rest') return refreshRestTokens({ app }, connection, refreshToken, signal);
      if (connection.kind === 'mcp') return refreshMcp(connection, refreshToken, signal);
      return { said: 'misconfigured', problem: 'not_refreshable' };
    },
  };
}
