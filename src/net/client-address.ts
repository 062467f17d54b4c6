import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { all, compile } from '@fastify/proxy-addr';

/** Returns the client's address of a request. */
export type ClientAddress = (request: IncomingMessage) => string;

/**
 * What we know about the way of a request. direct: no proxy header. forwarded: a header from a trusted proxy.
 * unbelieved: a header from a proxy that the operator did not name; it does not count. unreadable: the header of a
 * trusted proxy has no address.
 */
export type ProxyWord = 'direct' | 'forwarded' | 'unbelieved' | 'unreadable';

/**
 * The address of the client. It is the peer's address or, behind proxies that the operator named, the nearest address
 * in X-Forwarded-For that is not one of them. Headers from others are not trusted (rule 26). `Forwarded` (RFC 7239) is
 * not read: a proxy that does not know it would pass on what a caller wrote into it.
 *
 * The walk goes from the nearest hop outwards and ends at the first hop that is no address (`unknown`,
 * `203.0.113.9:4711`, `_hidden`), because no trusted proxy wrote what comes behind such a hop. The result is then the
 * last proxy that could be read.
 *
 * @param trustedProxies addresses and CIDR ranges
 */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddress {
  const walk = createWalk(trustedProxies);
  return request => plainAddress(walk(request).findLast(isAddress) ?? '');
}

/** Says what proxies report about a request, by the same rules. */
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

/** The peer has no address once its socket is closed. */
function isAddress(hop: string | undefined): hop is string {
  return isIP(hop ?? '') !== 0;
}

/** An IPv4 address that arrived on an IPv6 socket is the same address. */
export function plainAddress(address: string): string {
  return /^::ffff:/i.test(address) && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}
