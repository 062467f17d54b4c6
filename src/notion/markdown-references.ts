import type { Demand } from '../domain/operation.ts';
import { canonicalId } from './ids.ts';
import { idsInLink } from './links.ts';
import { linksInMarkdown, type MarkdownLink, placingTags } from './markdown-links.ts';

/** In these tags, bare ids are ids of people. */
const ofPeople = /^(?:mention-)?(?:user|agent)$/;

/**
 * What Notion-flavoured Markdown makes Notion look up: a mention or a link reads the page that it names; `<page url="…">`
 * takes the page into this one, which moves it. Ids in plain text are text, and people are no content.
 */
export function markdownReferences(markdown: string): Demand[] {
  const placed = new Set<string>();
  const named = new Set<string>();
  for (const link of linksInMarkdown(markdown)) {
    for (const id of idsIn(link)) {
      named.add(id);
      if (placingTags.has(link.tag ?? '')) placed.add(id);
    }
  }
  return [...demandsOn('move', placed), ...demandsOn('read', named)];
}

function idsIn({ link, tag }: MarkdownLink): string[] {
  if (tag !== null && ofPeople.test(tag) && canonicalId(link.trim()) !== null) return [];
  return idsInLink(link.replace(/^\s*\{\{|\}\}\s*$/g, ''));
}

function demandsOn(action: 'move' | 'read', ids: ReadonlySet<string>): Demand[] {
  return [...ids].map(id => ({ action, object: { kind: 'page', id } }));
}
