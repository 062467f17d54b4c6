import { sql } from 'kysely';
import type { ClientConfig } from 'pg';
import { compilePolicy } from '../../src/authorize/compile-policy.ts';
import { custodyOf, openRefreshParts } from '../../src/compose/custody.ts';
import { openHostedMcp } from '../../src/compose/hosted-mcp.ts';
import { createCheckToken } from '../../src/connect/check-token.ts';
import { newId } from '../../src/domain/ids.ts';
import { silentLog } from '../../src/domain/program-log.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { DiscardedTokens } from '../../src/domain/token-outcomes.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Schema } from '../../src/store/schema.ts';
import { createStores } from '../../src/store/stores.ts';
import { deriveKeysFrom } from '../../src/vault/derive-key.ts';
import type { CheckToken } from '../../src/vault/liveness.ts';
import type {
  FailPoint,
  RefreshExchange,
  RefreshParts,
  RefreshTimings,
} from '../../src/vault/refresh/refresh-parts.ts';
import { replaySpools } from '../../src/vault/refresh/replay.ts';
import { openRootKeyFile } from '../../src/vault/root/file.ts';
import { createTokenSeal } from '../../src/vault/token-seal.ts';
import { createWorkspaceKeys } from '../../src/vault/workspace-keys.ts';
import { showTokens } from '../shown-tokens.ts';

/** What a process needs to know to keep tokens. Plain data: it can be sent to a child. */
export interface NodeAddress {
  readonly connection: ClientConfig;
  readonly notionUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly rootKeyFile: string;
  /** The spool is in it. */
  readonly dataDir: string;
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

/** Custody as one process has it, by src/compose: the real store, seal, spool and requests. */
export async function openNode(address: NodeAddress, options: NodeOptions = {}) {
  const database = openDatabase<Schema>(address.connection, { poolSize: 3 });
  const stores = createStores(database, { compile: compilePolicy });
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
  const seal = createTokenSeal(createWorkspaceKeys({ root, store: stores.wrappedKeys }));
  const notion = { mcpUrl: `${address.notionUrl}/mcp`, mcpClient: null, dangerouslyAllowLoopbackHttp: true };
  const deriveKey = deriveKeysFrom(Buffer.alloc(64));
  const publicUrl = 'http://127.0.0.1:1';
  const hosting = { notion, publicUrl, registrations: stores.registrations, deriveKey, recordEvent: async () => {} };
  const hosted = openHostedMcp(hosting);
  const troubles: unknown[] = [];
  const discarded: DiscardedTokens[] = [];
  const own = await openRefreshParts({
    stores: stores.logged(rows),
    dataDir: address.dataDir,
    app,
    refreshMcp: hosted.refresh,
    seal,
    discard: async tokens => void discarded.push(tokens),
    restored: () => false,
    log: silentLog,
  });
  const custody = custodyOf(
    {
      ...own,
      refreshes: options.refreshes?.(own.refreshes) ?? own.refreshes,
      seal: options.seal?.(seal) ?? seal,
      spool: options.spool?.(own.spool) ?? own.spool,
      exchange: options.exchange ?? own.exchange,
      onTrouble: error => void troubles.push(error),
      timings: { ...own.timings, ...address.timings },
      failPoint: options.failPoint ?? own.failPoint,
    },
    { check: options.check ?? createCheckToken({ app }), now },
  );
  const { parts, tokens, renew, round } = custody;
  return {
    database,
    seal,
    tokens: showTokens(tokens),
    renew,
    refreshes: parts.refreshes,
    connections: parts.connections,
    round,
    replay: () => replaySpools(parts),
    spool: parts.spool,
    troubles,
    discarded,
    async close() {
      await hosted.close();
      await database.close();
    },
  };
}
