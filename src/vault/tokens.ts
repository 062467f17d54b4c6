import type { ConnectionKind, ConnectionStatus, SealedToken } from '../domain/connection.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { RecordEvent } from '../domain/event.ts';
import type { ConnectionId, WorkspaceId } from '../domain/ids.ts';
import { minuteMs, type Now } from '../domain/units.ts';
import { createBoundedCache } from './bounded-cache.ts';
import { UnopenableError } from './sealed-value.ts';
import type { TokenSeal } from './token-seal.ts';

/** A connection with what is needed to use it. */
export interface StoredConnection {
  readonly kind: ConnectionKind;
  readonly origin: string;
  readonly status: ConnectionStatus;
  readonly generation: number;
  readonly botId: string;
  /** The access token of the current generation; null once it was destroyed. */
  readonly accessToken: SealedToken | null;
}

export interface StatusChange {
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  /** The change is made only in this generation: a verdict on old tokens says nothing about new ones. */
  readonly generation: number;
  readonly from: ConnectionStatus;
  readonly to: ConnectionStatus;
  readonly reason: string | null;
}

/** Where connections and their sealed tokens are kept. */
export interface StoredConnections {
  find(workspaceId: WorkspaceId, connectionId: ConnectionId): Promise<StoredConnection | null>;
  /** Compare-and-set. True for exactly one of those who try the same change. */
  changeStatus(change: StatusChange): Promise<boolean>;
}

/** Asks Notion whether a token still works. `unknown` for everything that does not answer the question. */
export type CheckToken = (connection: { kind: ConnectionKind; origin: string }, token: string) => Promise<Liveness>;

export type Liveness = 'dead' | 'alive' | 'unknown';

/** A token, and the only origin that it may be sent to (rule 3). */
export interface OpenedToken {
  readonly origin: string;
  readonly token: string;
}

/** Custody of the tokens that calls are made with. */
export interface TokenCustody {
  /**
   * The token for a call. Throws `PortcullisError`: `no_connection`, `connection_needs_reauth`,
   * `connection_undecryptable`.
   */
  accessToken(workspaceId: WorkspaceId, connectionId: ConnectionId): Promise<OpenedToken>;
  /** To be told of every 401 from Notion. Finds out whether the token is dead, and if so says it once. */
  reportUnauthorized(workspaceId: WorkspaceId, connectionId: ConnectionId): Promise<Liveness>;
  /** Drops the opened token, after any change of the connection. */
  forget(workspaceId: WorkspaceId, connectionId: ConnectionId): void;
}

export interface TokenCustodyOptions {
  readonly connections: StoredConnections;
  readonly seal: Pick<TokenSeal, 'open'>;
  readonly check: CheckToken;
  readonly recordEvent: RecordEvent;
  readonly now: Now;
}

const openedMax = 2_000;
/** Another process may have replaced a token: an opened one is not trusted for longer than this. */
const openedMsMax = minuteMs;

interface Opened extends OpenedToken {
  readonly generation: number;
  readonly openedAt: number;
}

export function createTokens({ connections, seal, check, recordEvent, now }: TokenCustodyOptions): TokenCustody {
  const opened = createBoundedCache<Opened>(openedMax);
  const checks = new Map<string, Promise<Liveness>>();

  async function open(workspaceId: WorkspaceId, connectionId: ConnectionId): Promise<Opened> {
    const stored = await connections.find(workspaceId, connectionId);
    const { origin, generation, accessToken } = assertUsable(stored);
    try {
      if (accessToken === null) throw new UnopenableError('it is gone');
      const place = { workspaceId, connectionId, field: 'access_token', generation } as const;
      const token = await seal.open(place, accessToken);
      return { origin, token: token.reveal(), generation, openedAt: now().getTime() };
    } catch (error) {
      if (!(error instanceof UnopenableError)) throw error;
      await alarm(workspaceId, connectionId, generation);
      throw new PortcullisError('connection_undecryptable', undefined, { log: error.message, cause: error });
    }
  }

  async function alarm(workspaceId: WorkspaceId, connectionId: ConnectionId, generation: number): Promise<void> {
    const change = {
      workspaceId,
      connectionId,
      generation,
      from: 'active',
      to: 'undecryptable',
      reason: null,
    } as const;
    if (await connections.changeStatus(change)) await report(change, 'connection.undecryptable', null);
  }

  async function examine(workspaceId: WorkspaceId, connectionId: ConnectionId): Promise<Liveness> {
    const used = opened.get(keyOf(workspaceId, connectionId));
    const stored = await connections.find(workspaceId, connectionId);
    if (stored?.status !== 'active') return 'dead';
    if (used !== undefined && used.generation !== stored.generation) {
      opened.delete(keyOf(workspaceId, connectionId));
      return 'alive';
    }
    const { token } = await open(workspaceId, connectionId);
    const liveness = await check(stored, token);
    if (liveness === 'dead') await retire(workspaceId, connectionId, stored);
    return liveness;
  }

  async function retire(workspaceId: WorkspaceId, connectionId: ConnectionId, stored: StoredConnection): Promise<void> {
    opened.delete(keyOf(workspaceId, connectionId));
    const { generation, botId } = stored;
    const reason = 'token_refused';
    const change = { workspaceId, connectionId, generation, from: 'active', to: 'needs_reauth', reason } as const;
    if (await connections.changeStatus(change)) await report(change, 'connection.needs_reauth', botId);
  }

  async function report(change: StatusChange, name: string, botId: string | null): Promise<void> {
    const { workspaceId, connectionId, generation, reason } = change;
    const detail = { connection: connectionId, botId, generation, reason };
    await recordEvent({ name, workspaceId, principalId: null, result: 'error', detail });
  }

  return {
    async accessToken(workspaceId, connectionId) {
      const key = keyOf(workspaceId, connectionId);
      const cached = opened.get(key);
      if (cached !== undefined && now().getTime() - cached.openedAt < openedMsMax) return cached;
      const fresh = await open(workspaceId, connectionId);
      opened.set(key, fresh);
      return fresh;
    },
    reportUnauthorized(workspaceId, connectionId) {
      const key = keyOf(workspaceId, connectionId);
      const running = checks.get(key) ?? examine(workspaceId, connectionId).finally(() => checks.delete(key));
      checks.set(key, running);
      return running;
    },
    forget(workspaceId, connectionId) {
      opened.delete(keyOf(workspaceId, connectionId));
    },
  };
}

/** Caches are keyed by the workspace as well, so that no id alone leads across tenants (rule 4). */
function keyOf(workspaceId: WorkspaceId, connectionId: ConnectionId): string {
  return `${workspaceId} ${connectionId}`;
}

function assertUsable(stored: StoredConnection | null): StoredConnection {
  if (stored?.status === 'undecryptable') throw new PortcullisError('connection_undecryptable');
  if (stored?.status === 'needs_reauth') throw new PortcullisError('connection_needs_reauth');
  if (stored?.status !== 'active') throw new PortcullisError('no_connection');
  return stored;
}
