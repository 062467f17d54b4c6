import { createHash } from 'node:crypto';
import type { ConnectionPlace } from '../../domain/connection.ts';
import { minuteMs } from '../../domain/units.ts';
import type { StoredConnection } from '../stored-connections.ts';

/** The earliest that a refresh may come before the end. Notion's guide asks for five to ten minutes. */
export const earlyMsMax = 10 * minuteMs;

/**
 * How long before its end a token is refreshed: between five and ten minutes, and never in the first three quarters of
 * its life. The moment differs from connection to connection, so that connections made together are not refreshed
 * together. Every process computes the same moment.
 *
 * If a refresh token was sent and no answer came, it is not sent again while the access token still works. Some servers
 * end the whole grant when a refresh token is used twice, and that would end a working access token.
 */
export function earlyByMs(
  { connectionId }: ConnectionPlace,
  {
    generation,
    lifetimeMs,
    refreshToken,
    unanswered,
  }: Pick<StoredConnection, 'generation' | 'lifetimeMs' | 'refreshToken' | 'unanswered'>,
): number {
  if (refreshToken === null) return Number.NEGATIVE_INFINITY;
  if (unanswered > 0) return 0;
  const digest = createHash('sha256').update(`${connectionId} ${generation}`).digest();
  const fraction = 0.5 + digest.readUInt32BE(0) / 2 ** 33;
  return Math.min(earlyMsMax * fraction, (lifetimeMs ?? 0) / 4);
}
