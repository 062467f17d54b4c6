import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { all, compile } from '@fastify/proxy-addr';

/** Tells where a request comes from. */
export type ClientAddress = (request: IncomingMessage) => string;

/**
 * The address of the peer; behind proxies that the operator named, the nearest address in X-Forwarded-For that is not
 * one of them. Nobody else's header is believed (rule 26). `Forwarded` (RFC 7239) is not read: a proxy that does not know it
 * passes on what a caller wrote into it.
 *
 * The walk goes from the nearest hop outwards and ends at the first that is no address (`unknown`, `203.0.113.9:4711`,
 * `_hidden`): what stands behind such a hop was vouched for by nobody. Then the last proxy that could be read is named.
 *
 * @param trustedProxies addresses and CIDR ranges
 */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddress {
  const isTrusted = compile([...trustedProxies]);
  return request => {
    // From the peer to the first hop that is not trusted, that one included.
    const hops = all(request, (hop, at) => isIP(hop ?? '') !== 0 && isTrusted(hop, at));
    return plain(hops.findLast(hop => isIP(hop ?? '') !== 0) ?? '');
  };
}

/** An IPv4 address that arrived on an IPv6 socket is the same address. */
function plain(address: string): string {
  return /^::ffff:/i.test(address) && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}
