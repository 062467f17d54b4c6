import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../domain/loopback.ts';
import type { Secret } from '../../domain/secret.ts';
import type { ClientAddress } from '../../net/client-address.ts';

/** Whether a request may read the metrics. */
export type MetricsGuard = (request: IncomingMessage) => boolean;

export interface MetricsAccess {
  /** Who shows it may read. Null: nobody may but this machine itself, and only where strangers cannot look like it. */
  readonly token: Secret | null;
  readonly publicUrl: string;
  readonly clientAddress: ClientAddress;
}

/** What a proxy adds to a request that it passes on (RFC 7239, RFC 9110 section 7.6.3, and what came before). */
const proxyHeaders = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/**
 * Whether a request may read the metrics. Without a token, a gateway with a public address shows them to nobody: behind a
 * proxy on the same machine every stranger seems to be at a loopback address.
 */
export function createMetricsGuard({ token, publicUrl, clientAddress }: MetricsAccess): MetricsGuard {
  if (token !== null) return request => showsToken(request, token);
  const here = isLoopback(new URL(publicUrl).hostname);
  return request =>
    here &&
    isLoopback(clientAddress(request)) &&
    // A page of somebody else's whose name was rebound to our address asks with that name.
    isLoopback(hostNameOf(request)) &&
    !proxyHeaders.some(name => name in request.headers);
}

/** The same at an address of its own, where everybody may who reaches it, unless there is a token. */
export function createInnerMetricsGuard(token: Secret | null): MetricsGuard {
  return request => token === null || showsToken(request, token);
}

function showsToken(request: IncomingMessage, token: Secret): boolean {
  return sameText(request.headers.authorization ?? '', `Bearer ${token.reveal()}`);
}

function hostNameOf({ headers: { host = '' } }: IncomingMessage): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}

/** Takes the same time wherever the texts differ, and however long they are. */
function sameText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
