import type { ConnectionPlace, TokenField } from '../domain/connection.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { Metrics } from '../domain/metrics.ts';
import { minuteMs, type Now } from '../domain/units.ts';
import { UnopenableError } from '../domain/unopenable-error.ts';
import type { TrustedToken } from './opened-tokens.ts';
import { earlyByMs } from './refresh/early.ts';
import { tokenEntry } from './refresh/entries.ts';
import { marginMs } from './refresh/token-age.ts';
import type { StoredConnection, StoredConnections } from './stored-connections.ts';
import type { TokenSeal } from './token-seal.ts';

export interface OpeningParts {
  readonly connections: StoredConnections;
  readonly seal: Pick<TokenSeal, 'open'>;
  readonly metrics: Pick<Metrics, 'decryptFailed'>;
  readonly now: Now;
}

/** Another process may have replaced a token: an opened one is not trusted for longer than this. */
const openedMsMax = minuteMs;

/**
 * Opens the access token of a connection. If it cannot be opened, that becomes the state of the connection, and is
 * thrown as its error.
 */
export async function openAccessToken(
  parts: OpeningParts,
  place: ConnectionPlace,
  stored: StoredConnection,
): Promise<TrustedToken> {
  const { origin, generation, accessToken } = stored;
  const openedAt = parts.now().getTime();
  try {
    if (accessToken === null) throw new UnopenableError('it is gone');
    const token = await parts.seal.open({ ...place, field: 'access_token', generation }, accessToken);
    return { origin, token, generation, openedAt, ...timesOf(place, stored, openedAt) };
  } catch (error) {
    if (!(error instanceof UnopenableError)) throw error;
    if (accessToken !== null) parts.metrics.decryptFailed(accessToken.kid);
    throw await undecryptable(parts, place, stored, 'access_token', error);
  }
}

function timesOf(place: ConnectionPlace, stored: StoredConnection, openedAt: number) {
  const { endsInMs } = stored;
  if (endsInMs === null) return { trustedUntil: openedAt + openedMsMax, refreshFrom: Number.POSITIVE_INFINITY };
  return {
    trustedUntil: openedAt + Math.min(endsInMs - marginMs, openedMsMax),
    refreshFrom: openedAt + endsInMs - earlyByMs(place, stored),
  };
}

/** Makes the connection `undecryptable`, with its entry in the log, and returns the error for the caller. */
export async function undecryptable(
  { connections }: Pick<OpeningParts, 'connections'>,
  place: ConnectionPlace,
  stored: StoredConnection,
  field: TokenField,
  cause: unknown,
): Promise<PortcullisError> {
  const { generation, botId, accessToken, refreshToken } = stored;
  const kid = (field === 'access_token' ? accessToken : refreshToken)?.kid ?? null;
  const reason = kid === null ? `${field} is gone` : `${field} under ${kid}`;
  const entry = tokenEntry('connection.undecryptable', place, 'error', { botId, generation, field, kid });
  await connections.changeStatus({ ...place, generation, event: 'cannot_open', reason }, [entry]);
  const log = cause instanceof Error ? cause.message : String(cause);
  return new PortcullisError('connection_undecryptable', undefined, { log, cause });
}
