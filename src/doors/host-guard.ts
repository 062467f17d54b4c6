import type { IncomingMessage } from 'node:http';

/** Whether a request names one of our hosts. */
export type IsOurHost = (request: IncomingMessage) => boolean;

/**
 * Refuses requests that name a host which is not ours (rule 26). Such a request comes from a foreign page that rebinds
 * its name to our address, or through a proxy that lets any name through.
 *
 * @param allowedHosts names without port, lower case
 */
export function createIsOurHost(allowedHosts: readonly string[]): IsOurHost {
  const allowed = new Set(allowedHosts);
  return request => allowed.has(nameOf(request.headers.host) ?? '');
}

/** The name in a Host header: `localhost:8420` → `localhost`, `[::1]:80` → `[::1]`. Null when it is not one. */
function nameOf(host: string | undefined): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i.exec(host ?? '');
  return match?.[1]?.toLowerCase() ?? null;
}
