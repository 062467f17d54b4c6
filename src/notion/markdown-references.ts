import type { Demand } from '../domain/operation.ts';
import { canonicalId, idsInNotionUrl } from './ids.ts';

/** `<page url="…">` and `<database …>` with their attributes, whose values may hold angle brackets. */
const placingTag = /<(?:page|database)((?:\s+[a-z_-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|\{\{[^}]*\}\}|[^\s"'<>]+))?)*)/gi;
const personTag = /<(?:mention-)?(?:user|agent)\s[^<>]*>/gi;
const link = /(?:https?|notion):\/\/[^\s"'<>()[\]{}]+/gi;
/** `[title](/<id>)`: Notion writes links inside the workspace without a host. */
const relativeLink = /\]\((\/[^\s()]{32,200})\)/g;
/** `url="<id>"`, `url="{{<id>}}"`, `url="collection://<id>"`, in whatever tag. */
const bareAttribute = /\b(?:url|src|href|id)\s*=\s*["'{]*(?:([a-z-]{1,20}):\/\/)?([0-9a-f-]{32,36})/gi;
const personSchemes: ReadonlySet<string> = new Set(['user', 'agent']);

/**
 * What Notion-flavoured Markdown makes Notion look up (https://developers.notion.com/guides/data-apis/enhanced-markdown):
 * a mention or a link reads the page that it names; `<page url="…">` takes the page into this one, which moves it.
 * Ids in plain text are text, and people are no content.
 */
export function markdownReferences(markdown: string): Demand[] {
  const placed = new Set<string>();
  for (const { 1: attributes = '' } of markdown.matchAll(placingTag)) addIds(attributes, placed);
  const named = new Set<string>();
  addIds(markdown.replace(personTag, ''), named);
  return [...demandsOn('move', placed), ...demandsOn('read', named)];
}

function demandsOn(action: 'move' | 'read', ids: ReadonlySet<string>): Demand[] {
  return [...ids].map(id => ({ action, object: { kind: 'page', id } }));
}

function addIds(markdown: string, ids: Set<string>): void {
  for (const [url] of markdown.matchAll(link)) for (const id of idsInNotionUrl(url)) ids.add(id);
  for (const { 1: path = '' } of markdown.matchAll(relativeLink)) for (const id of idsInNotionUrl(path)) ids.add(id);
  for (const { 1: scheme = '', 2: spelled = '' } of markdown.matchAll(bareAttribute)) {
    const id = personSchemes.has(scheme.toLowerCase()) ? null : canonicalId(spelled);
    if (id !== null) ids.add(id);
  }
}
