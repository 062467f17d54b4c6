import type { ConnectionKind, TokenField } from '../domain/connection.ts';
import { isServing } from '../domain/connection-states.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { ConnectionId, WorkspaceId } from '../domain/ids.ts';
import { Lru } from '../domain/lru.ts';
import type { Metrics } from '../domain/metrics.ts';
import { minuteMs, type Now, secondMs } from '../domain/units.ts';
import { UnopenableError } from '../domain/unopenable-error.ts';
import { earlyByMs } from './refresh/early.ts';
import { endEntries, tokenEntry } from './refresh/entries.ts';
import type { Renew, Renewal } from './refresh/renew.ts';
import { isBornDead, marginMs, mustRenew } from './refresh/token-age.ts';
import type { ConnectionPlace, StoredConnection, StoredConnections } from './stored-connections.ts';
import type { TokenSeal } from './token-seal.ts';

/**
 * Asks Notion whether a token still works. `unknown` for everything that does not answer the question; `unaskable` where
 * there is nobody to ask, so that the 401 which led to the question is all there is.
 */
export type CheckToken = (
  connection: { kind: ConnectionKind; origin: string },
  token: string,
) => Promise<Liveness | 'unaskable'>;

export type Liveness = 'dead' | 'alive' | 'unknown';

/** A token, and the only origin that it may be sent to (rule 3). */
export interface OpenedToken {
  readonly origin: string;
  readonly token: string;
}

/** Custody of the tokens that calls are made with. */
export interface TokenCustody {
  /**
   * A token that is good for now, refreshed if it has to be. Throws `PortcullisError`: `no_connection`,
   * `connection_needs_reauth`, `connection_undecryptable`, `upstream_unavailable` while a refresh cannot be made.
   */
  accessToken(workspaceId: WorkspaceId, connectionId: ConnectionId): Promise<OpenedToken>;
  /**
   * To be told of every 401 from Notion, with the token that it was about. One check, one refresh, then `needs_reauth`:
   * `alive` when there is a token that works, perhaps a new one; `dead` when a person is needed.
   */
  reportUnauthorized(workspaceId: WorkspaceId, connectionId: ConnectionId, refused?: string): Promise<Liveness>;
  /** Finds out whether the connection still exists at Notion, without any call having failed. */
  check(workspaceId: WorkspaceId, connectionId: ConnectionId): Promise<Liveness>;
  /** Drops the opened token, after any change of the connection. */
  forget(workspaceId: WorkspaceId, connectionId: ConnectionId): void;
}

export interface TokenCustodyOptions {
  readonly connections: StoredConnections;
  readonly seal: Pick<TokenSeal, 'open'>;
  readonly check: CheckToken;
  readonly renew: Renew;
  readonly metrics: Pick<Metrics, 'decryptFailed'>;
  readonly onTrouble: (error: unknown) => void;
  readonly now: Now;
}

const openedMax = 2_000;
/** Another process may have replaced a token: an opened one is not trusted for longer than this. */
const openedMsMax = minuteMs;

interface Opened extends OpenedToken {
  readonly generation: number;
  readonly openedAt: number;
  /** By this process's clock, from the distances that the database gave. */
  readonly trustedUntil: number;
  readonly refreshFrom: number;
}

