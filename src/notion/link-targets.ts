import type { NotionRef } from '../domain/page-index.ts';
import { canonicalId } from './ids.ts';
import { idsInLink } from './links.ts';

/** From the scheme to the end of the word, without the punctuation after it. */
const urlInText = /https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]]/gi;

/**
 * The objects in Notion that a link leads to. A link does not say whether its target is a page or a database, so both
 * count as a page. The part after `#` is a block in it. A view is no object of its own here: its database comes before
 * it in the link.
 */
export function linkTargets(link: string): NotionRef[] {
  const ids = idsInLink(link);
  if (ids.length === 0) return [];
  const [before = '', fragment = ''] = link.split('#');
  const blocks = new Set(idsInLink(fragment === '' ? '' : `#${fragment}`));
  const view = /[?&]v=([0-9a-f-]{32,36})/i.exec(before)?.[1];
  const viewId = view === undefined ? null : canonicalId(view);
  const targets = ids.map((id): NotionRef => ({ kind: blocks.has(id) ? 'block' : 'page', id }));
  return targets.length > 1 ? targets.filter(({ id }) => id !== viewId) : targets;
}

/** URLs in a text that lead to objects in Notion, as they stand there. */
export function linksInText(text: string): { readonly url: string; readonly targets: NotionRef[] }[] {
  if (!text.includes('://')) return [];
  return [...text.matchAll(urlInText)].flatMap(([url]) => {
    const targets = linkTargets(url);
    return targets.length === 0 ? [] : { url, targets };
  });
}
