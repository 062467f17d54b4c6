import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createGuardedLookup, mayConnect } from './safe-fetch/guarded-lookup.ts';
import { SafeFetchError } from './safe-fetch/safe-fetch-error.ts';

export interface GuardedPlace {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** PEM certificates to believe instead of the usual ones. */
  readonly ca?: string | undefined;
}

export interface GuardedConnectOptions {
  /** Who runs us named the place: it may be on an inner network. */
  readonly anyAddress: boolean;
  readonly allowLoopback: boolean;
  readonly timeoutMs: number;
}

/**
 * A connection to a place that came from outside, as a stranger cannot turn it against the network that we run in: to public
 * addresses only, unless the settings name it. Throws `SafeFetchError`.
 */
export async function guardedConnect(place: GuardedPlace, options: GuardedConnectOptions): Promise<Socket> {
  const { host, port, tls, ca } = place;
  const { anyAddress, allowLoopback, timeoutMs } = options;
  if (!anyAddress && isIP(host) !== 0 && !mayConnect(host, host, allowLoopback)) {
    throw new SafeFetchError('forbidden', 'it is a special-use address');
  }
  const to = { host, port, ...(!anyAddress && { lookup: createGuardedLookup(allowLoopback) }) };
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = tls ? connectTls({ ...to, ...name, ...(ca !== undefined && { ca }) }) : connect(to);
  // The code that has the connection gets errors by the operation that it waits for.
  socket.on('error', () => {});
  try {
    await once(socket, tls ? 'secureConnect' : 'connect', { signal: AbortSignal.timeout(timeoutMs) });
    return socket;
  } catch (cause) {
    socket.destroy();
    if (cause instanceof SafeFetchError) throw cause;
    throw new SafeFetchError('unsent', 'no connection came about', { cause });
  }
}
