import type { ConnectionPlace } from '../domain/connection.ts';
import { isServing } from '../domain/connection-states.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { ConnectionId, WorkspaceId } from '../domain/ids.ts';
import type { Secret } from '../domain/secret.ts';
import { errorWithoutToken, type TokenHealth } from '../domain/token-outcomes.ts';
import { secondMs } from '../domain/units.ts';
import { examine, type LivenessParts } from './liveness.ts';
import { openAccessToken, undecryptable } from './open-access-token.ts';
import { createOpenedTokens, keyOf, type OpenedToken, type OpenedTokens, type TrustedToken } from './opened-tokens.ts';
import type { Renewal } from './refresh/renew.ts';
import { mustRenew } from './refresh/token-age.ts';
import type { StoredConnection } from './stored-connections.ts';

/** Custody of the tokens that calls are made with. */
export interface TokenCustody {
  /**
   * A token that is good for now, refreshed if it has to be. Throws `PortcullisError`: `no_connection`,
   * `connection_needs_reauth`, `connection_undecryptable`, `upstream_unavailable` while a refresh cannot be made,
   * `app_refused` while it cannot because of our own client.
   */
  accessToken(workspaceId: WorkspaceId, connectionId: ConnectionId): Promise<OpenedToken>;
  /**
   * Called with every 401 from Notion, with the refused token. It makes one check and one refresh, then the connection
   * becomes `needs_reauth`. `usable`: there is a working token, perhaps a new one. `ended`: a person is needed.
   */
  reportUnauthorized(workspaceId: WorkspaceId, connectionId: ConnectionId, refused: Secret): Promise<TokenHealth>;
  /** Finds out whether the connection still exists at Notion, without any call having failed. */
  check(workspaceId: WorkspaceId, connectionId: ConnectionId): Promise<TokenHealth>;
  /** Drops the opened token, after any change of the connection. */
  forget(workspaceId: WorkspaceId, connectionId: ConnectionId): void;
}

export interface TokenCustodyOptions extends Omit<LivenessParts, 'forget'> {
  readonly onTrouble: (error: unknown) => void;
}

/** A running check of one token that Notion refused. */
interface Examination {
  readonly refused: Secret;
  readonly health: Promise<TokenHealth>;
}

export function createTokens(options: TokenCustodyOptions): TokenCustody {
  const opened = createOpenedTokens(place => obtain(options, place));
  const parts: LivenessParts = { ...options, forget: opened.forget };
  const examining = new Map<string, readonly Examination[]>();
  return {
    async accessToken(workspaceId, connectionId) {
      const place = { workspaceId, connectionId };
      const atMs = options.now().getTime();
      const token = opened.trusted(place, atMs);
      if (token === undefined) return opened.obtain(place);
      if (atMs >= token.refreshFrom) refreshEarly(options, opened, place, token);
      return token;
    },
    reportUnauthorized(workspaceId, connectionId, refused) {
      const place = { workspaceId, connectionId };
      const key = keyOf(place);
      const running = (examining.get(key) ?? []).find(one => one.refused.equals(refused));
      if (running !== undefined) return running.health;
      const health = examine(parts, place, refused).finally(() => {
        const others = (examining.get(key) ?? []).filter(one => one.health !== health);
        if (others.length > 0) examining.set(key, others);
        else examining.delete(key);
      });
      examining.set(key, [...(examining.get(key) ?? []), { refused, health }]);
      return health;
    },
    check: (workspaceId, connectionId) => examine(parts, { workspaceId, connectionId }, null),
    forget: (workspaceId, connectionId) => opened.forget({ workspaceId, connectionId }),
  };
}

async function obtain(parts: TokenCustodyOptions, place: ConnectionPlace): Promise<TrustedToken> {
  const stored = await findUsable(parts, place);
  if (!mustRenew(stored)) return openAccessToken(parts, place, stored);
  const renewal = await parts.renew(place, stored.generation);
  if (renewal.given === 'unopenable') throw await undecryptable(parts, place, stored, 'refresh_token', renewal.cause);
  if ('retryInMs' in renewal) throw notNow(renewal);
  return openAccessToken(parts, place, await findUsable(parts, place));
}

async function findUsable(
  { connections }: Pick<TokenCustodyOptions, 'connections'>,
  { workspaceId, connectionId }: ConnectionPlace,
): Promise<StoredConnection> {
  const stored = await connections.find(workspaceId, connectionId);
  if (stored?.status === 'undecryptable') throw new PortcullisError('connection_undecryptable');
  if (stored?.status === 'needs_reauth' || stored?.status === 'needs_reregister') {
    throw new PortcullisError('connection_needs_reauth');
  }
  if (stored === null || !isServing(stored.status)) throw new PortcullisError('no_connection');
  return stored;
}

function notNow({ given, retryInMs, fault }: Extract<Renewal, { retryInMs: number }>): PortcullisError {
  const retryAfterSeconds = Math.max(1, Math.ceil(retryInMs / secondMs));
  const log = `the token has ended, and cannot be refreshed now${given === 'app_refused' ? `: ${fault}` : ''}`;
  return new PortcullisError(errorWithoutToken[given], undefined, { log, retryAfterSeconds });
}

/**
 * While the old token still works, no call waits for the new one, and no call fails if the refresh fails. The next
 * attempt comes after a suitable wait, not with each call.
 */
function refreshEarly(
  parts: TokenCustodyOptions,
  opened: OpenedTokens,
  place: ConnectionPlace,
  token: TrustedToken,
): void {
  const goOn = (waitMs: number) => {
    const refreshFrom = parts.now().getTime() + Math.max(waitMs, secondMs);
    opened.replace(place, token, { ...token, refreshFrom });
  };
  parts.renew(place, token.generation).then(
    renewal => {
      if ('retryInMs' in renewal) goOn(renewal.retryInMs);
      else if (renewal.given === 'unopenable') goOn(Number.POSITIVE_INFINITY);
      else opened.replace(place, token, null);
    },
    error => {
      parts.onTrouble(error);
      goOn(secondMs);
    },
  );
}
