import type { CarriedLinks } from '../domain/file-links.ts';
import { isJsonObject, type JsonObject } from './strict-json.ts';

/** Keys of URLs that Notion keeps or fetches. In text that people write, a link is only text. */
const linkKeys: ReadonlySet<string> = new Set(['url', 'href', 'external_url']);
/** Markdown that Notion searches for in a page, and so must be exactly Notion's text. */
const searchedMarkdown: ReadonlySet<string> = new Set(['old_str', 'content_range']);

/** The start of a link, with any name of this gateway, and its ticket. */
const start = String.raw`https?:\/\/[^\s"'<>()[\]{}\\/?#]{1,255}(?:\/w\/[a-z0-9_-]{1,64})?\/v1\/portcullis\/files\/`;
const wholeLink = new RegExp(`^${start}([^/?#]*)(?:[/?#].*)?$`, 'is');
/** Ends before the full stop or comma of a sentence. */
const linkInMarkdown = new RegExp(
  String.raw`${start}([A-Za-z0-9_-]*)(?:\/(?:[A-Za-z0-9._~%-]*[A-Za-z0-9_~%-])?)?(?:\?[^\s"'<>()[\]{}\\]*)?`,
  'gi',
);

/** Replaces a link while a body is judged. Notion never sees it. */
const standIn = 'https://file.invalid/';

export interface Carried {
  readonly links: CarriedLinks;
  /** The body for the decision: without the links to files, which Notion's own URLs will replace. */
  readonly judged: JsonObject;
}

/**
 * Finds links to files of this gateway in a body: in file objects, icons, covers, URL properties, links of text, and
 * Markdown. Null if there are none, which costs one search of the bytes.
 *
 * @param json the parsed bytes
 * @param markdown dotted paths of Markdown strings
 */
export function findCarriedLinks(bytes: unknown, json: JsonObject, markdown: ReadonlySet<string>): Carried | null {
  if (!Buffer.isBuffer(bytes) || !bytes.includes('portcullis')) return null;
  const tickets = new Set<string>();
  const judged = replaceLinks(json, markdown, ticket => {
    tickets.add(ticket);
    return standIn;
  });
  if (tickets.size === 0) return null;
  const bodyWith = (urls: ReadonlyMap<string, string>) => {
    const body = replaceLinks(json, markdown, ticket => {
      const url = urls.get(ticket);
      if (url === undefined) throw new Error('A link to a file was left in a request.');
      return url;
    });
    return Buffer.from(JSON.stringify(body));
  };
  return { links: { tickets: [...tickets], bodyWith }, judged };
}

type Put = (ticket: string) => string;

function replaceLinks(json: JsonObject, markdown: ReadonlySet<string>, put: Put): JsonObject {
  const keys: string[] = [];

  function copy(value: unknown): unknown {
    if (typeof value === 'string') return copyText(value);
    if (Array.isArray(value)) return value.map(copy);
    return isJsonObject(value) ? asHosted(value, copyObject(value)) : value;
  }

  function copyObject(object: JsonObject): JsonObject {
    // `fromEntries` makes a plain member of every key, `__proto__` included.
    return Object.fromEntries(
      Object.entries(object).map(([key, value]) => {
        keys.push(key);
        const copied = copy(value);
        keys.pop();
        return [key, copied];
      }),
    );
  }

  function copyText(text: string): string {
    const key = keys.at(-1) ?? '';
    if (linkKeys.has(key)) {
      const ticket = wholeLink.exec(text.trim())?.[1];
      return ticket === undefined ? text : put(ticket);
    }
    if (!searchedMarkdown.has(key) && !markdown.has(keys.join('.'))) return text;
    return text.replace(linkInMarkdown, (_link, ticket: string) => put(ticket));
  }

  /** In a property, a file of Notion's that came as an external one is a file of Notion's again, and so stays. */
  function asHosted(before: JsonObject, after: JsonObject): JsonObject {
    const { external, ...rest } = after;
    if (keys[0] !== 'properties' || !isJsonObject(external) || !isJsonObject(before.external)) return after;
    if (external.url === before.external.url || typeof rest.name !== 'string') return after;
    return { ...rest, type: 'file', file: { url: external.url } };
  }

  return copyObject(json);
}
