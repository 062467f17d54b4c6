import type { Facts } from './facts.ts';
import type { Call } from './operation.ts';
import type { Asker } from './policy-snapshot.ts';
import type { Caller } from './principal.ts';

/**
 * Describes the caller as a policy sees them. Null for callers that no policy covers: anonymous ones, and the system.
 */
export function askerOf(
  { principal, ceiling, under, signIn }: Caller,
  { door, clientAddress }: Pick<Call, 'door' | 'clientAddress'>,
  { at }: Pick<Facts, 'at'>,
): Asker | null {
  if (!('id' in principal)) return null;
  const limit = ceiling === null && under === null ? null : { actions: ceiling, under };
  return { principal: principal.id, limit, context: { at, door, address: clientAddress, signIn } };
}
