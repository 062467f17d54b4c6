import type { Container } from '../domain/ancestry.ts';
import { canonicalId } from '../notion/ids.ts';
import { idsInLink } from '../notion/links.ts';

/** The text of a page that Notion's hosted server fetched. */
export interface FetchedPage {
  /** Where the page stands according to the text, from the page itself up. */
  readonly path: readonly Container[];
  /** The text without that place: it names pages above, which need not be the caller's. */
  readonly text: string;
}

/** The head of the text, up to its end. The content of the page comes after this. */
const head =
  /^Here is the result of "fetch" for the Page with URL (\S+) as of \S+:\n<page url="([^"\n]*)"[^\n>]*>\n<ancestor-path>(?:\n((?:<[a-z0-9-]+ [^\n]*\/>\n)*))?<\/ancestor-path>\n/;
const line = /^<(?:parent|ancestor-\d+)-(page|database|data-source) url="([^"]*)"/;

/**
 * Reads where a fetched page stands: `<ancestor-path>` counts only at its exact place, for the requested id (rule 16).
 * Null: the text does not begin as it must, or is about something else.
 */
export function readFetchedPage(askedId: string, text: string): FetchedPage | null {
  const [start = '', url = '', again = '', above = ''] = head.exec(text) ?? [];
  if (start === '' || idIn(url) !== askedId || idIn(again) !== askedId) return null;
  const path: Container[] = [{ kind: 'page', id: askedId }];
  for (const written of above.split('\n').filter(each => each !== '')) {
    const [, kind, address = ''] = line.exec(written) ?? [];
    const id = idIn(address);
    if (kind === undefined || id === null) return null;
    path.push({ kind: kind === 'data-source' ? 'data_source' : (kind as 'page' | 'database'), id });
  }
  return { path, text: text.slice(start.length) };
}

function idIn(address: string): string | null {
  const [collection = ''] = /^collection:\/\/(\S+)$/.exec(address)?.slice(1) ?? [];
  const ids = collection === '' ? idsInLink(address) : [canonicalId(collection)];
  return ids.length === 1 ? (ids[0] ?? null) : null;
}
