import type { IncomingMessage } from 'node:http';

const absolute = /^https?:\/\/([^/?#\\]*)/i;
/** Slashes that a base URL with a slash at its end leaves before Notion's paths. Bounded, so that looking for them is cheap. */
const restStart = /^\/{1,8}(?:w\/{1,8}([^/?#]*)\/{1,8})?v1(?=[/?#]|$)/;

/**
 * Puts a request into the form that most clients send: a target that begins with its path, and the host in the header. The
 * absolute form names the host itself, and then the header does not count (RFC 9112 section 3.2.2).
 */
export function normaliseTarget(request: IncomingMessage): void {
  let target = request.url ?? '';
  const [start, host] = absolute.exec(target) ?? [];
  if (start !== undefined) {
    request.headers.host = host ?? '';
    target = target.slice(start.length);
    if (!target.startsWith('/')) target = `/${target}`;
  }
  request.url = target.replace(restStart, (_start, workspace?: string) =>
    workspace === undefined ? '/v1' : `/w/${workspace}/v1`,
  );
}

/** Whether a target is for the MCP door. */
export function isForMcp(target: string): boolean {
  return /^\/(?:w\/[^/?#]*\/)?mcp\/?(?:[?#]|$)/.test(target);
}

/** Whether a target is for the REST door. What has no row there is answered in Notion's words, too. */
export function isForRest(target: string): boolean {
  return /^\/(?:v1|w)(?:[/?#]|$)/.test(target);
}

/** RFC 9112 section 3.2: with more than one Host header, the target of a request is not clear. */
export function namesHostTwice({ rawHeaders }: IncomingMessage): boolean {
  let found = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === 'host') found++;
  return found > 1;
}

/** Whether a Host header names the same host and port as a URL, in any spelling. */
export function isHostOf(url: URL, host = ''): boolean {
  const spelled = `${url.protocol}//${host}/`;
  return /^[^/?#\\@\s]+$/.test(host) && URL.canParse(spelled) && new URL(spelled).host === url.host;
}
