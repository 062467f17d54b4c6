import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { all, compile } from '@fastify/proxy-addr';

/** Tells where a request comes from. */
export type ClientAddress = (request: IncomingMessage) => string;

/**
 * What is known of the way that a request took. direct: no proxy says anything of it. forwarded: a proxy that we believe
 * does. unbelieved: one that nobody named does, and it counts for nothing. unreadable: what a believed one says is no address.
 */
export type ProxyWord = 'direct' | 'forwarded' | 'unbelieved' | 'unreadable';

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
  const walk = createWalk(trustedProxies);
  return request => plainAddress(walk(request).findLast(isAddress) ?? '');
}

/** Tells what proxies say of a request, by the same rules. */
export function createProxyWord(trustedProxies: readonly string[]): (request: IncomingMessage) => ProxyWord {
  const isTrusted = compile([...trustedProxies]);
  const walk = createWalk(trustedProxies);
  return request => {
    if (request.headers['x-forwarded-for'] === undefined) return 'direct';
    const [peer = '', ...hops] = walk(request);
    if (!isAddress(peer) || !isTrusted(peer, 0)) return 'unbelieved';
    return hops.every(isAddress) ? 'forwarded' : 'unreadable';
  };
}

/** From the peer to the first hop that is not trusted, that one included. */
function createWalk(trustedProxies: readonly string[]): (request: IncomingMessage) => string[] {
  const isTrusted = compile([...trustedProxies]);
  return request => all(request, (hop, at) => isAddress(hop) && isTrusted(hop, at));
}

/** The peer has none once its socket is closed. */
function isAddress(hop: string | undefined): hop is string {
  return isIP(hop ?? '') !== 0;
}

/** An IPv4 address that arrived on an IPv6 socket is the same address. */
export function plainAddress(address: string): string {
  return /^::ffff:/i.test(address) && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}
