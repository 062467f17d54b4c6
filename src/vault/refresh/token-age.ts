import { minuteMs, secondMs } from '../../domain/units.ts';
import type { StoredConnection } from '../stored-connections.ts';

/** A token that ends this soon is not sent any more: it would end on its way. */
export const marginMs = 2 * secondMs;
/** A token this young that is said to have ended from the first is used all the same: refreshing again would be a loop. */
const freshMs = 10 * secondMs;
/** A token this young that Notion refuses before its end means that refreshing does not help: a person is needed. */
const bornDeadMs = minuteMs;

type Age = Pick<StoredConnection, 'endsInMs' | 'lifetimeMs' | 'refreshedMsAgo' | 'refreshToken'>;

/**
 * Whether the stated end can be acted upon. A server whose refreshes bring tokens that live for no time at all would have
 * them refreshed for ever (defect B14).
 */
export function isEndBelieved({ lifetimeMs, refreshedMsAgo }: Age): boolean {
  return refreshedMsAgo === null || (lifetimeMs !== null && lifetimeMs >= 2 * marginMs);
}

/** The token has ended. One without a refresh token is sent all the same: Notion says what it is worth. */
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
