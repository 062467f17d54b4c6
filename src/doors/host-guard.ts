import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Refuses requests that name a host which is not ours (rule 26): a page of somebody else's that rebinds its name to our
 * address, or a proxy that lets any name through. Answers true when it has refused.
 *
 * @param allowedHosts names without port, lower case
 */
export function createHostGuard(allowedHosts: readonly string[]) {
  const allowed = new Set(allowedHosts);
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const name = nameOf(request.headers.host);
    if (name !== null && allowed.has(name)) return false;
    const message =
      'This server does not answer to that host name. A proxy in front of it must pass on the Host header that it was sent (docs/proxies.md); PORTCULLIS_ALLOWED_HOSTS lists other names that it answers to.';
    const body = JSON.stringify({ object: 'error', status: 421, code: 'invalid_request', message });
    response.writeHead(421, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    });
    response.end(body);
    return true;
  };
}

/** The name in a Host header: `localhost:8420` → `localhost`, `[::1]:80` → `[::1]`. Null when it is not one. */
function nameOf(host: string | undefined): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i.exec(host ?? '');
  return match?.[1]?.toLowerCase() ?? null;
}
