import { minuteMs, secondMs } from '../../domain/units.ts';
import type { StoredConnection } from '../stored-connections.ts';

/** A token that ends this soon is not sent any more: it would end on its way. */
export const marginMs = 2 * secondMs;
/**
 * A token this young is used even if the server says that it has already ended: refreshing it again would be a loop.
 */
const freshMs = 10 * secondMs;
/** A token this young that Notion refuses before its end means that refreshing does not help: a person is needed. */
const bornDeadMs = minuteMs;

type Age = Pick<StoredConnection, 'endsInMs' | 'lifetimeMs' | 'refreshedMsAgo' | 'refreshToken'>;

/**
 * Whether the stated end of a token is used. A server whose new tokens end at once would otherwise make us refresh for
 * ever (defect B14).
 */
export function isEndBelieved({ lifetimeMs, refreshedMsAgo }: Age): boolean {
  return refreshedMsAgo === null || (lifetimeMs !== null && lifetimeMs >= 2 * marginMs);
}

/**
 * The token has ended and can be refreshed. A token without a refresh token is sent anyway: Notion's answer says
 * whether it works.
 */
export function mustRenew(age: Age): boolean {
  if (age.endsInMs === null || age.endsInMs > marginMs || age.refreshToken === null) return false;
  return isEndBelieved(age) || (age.refreshedMsAgo ?? 0) > freshMs;
}

/** Refused by Notion just after it was made, although its end has not come. */
export function isBornDead(age: Age): boolean {
  const { endsInMs, refreshedMsAgo } = age;
  if (refreshedMsAgo === null || refreshedMsAgo >= bornDeadMs) return false;
  return endsInMs === null || endsInMs > marginMs || !isEndBelieved(age);
}
