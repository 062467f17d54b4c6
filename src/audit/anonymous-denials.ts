import type { DecidedCall } from '../domain/decided-call.ts';
import type { AnonymousReason } from '../domain/principal.ts';
import type { CountedEvents } from './counted-events.ts';

/**
 * Denials of unknown callers. They belong to no tenant, and a stranger can cause any number of them, so they are
 * counted in the deployment log (rule 23).
 */
export interface AnonymousDenials {
  /** Resolves when the denial is durable, or counted for the summary of its window. */
  record(decided: DecidedCall, why: AnonymousReason): Promise<void>;
}

export function createAnonymousDenials({ count }: Pick<CountedEvents, 'count'>): AnonymousDenials {
  return {
    record: ({ call }, why) =>
      count({
        name: 'call.unidentified',
        workspaceId: null,
        principalId: null,
        result: 'denied',
        clientAddress: call.clientAddress,
        requestId: call.requestId,
        detail: { because: why, door: call.door, operation: call.operation.name },
      }),
  };
}
