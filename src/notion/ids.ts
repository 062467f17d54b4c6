const dashed = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const dashedAnyCase = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const undashed = /^[0-9a-f]{32}$/i;

/** The canonical spelling (dashed, lower case) of an id in a spelling that Notion accepts; null for anything else. */
export function canonicalId(value: string): string | null {
  if (value.length === 36) {
    if (dashed.test(value)) return value;
    return dashedAnyCase.test(value) ? value.toLowerCase() : null;
  }
  return value.length === 32 && undashed.test(value) ? addDashes(value.toLowerCase()) : null;
}

function addDashes(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * True for whatever anybody might take for a Notion id: 32 hexadecimal digits, dashed anywhere, in braces, as a URN.
 * Wider than `canonicalId` on purpose: what Notion might accept and we do not recognise must not pass unseen.
 */
export function looksLikeId(value: string): boolean {
  if (value.length < 32 || value.length > 64) return false;
  return undashed.test(value.replace(/^urn:uuid:/i, '').replace(/[-{}\s]/g, ''));
}

/** An id that Notion makes up in its own way, such as `task_…` of an async task. */
export function isOpaqueId(value: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(value);
}

const notionHost = /^(?:[a-z0-9-]+\.)*notion\.(?:so|site|com)$/;
const trailingId = /(?:^|[^0-9a-f])([0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

/**
 * The ids that a Notion URL names, canonical, or an empty list for any other URL: the page at the end of the path, a
 * page peeked at (`?p=`), an object asked for (`?id=`) and the block after `#`. A view (`?v=`) is left out: it is shown
 * inside the database whose id stands in the path. Relative URLs count: Notion itself writes links as `/<id>`.
 */
export function idsInNotionUrl(value: string): string[] {
  const url = parseNotionUrl(value.trim());
  if (url === null) return [];
  const spelled = [
    ...url.pathname.split('/').map(segment => trailingId.exec(segment)?.[1]),
    url.searchParams.get('p'),
    url.searchParams.get('id'),
    trailingId.exec(url.hash)?.[1],
  ];
  const ids = spelled.map(id => (id ? canonicalId(id) : null)).filter(id => id !== null);
  return [...new Set(ids)];
}

function parseNotionUrl(value: string): URL | null {
  if (value.length > 4096 || !URL.canParse(value, 'https://www.notion.so')) return null;
  const url = new URL(value, 'https://www.notion.so');
  if (url.protocol === 'notion:')
    return new URL(`https://www.notion.so/${url.host}${url.pathname}${url.search}${url.hash}`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  return notionHost.test(url.hostname) ? url : null;
}
