/**
 * The parts of a request's path and query. The decision uses these parts, and the sent request is rebuilt from them.
 */
export interface RequestUrl {
  /** Decoded path segments after `/v1/`, none of them empty or a dot segment. */
  readonly segments: readonly string[];
  /** Decoded, in the client's order. Only `filter_properties` may stand there more than once. */
  readonly query: readonly (readonly [key: string, value: string])[];
}

const urlCharsMax = 16 * 1024;
/** RFC 3986 section 2, without fragment. Raw non-ASCII, backslashes and control characters are in no valid target. */
const validTarget = /^\/v1\/[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]*$/;
const arrayKeys: ReadonlySet<string> = new Set(['filter_properties', 'filter_properties[]']);

/** Some frameworks take the method from here. */
const methodOverride = '_method';

/**
 * Takes a raw request target that starts with `/v1/` apart. Null if there is more than one way to read it: an empty or
 * dot segment, an encoded slash or backslash, malformed percent-encoding, a repeated or bracketed query key.
 */
export function parseRequestUrl(raw: string): RequestUrl | null {
  if (raw.length > urlCharsMax || !validTarget.test(raw)) return null;
  const mark = raw.indexOf('?');
  const segments = parsePath(mark === -1 ? raw.slice(4) : raw.slice(4, mark));
  const query = mark === -1 ? [] : parseQuery(raw.slice(mark + 1));
  return segments === null || query === null ? null : { segments, query };
}

function parsePath(path: string): string[] | null {
  const segments = path.split('/');
  for (const [index, raw] of segments.entries()) {
    const segment = raw.includes('%') ? decode(raw) : raw;
    if (segment === null || segment === '' || segment === '.' || segment === '..') return null;
    segments[index] = segment;
  }
  return segments;
}

function parseQuery(raw: string): [string, string][] | null {
  const query: [string, string][] = [];
  const seen = new Set<string>();
  for (const pair of raw.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const key = decodeQuery(equals === -1 ? pair : pair.slice(0, equals));
    const value = decodeQuery(equals === -1 ? '' : pair.slice(equals + 1));
    if (key === null || value === null) return null;
    if (key === methodOverride) return null;
    if (!arrayKeys.has(key) && (seen.has(key) || /[[\]]/.test(key))) return null;
    seen.add(key);
    query.push([key, value]);
  }
  return query;
}

/** Percent-decodes once. Null for malformed UTF-8, and for characters that could end or split the rebuilt path. */
function decode(text: string): string | null {
  try {
    const decoded = decodeURIComponent(text);
    return hasControlCharacter(decoded) ? null : decoded;
  } catch {
    return null;
  }
}

function decodeQuery(text: string): string | null {
  return text.includes('%') || text.includes('+') ? decode(text.replaceAll('+', ' ')) : text;
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

/** The path and query that are sent: exactly what was judged, always spelled the same. */
export function buildRequestPath(segments: readonly string[], query: RequestUrl['query']): string {
  const path = `/v1/${segments.map(encodeURIComponent).join('/')}`;
  if (query.length === 0) return path;
  return `${path}?${query.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&')}`;
}
