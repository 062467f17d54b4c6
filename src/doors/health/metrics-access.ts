import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../domain/network-of.ts';
import type { Secret } from '../../domain/secret.ts';
import type { ClientAddress } from '../../net/client-address.ts';

/** Whether a request may read the metrics. */
export type MetricsGuard = (request: IncomingMessage) => boolean;

export interface MetricsAccess {
  /**
   * A request with this token may read. Null: only this machine itself may, and only if strangers cannot look like it.
   */
  readonly token: Secret | null;
  readonly publicUrl: string;
  readonly clientAddress: ClientAddress;
}

/** Headers that a proxy adds to a request (RFC 7239, RFC 9110 section 7.6.3, and their predecessors). */
const proxyHeaders = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/**
 * Whether a request may read the metrics. Without a token, a gateway with a public address shows them to no one: behind
 * a proxy on the same machine, every stranger seems to have a loopback address.
 */
export function createMetricsGuard({ token, publicUrl, clientAddress }: MetricsAccess): MetricsGuard {
  if (token !== null) return request => showsToken(request, token);
  const here = isLoopback(new URL(publicUrl).hostname);
  return request =>
    here &&
    isLoopback(clientAddress(request)) &&
    // A foreign page whose name was rebound to our address sends that name.
    isLoopback(hostNameOf(request)) &&
    !proxyHeaders.some(name => name in request.headers);
}

/** The guard for a separate address: every client that reaches it may read, unless there is a token. */
export function createInnerMetricsGuard(token: Secret | null): MetricsGuard {
  return request => token === null || showsToken(request, token);
}

function showsToken(request: IncomingMessage, token: Secret): boolean {
  return sameText(request.headers.authorization ?? '', `Bearer ${token.reveal()}`);
}

function hostNameOf({ headers: { host = '' } }: IncomingMessage): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}

/** Takes the same time for all texts, however long they are and wherever they differ. */
function sameText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
