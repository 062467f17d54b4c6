import type { ConnectionPlace } from '../domain/connection.ts';
import { Lru } from '../domain/lru.ts';
import type { Secret } from '../domain/secret.ts';

/** A token, and the only origin that it may be sent to (rule 3). */
export interface OpenedToken {
  readonly origin: string;
  readonly token: Secret;
}

/** Times are of this process's clock, from the distances that the database gave. */
export interface TrustedToken extends OpenedToken {
  readonly generation: number;
  readonly openedAt: number;
  readonly trustedUntil: number;
  readonly refreshFrom: number;
}

/** The tokens that are open in this process. */
export interface OpenedTokens {
  /** The one that is open, if it can still be trusted. */
  trusted(place: ConnectionPlace, atMs: number): TrustedToken | undefined;
  /** Obtains the token anew, and keeps it. Calls that come meanwhile wait for the same token. */
  obtain(place: ConnectionPlace): Promise<TrustedToken>;
  /** Replaces `opened` by `next` (null: removes it), if `opened` is still the open token. */
  replace(place: ConnectionPlace, opened: TrustedToken, next: TrustedToken | null): void;
  /** Calls from now on do not use the token that is open or is being opened. */
  forget(place: ConnectionPlace): void;
}

const openedMax = 2_000;

export function createOpenedTokens(obtain: (place: ConnectionPlace) => Promise<TrustedToken>): OpenedTokens {
  const opened = new Lru<TrustedToken>(openedMax);
  const opening = new Map<string, Promise<TrustedToken>>();
  return {
    trusted(place, atMs) {
      const found = opened.get(keyOf(place));
      // If the clock was put back, it does not show how long the token has been open.
      return found !== undefined && atMs >= found.openedAt && atMs < found.trustedUntil ? found : undefined;
    },
    obtain(place) {
      const key = keyOf(place);
      const isCurrent = () => opening.get(key) === promise;
      const promise =
        opening.get(key) ??
        obtain(place)
          .then(token => {
            if (isCurrent()) opened.set(key, token);
            return token;
          })
          .finally(() => isCurrent() && opening.delete(key));
      opening.set(key, promise);
      return promise;
    },
    replace(place, was, next) {
      const key = keyOf(place);
      if (opened.get(key) !== was) return;
      if (next === null) opened.delete(key);
      else opened.set(key, next);
    },
    forget(place) {
      opened.delete(keyOf(place));
      opening.delete(keyOf(place));
    },
  };
}

/** Caches are keyed by the workspace as well, so that no id alone leads across tenants (rule 4). */
export function keyOf({ workspaceId, connectionId }: ConnectionPlace): string {
  return `${workspaceId} ${connectionId}`;
}