export function createTokens(options: TokenCustodyOptions): TokenCustody {
  const { connections, seal, check, renew, metrics, onTrouble, now } = options;
  const opened = new Lru<Opened>(openedMax);
  const opening = new Map<string, Promise<Opened>>();
  const checks = new Map<string, Promise<Liveness>>();

  /** One at a time for each connection: those who come meanwhile get what the first one gets. */
  function shared<T>(running: Map<string, Promise<T>>, key: string, start: () => Promise<T>): Promise<T> {
    const promise = running.get(key) ?? start().finally(() => running.delete(key));
    running.set(key, promise);
    return promise;
  }

  async function obtain(place: ConnectionPlace): Promise<Opened> {
    const stored = assertUsable(await find(place));
    if (!mustRenew(stored)) return keep(place, stored);
    const renewal = await renew(place, stored.generation);
    await assertRenewed(place, stored, renewal);
    return keep(place, assertUsable(await find(place)));
  }

  function find({ workspaceId, connectionId }: ConnectionPlace): Promise<StoredConnection | null> {
    return connections.find(workspaceId, connectionId);
  }

  async function keep(place: ConnectionPlace, stored: StoredConnection): Promise<Opened> {
    const token = await open(place, stored);
    opened.set(keyOf(place), token);
    return token;
  }

  async function open(place: ConnectionPlace, stored: StoredConnection): Promise<Opened> {
    const { origin, generation, accessToken, endsInMs } = stored;
    const openedAt = now().getTime();
    try {
      if (accessToken === null) throw new UnopenableError('it is gone');
      const token = await seal.open({ ...place, field: 'access_token', generation }, accessToken);
      const left = endsInMs === null ? openedMsMax : Math.min(endsInMs - marginMs, openedMsMax);
      const early = endsInMs === null ? Number.POSITIVE_INFINITY : endsInMs - earlyByMs(place, stored);
      const times = { openedAt, trustedUntil: openedAt + left, refreshFrom: openedAt + early };
      return { origin, token: token.reveal(), generation, ...times };
    } catch (error) {
      if (!(error instanceof UnopenableError)) throw error;
      if (accessToken !== null) metrics.decryptFailed(accessToken.kid);
      throw await undecryptable(place, stored, 'access_token', error);
    }
  }

  async function undecryptable(place: ConnectionPlace, stored: StoredConnection, field: TokenField, cause: unknown) {
    const { generation, botId, accessToken, refreshToken } = stored;
    const kid = (field === 'access_token' ? accessToken : refreshToken)?.kid ?? null;
    const reason = kid === null ? `${field} is gone` : `${field} under ${kid}`;
    const entry = tokenEntry('connection.undecryptable', place, 'error', { botId, generation, field, kid });
    await connections.changeStatus({ ...place, generation, event: 'cannot_open', reason }, [entry]);
    const log = cause instanceof Error ? cause.message : String(cause);
    return new PortcullisError('connection_undecryptable', undefined, { log, cause });
  }

  async function assertRenewed(place: ConnectionPlace, stored: StoredConnection, renewal: Renewal): Promise<void> {
    if (renewal.kind === 'unopenable') throw await undecryptable(place, stored, 'refresh_token', renewal.cause);
    if (renewal.kind !== 'postponed') return;
    const retryAfterSeconds = Math.max(1, Math.ceil(renewal.retryInMs / secondMs));
    const log = 'the token has ended, and cannot be refreshed now';
    throw new PortcullisError('upstream_unavailable', undefined, { log, retryAfterSeconds });
  }

  /** While the old token still works, nobody waits for the new one, and nobody minds if it does not come. */
  function refreshEarly(place: ConnectionPlace, cached: Opened): void {
    renew(place, cached.generation).then(renewal => {
      if (opened.get(keyOf(place)) !== cached) return;
      if (renewal.kind !== 'postponed') opened.delete(keyOf(place));
      else
        opened.set(keyOf(place), { ...cached, refreshFrom: now().getTime() + Math.max(renewal.retryInMs, secondMs) });
    }, onTrouble);
  }

  async function examine(place: ConnectionPlace, refused: string | undefined): Promise<Liveness> {
    const used = opened.get(keyOf(place));
    const stored = await find(place);
    if (stored === null || !isServing(stored.status)) return 'dead';
    if (refused === undefined && used !== undefined && used.generation !== stored.generation) return adopt(place);
    const current = await open(place, stored);
    if (refused !== undefined && refused !== current.token) return adopt(place);
    return judge(place, stored, current, true);
  }

  /** The 401 was about a token that has a successor by now. */
  function adopt(place: ConnectionPlace): Liveness {
    opened.delete(keyOf(place));
    return 'alive';
  }

  async function judge(
    place: ConnectionPlace,
    stored: StoredConnection,
    { token }: Opened,
    complained: boolean,
  ): Promise<Liveness> {
    const verdict = await check(stored, token);
    if (verdict === 'alive' || verdict === 'unknown') return verdict;
    // Without a 401, and with nobody to ask, there is no reason to spend anything.
    if (verdict === 'unaskable' && !complained) return 'unknown';
    opened.delete(keyOf(place));
    if (stored.refreshToken === null) return verdict === 'dead' ? retire(place, stored, 'token_refused') : 'unknown';
    if (isBornDead(stored)) return retire(place, stored, 'new_token_refused');
    const renewal = await renew(place, stored.generation);
    if (renewal.kind === 'unopenable') throw await undecryptable(place, stored, 'refresh_token', renewal.cause);
    return { renewed: 'alive', postponed: 'unknown', ended: 'dead' }[renewal.kind] as Liveness;
  }

  async function retire(place: ConnectionPlace, stored: StoredConnection, reason: string): Promise<Liveness> {
    const { generation } = stored;
    const entries = endEntries('connection.needs_reauth', place, stored, reason);
    const retired = await connections.changeStatus({ ...place, generation, event: 'token_refused', reason }, entries);
    if (retired) return 'dead';
    // Somebody changed it meanwhile: to the same, or to something better.
    const found = await find(place);
    return found !== null && isServing(found.status) ? 'unknown' : 'dead';
  }

  return {
    async accessToken(workspaceId, connectionId) {
      const place = { workspaceId, connectionId };
      const cached = opened.get(keyOf(place));
      const at = now().getTime();
      if (cached === undefined || at >= cached.trustedUntil) return shared(opening, keyOf(place), () => obtain(place));
      if (at >= cached.refreshFrom) refreshEarly(place, cached);
      return cached;
    },
    reportUnauthorized(workspaceId, connectionId, refused) {
      const place = { workspaceId, connectionId };
      return shared(checks, `${keyOf(place)} ${refused ?? ''}`, () => examine(place, refused));
    },
    async check(workspaceId, connectionId) {
      const place = { workspaceId, connectionId };
      const stored = await find(place);
      if (stored === null || !isServing(stored.status)) return 'dead';
      return judge(place, stored, await open(place, stored), false);
    },
    forget(workspaceId, connectionId) {
      opened.delete(keyOf({ workspaceId, connectionId }));
    },
  };
}

/** Caches are keyed by the workspace as well, so that no id alone leads across tenants (rule 4). */
function keyOf({ workspaceId, connectionId }: ConnectionPlace): string {
  return `${workspaceId} ${connectionId}`;
}

function assertUsable(stored: StoredConnection | null): StoredConnection {
  if (stored?.status === 'undecryptable') throw new PortcullisError('connection_undecryptable');
  if (stored?.status === 'needs_reauth' || stored?.status === 'needs_reregister') {
    throw new PortcullisError('connection_needs_reauth');
  }
  if (stored === null || !isServing(stored.status)) throw new PortcullisError('no_connection');
  return stored;
}
