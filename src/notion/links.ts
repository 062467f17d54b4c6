import { decodeOnce } from './decode-once.ts';
import { canonicalId } from './ids.ts';

/** Schemes after which an id names a person, or no object at all. */
const schemesOfOthers: ReadonlySet<string> = new Set(['user:', 'agent:', 'mailto:', 'tel:']);
const notionHost = /^(?:[a-z0-9-]+\.)*notion\.(?:so|site|com)$/;
const base = 'https://www.notion.so';

const idLength = 32;

/** Digits and dashes among which an id may stand. */
const digits = /[0-9a-f][0-9a-f-]{30,}[0-9a-f]/gi;
const anyDigits = new RegExp(digits, 'i');
const conventional = /(?:^|-)([0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

/**
 * The ids that Notion may look up if it gets this link, canonical, each once. If in doubt, it finds too many: any 32
 * hexadecimal digits count, with or without dashes, undecoded and decoded once, anywhere in the link. The exceptions
 * are links to hosts that are not Notion's, and links that name people.
 */
export function idsInLink(link: string): string[] {
  if (link.length < idLength) return [];
  const decoded = decodeOnce(link);
  const readings = decoded === link ? [link] : [link, decoded];
  // Most links name no id, and a link is taken apart only where one might.
  if (!readings.some(reading => anyDigits.test(reading)) || readings.every(leadsElsewhere)) return [];
  return [...new Set(readings.flatMap(idsAmongDigits))];
}

/** Whether a text is an absolute link into Notion that names an object. */
export function isLinkToObject(text: string): boolean {
  return /^\s*[a-z][a-z0-9+.-]{0,30}:\/\//i.test(decodeOnce(text)) && idsInLink(text).length > 0;
}

/** Whether the link cannot lead to an object of Notion's in any reading. A text that is no URL counts as a path. */
function leadsElsewhere(link: string): boolean {
  const text = link.trim();
  if (!URL.canParse(text, base)) return false;
  const { protocol, hostname } = new URL(text, base);
  if (protocol !== 'https:' && protocol !== 'http:') return schemesOfOthers.has(protocol);
  return !notionHost.test(hostname.replace(/\.+$/, ''));
}

/**
 * Notion takes the 32 digits at the end of a word, before which a title may stand. Where more digits than those of an id
 * stand together and no dash parts them, both ends count.
 */
function idsAmongDigits(text: string): string[] {
  return [...text.matchAll(digits)].flatMap(([run]) => {
    const last = conventional.exec(run)?.[1];
    if (last !== undefined) return canonicalId(last) ?? [];
    const bare = run.replaceAll('-', '');
    if (bare.length < 32) return [];
    const ends = bare.length === 32 ? [bare] : [bare.slice(-32), bare.slice(0, 32)];
    return ends.map(end => canonicalId(end)).filter(id => id !== null);
  });
}
