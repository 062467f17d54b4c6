import { sql } from 'kysely';
import type { ClientConfig } from 'pg';
import { openHostedMcp } from '../../src/compose/hosted-mcp.ts';
import { createCheckToken } from '../../src/connect/check-token.ts';
import { refreshRestTokens } from '../../src/connect/rest/refresh.ts';
import { newId } from '../../src/domain/ids.ts';
import { noMetrics } from '../../src/domain/metrics.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createConnections } from '../../src/store/connections.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Schema } from '../../src/store/schema.ts';
import { createTokenRefreshes } from '../../src/store/token-refreshes.ts';
import { createWrappedKeys } from '../../src/store/workspace-keys.ts';
import { deriveKeysFrom } from '../../src/vault/derive-key.ts';
import type { CheckToken } from '../../src/vault/liveness.ts';
import { type FailPoint, passThrough } from '../../src/vault/refresh/fail-point.ts';
import { withPatience } from '../../src/vault/refresh/patient-spool.ts';
import type { RefreshExchange } from '../../src/vault/refresh/refresh-exchange.ts';
import {
  type Orphan,
  type RefreshParts,
  type RefreshTimings,
  refreshTimings,
} from '../../src/vault/refresh/refresh-parts.ts';
import { createRenew } from '../../src/vault/refresh/renew.ts';
import { replaySpools } from '../../src/vault/refresh/replay.ts';
import { createRound } from '../../src/vault/refresh/rounds.ts';
import { openSpool } from '../../src/vault/refresh/spool.ts';
import { openRootKeyFile } from '../../src/vault/root/file.ts';
import { createTokenSeal } from '../../src/vault/token-seal.ts';
import { createTokens } from '../../src/vault/tokens.ts';
import { createWorkspaceKeys } from '../../src/vault/workspace-keys.ts';

/** What a process needs to know to keep tokens. Plain data: it can be sent to a child. */
export interface NodeAddress {
  readonly connection: ClientConfig;
  readonly notionUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly rootKeyFile: string;
  readonly spoolDirectory: string;
  readonly timings?: Partial<RefreshTimings>;
  /** Takes the time from the table `simulated_clock` instead of from the server. */
  readonly simulated?: boolean;
}

export interface NodeOptions {
  readonly failPoint?: FailPoint;
  readonly exchange?: RefreshExchange;
  readonly check?: CheckToken;
  readonly now?: () => Date;
  readonly spool?: (spool: RefreshParts['spool']) => RefreshParts['spool'];
  readonly seal?: (seal: RefreshParts['seal']) => RefreshParts['seal'];
  readonly refreshes?: (refreshes: RefreshParts['refreshes']) => RefreshParts['refreshes'];
}

export type Node = Awaited<ReturnType<typeof openNode>>;

/** Custody as one process has it: the real store, seal, spool and requests. */
export async function openNode(address: NodeAddress, options: NodeOptions = {}) {
  const database = openDatabase<Schema>(address.connection, { poolSize: 3 });
  const root = await openRootKeyFile(address.rootKeyFile);
  const app = {
    origin: address.notionUrl,
    clientId: address.clientId,
    clientSecret: new Secret(address.clientSecret),
    redirectUri: 'http://127.0.0.1:1/callback',
  };
  const now = options.now ?? (() => new Date());
  const instance = newId('ins');
  const rows = {
    instance: () => instance,
    now,
    ...(address.simulated === true && { clock: sql<Date>`(SELECT at FROM simulated_clock)` }),
  };
  const seal = createTokenSeal(createWorkspaceKeys({ root, store: createWrappedKeys(database) }));
  const notion = { mcpUrl: `${address.notionUrl}/mcp`, mcpClient: null, dangerouslyAllowLoopbackHttp: true };
  const deriveKey = deriveKeysFrom(Buffer.alloc(64));
  const publicUrl = 'http://127.0.0.1:1';
  const hosting = { notion, publicUrl, database, deriveKey, recordEvent: async () => {} };
  const hosted = openHostedMcp(hosting);
  const troubles: unknown[] = [];
  const orphans: Orphan[] = [];
  const spool = await openSpool(address.spoolDirectory);
  const refreshes = createTokenRefreshes(database, rows);
  const timings = { ...refreshTimings, ...address.timings };
  const parts: RefreshParts = {
    connections: createConnections(database, rows),
    refreshes: options.refreshes?.(refreshes) ?? refreshes,
    seal: options.seal?.(seal) ?? seal,
    spool: withPatience(options.spool?.(spool) ?? spool, timings.spoolMs),
    exchange: options.exchange ?? {
      refresh: (connection, token, signal) =>
        connection.kind === 'mcp'
          ? hosted.refresh(connection, token, signal)
          : refreshRestTokens({ app }, connection, token, signal),
    },
    revoke: async orphan => void orphans.push(orphan),
    metrics: noMetrics,
    onTrouble: error => void troubles.push(error),
    timings,
    failPoint: options.failPoint ?? passThrough,
  };
  const renew = createRenew(parts);
  const check = options.check ?? createCheckToken({ app });
  const tokens = createTokens({ ...parts, check, renew, now });
  return {
    database,
    seal,
    tokens,
    renew,
    refreshes: parts.refreshes,
    connections: parts.connections,
    round: createRound(parts, renew, tokens),
    replay: () => replaySpools(parts),
    spool: parts.spool,
    troubles,
    orphans,
    async close() {
      await hosted.close();
      await database.close();
    },
  };
}
