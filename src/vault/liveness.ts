import { appRefusalIn } from '../domain/app-refusal.ts';
import type { ConnectionKind, ConnectionPlace } from '../domain/connection.ts';
import { isServing } from '../domain/connection-states.ts';
import type { Secret } from '../domain/secret.ts';
import { givenAfter, type Said, type TokenHealth } from '../domain/token-outcomes.ts';
import { type OpeningParts, openAccessToken, undecryptable } from './open-access-token.ts';
import { endEntries } from './refresh/entries.ts';
import type { Renew } from './refresh/renew.ts';
import { isBornDead } from './refresh/token-age.ts';
import type { StoredConnection } from './stored-connections.ts';

/**
 * Asks Notion whether a token still works. `unclear`: the answer does not say. `unaskable`: there is no server to ask,
 * so the only evidence is the 401 that led to the question.
 */
export type CheckAnswer = Extract<Said, 'dead' | 'alive' | 'unclear' | 'unaskable' | 'app_refused'>;

export type CheckToken = (connection: { kind: ConnectionKind; origin: string }, token: Secret) => Promise<CheckAnswer>;

export interface LivenessParts extends OpeningParts {
  readonly check: CheckToken;
  readonly renew: Renew;
  readonly forget: (place: ConnectionPlace) => void;
}

/** Finds out whether a connection still exists at Notion. `refused`: the token that a 401 was about, if one was. */
export async function examine(
  parts: LivenessParts,
  place: ConnectionPlace,
  refused: Secret | null,
): Promise<TokenHealth> {
  const stored = await parts.connections.find(place.workspaceId, place.connectionId);
  if (stored === null || !isServing(stored.status)) return 'ended';
  const { token } = await openAccessToken(parts, place, stored);
  if (refused !== null && !refused.equals(token)) {
    // It has a successor by now.
    parts.forget(place);
    return 'usable';
  }
  const said = await parts.check(stored, token);
  await noteRefusal(parts, place, stored, said);
  if (said === 'alive' || said === 'unclear' || said === 'app_refused') return givenAfter(said, 'kept');
  // Without a 401, and without a server to ask, there is no reason to spend the refresh token.
  if (said === 'unaskable' && refused === null) return givenAfter(said, 'kept');
  parts.forget(place);
  if (stored.refreshToken !== null) return replace(parts, place, stored);
  return said === 'dead' ? retire(parts, place, stored, 'token_refused') : givenAfter(said, 'kept');
}

/** Notion refuses our own client, or accepts it again. This is noted on the connection, which goes on serving calls. */
async function noteRefusal(
  { connections }: LivenessParts,
  place: ConnectionPlace,
  { statusReason }: StoredConnection,
  said: CheckAnswer,
): Promise<void> {
  const noted = appRefusalIn(statusReason) !== null;
  if (said === 'app_refused' && !noted) await connections.noteReason(place, 'invalid_client');
  if ((said === 'alive' || said === 'dead') && noted) await connections.noteReason(place, null);
}

/** One refresh; a token that is refused just after one is not refreshed again. */
async function replace(parts: LivenessParts, place: ConnectionPlace, stored: StoredConnection): Promise<TokenHealth> {
  if (isBornDead(stored)) return retire(parts, place, stored, 'new_token_refused');
  const renewal = await parts.renew(place, stored.generation);
  if (renewal.given !== 'unopenable') return renewal.given;
  throw await undecryptable(parts, place, stored, 'refresh_token', renewal.cause);
}

/** A person is needed. */
async function retire(
  { connections }: LivenessParts,
  place: ConnectionPlace,
  stored: StoredConnection,
  reason: string,
): Promise<TokenHealth> {
  const { generation } = stored;
  const entries = endEntries('connection.needs_reauth', place, stored, reason);
  const retired = await connections.changeStatus({ ...place, generation, event: 'token_refused', reason }, entries);
  const given = givenAfter('dead', retired ? 'out_of_use' : 'overtaken');
  if (given !== 'look_again') return given;
  // The status was changed meanwhile: to the same one, or to a better one.
  const found = await connections.find(place.workspaceId, place.connectionId);
  return found !== null && isServing(found.status) ? 'postponed' : 'ended';
}
