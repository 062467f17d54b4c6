import { appRefusalIn } from '../domain/app-refusal.ts';
import type { ConnectionKind, ConnectionPlace } from '../domain/connection.ts';
import { isServing } from '../domain/connection-states.ts';
import type { Secret } from '../domain/secret.ts';
import { type OpeningParts, openAccessToken, undecryptable } from './open-access-token.ts';
import { endEntries } from './refresh/entries.ts';
import type { Renew, Renewal } from './refresh/renew.ts';
import { isBornDead } from './refresh/token-age.ts';
import type { StoredConnection } from './stored-connections.ts';

/** `app_refused`: it cannot be found out, since Notion refuses our own client. */
export type Liveness = 'dead' | 'alive' | 'unknown' | 'app_refused';

/**
 * Asks Notion whether a token still works. `unknown` for everything that does not answer the question; `unaskable` where
 * there is nobody to ask, so that the 401 which led to the question is all there is.
 */
export type CheckToken = (
  connection: { kind: ConnectionKind; origin: string },
  token: Secret,
) => Promise<Liveness | 'unaskable'>;

export interface LivenessParts extends OpeningParts {
  readonly check: CheckToken;
  readonly renew: Renew;
  readonly forget: (place: ConnectionPlace) => void;
}

/** Finds out whether a connection still exists at Notion. `refused`: the token that a 401 was about, if one was. */
export async function examine(parts: LivenessParts, place: ConnectionPlace, refused: Secret | null): Promise<Liveness> {
  const stored = await parts.connections.find(place.workspaceId, place.connectionId);
  if (stored === null || !isServing(stored.status)) return 'dead';
  const { token } = await openAccessToken(parts, place, stored);
  if (refused !== null && !refused.equals(token)) {
    // It has a successor by now.
    parts.forget(place);
    return 'alive';
  }
  const verdict = await parts.check(stored, token);
  await noteRefusal(parts, place, stored, verdict);
  if (verdict === 'alive' || verdict === 'unknown' || verdict === 'app_refused') return verdict;
  // Without a 401, and with nobody to ask, there is no reason to spend anything.
  if (verdict === 'unaskable' && refused === null) return 'unknown';
  parts.forget(place);
  if (stored.refreshToken !== null) return replace(parts, place, stored);
  return verdict === 'dead' ? retire(parts, place, stored, 'token_refused') : 'unknown';
}

/** Our own client is refused, or not any more: that stands on the connection, which serves all the same. */
async function noteRefusal(
  { connections }: LivenessParts,
  place: ConnectionPlace,
  { statusReason }: StoredConnection,
  verdict: Liveness | 'unaskable',
): Promise<void> {
  const noted = appRefusalIn(statusReason) !== null;
  if (verdict === 'app_refused' && !noted) await connections.noteReason(place, 'invalid_client');
  if ((verdict === 'alive' || verdict === 'dead') && noted) await connections.noteReason(place, null);
}

const livenessAfter = { renewed: 'alive', postponed: 'unknown', ended: 'dead' } as const satisfies Partial<
  Record<Renewal['kind'], Liveness>
>;

/** One refresh; a token that is refused just after one is not refreshed again. */
async function replace(parts: LivenessParts, place: ConnectionPlace, stored: StoredConnection): Promise<Liveness> {
  if (isBornDead(stored)) return retire(parts, place, stored, 'new_token_refused');
  const renewal = await parts.renew(place, stored.generation);
  if (renewal.kind === 'postponed' && appRefusalIn(renewal.fault) !== null) return 'app_refused';
  if (renewal.kind !== 'unopenable') return livenessAfter[renewal.kind];
  throw await undecryptable(parts, place, stored, 'refresh_token', renewal.cause);
}

/** A person is needed. */
async function retire(
  { connections }: LivenessParts,
  place: ConnectionPlace,
  stored: StoredConnection,
  reason: string,
): Promise<Liveness> {
  const { generation } = stored;
  const entries = endEntries('connection.needs_reauth', place, stored, reason);
  const retired = await connections.changeStatus({ ...place, generation, event: 'token_refused', reason }, entries);
  if (retired) return 'dead';
  // Somebody changed it meanwhile: to the same, or to something better.
  const found = await connections.find(place.workspaceId, place.connectionId);
  return found !== null && isServing(found.status) ? 'unknown' : 'dead';
}
