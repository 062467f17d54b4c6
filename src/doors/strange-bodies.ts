import type { IncomingMessage } from 'node:http';
import { PortcullisError } from '../domain/errors.ts';
import { networkOf } from '../domain/network-of.ts';
import { leastPace, type Pace } from './pace.ts';
import { hasBody, readWhole } from './whole-body.ts';

/**
 * Reads a body that identifies its own sender, and so must be read before the sender is known. Throws
 * `PortcullisError`: `too_large`, `too_slow`, and `rate_limited` while strangers' bodies fill their limit; and
 * `ClientGone`.
 */
export type ReadStrangeBody = (request: IncomingMessage, clientAddress: string) => Promise<Buffer>;

export interface StrangeBodiesLimits {
  readonly bytesMax: number;
  /**
   * Bytes of unfinished bodies that are held at once. One address may have half of them, because it may be a proxy's
   * address.
   */
  readonly heldMax: number;
  readonly pace?: Pace;
}

export function createStrangeBodies({ bytesMax, heldMax, pace = leastPace }: StrangeBodiesLimits): ReadStrangeBody {
  const byAddress = new Map<string, number>();
  let all = 0;

  function hold(address: string, bytes: number): void {
    all += bytes;
    const own = (byAddress.get(address) ?? 0) + bytes;
    if (own === 0) byAddress.delete(address);
    else byAddress.set(address, own);
  }

  return async function readStrangeBody(request, clientAddress) {
    const address = networkOf(clientAddress);
    if (!hasBody(request)) return Buffer.alloc(0);
    let held = 0;
    const take = (bytes: number) => {
      held += bytes;
      hold(address, bytes);
      if (all <= heldMax && (byAddress.get(address) ?? 0) <= heldMax / 2) return;
      throw new PortcullisError('rate_limited', undefined, { retryAfterSeconds: 1 });
    };
    try {
      return await readWhole(request, { bytesMax, pace, take });
    } finally {
      hold(address, -held);
    }
  };
}
