/** Response headers of Notion that a caller may see. Cookies, server names and tracing of its edge are not among them. */
const released: ReadonlySet<string> = new Set(['content-type', 'cache-control', 'retry-after', 'x-notion-request-id']);

const releasedOfFiles: ReadonlySet<string> = new Set([
  ...['content-type', 'content-length', 'content-disposition', 'content-language', 'last-modified', 'etag'],
  ...['accept-ranges', 'content-range'],
]);

/**
 * A file has foreign bytes on our origin: a browser must not treat it as a page of ours. It must not be cached, because
 * the link may end; and the link must not leak in a referrer. Other sites may show the picture, as with Notion's own
 * links.
 */
const guards = {
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'private, no-store',
  'cross-origin-resource-policy': 'cross-origin',
  'referrer-policy': 'no-referrer',
} as const;

type Headers = Readonly<Record<string, string>>;

export function releaseHeaders(headers: Headers): Headers {
  return only(headers, released);
}

export function releaseFileHeaders(headers: Headers): Headers {
  return { ...only(headers, releasedOfFiles), ...guards };
}

function only(headers: Headers, allowed: ReadonlySet<string>): Headers {
  const kept: Record<string, string> = {};
  for (const name of allowed) {
    const value = headers[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
