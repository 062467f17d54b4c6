import type { Demand } from '../domain/operation.ts';
import { canonicalId, idsInNotionUrl } from './ids.ts';

/** `<page url="…">`: in Notion's Markdown these place an existing page, those merely mention it. */
const placingTag = /<(?:page|database)\s[^<>]{0,2000}>/gi;
const attribute = /\s(?:url|src|href|id)\s*=\s*(?:"([^"]*)"|'([^']*)'|\{\{([^}]*)\}\})/gi;
const tag = /<[a-z][a-z_-]*\s[^<>]{0,2000}>/gi;
const link = /(?:https?|notion):\/\/[^\s"'<>()[\]{}]+/gi;
/** `[title](/<id>)`: Notion writes links inside the workspace without a host. */
const relativeLink = /\]\((\/[^\s()]{32,200})\)/g;
const scheme = /^(?:collection|view|page|block):\/\/([0-9a-f-]{32,36})/i;

/**
 * What Notion-flavoured Markdown makes Notion look up (https://developers.notion.com/guides/data-apis/enhanced-markdown):
 * a mention or a link reads the page that it names; `<page url="…">` takes the page into this one, which moves it.
 * Ids in plain text are text.
 */
export function markdownReferences(markdown: string): Demand[] {
  const demands: Demand[] = [];
  for (const match of markdown.matchAll(placingTag)) {
    for (const id of idsInTag(match[0])) demands.push({ action: 'move', object: { kind: 'page', id } });
  }
  for (const id of mentionedIds(markdown)) demands.push({ action: 'read', object: { kind: 'page', id } });
  return demands;
}

function mentionedIds(markdown: string): Set<string> {
  const ids = new Set<string>();
  for (const match of markdown.matchAll(link)) for (const id of idsInNotionUrl(match[0])) ids.add(id);
  for (const match of markdown.matchAll(relativeLink)) for (const id of idsInNotionUrl(match[1] ?? '')) ids.add(id);
  for (const match of markdown.matchAll(tag)) {
    if (!isPersonTag(match[0])) for (const id of idsInTag(match[0])) ids.add(id);
  }
  return ids;
}

/** `<mention-user url="user://…">` names a person, not content. */
function isPersonTag(text: string): boolean {
  return /^<(?:mention-)?(?:user|agent)[\s-]/i.test(text);
}

function idsInTag(text: string): string[] {
  const ids: string[] = [];
  for (const match of text.matchAll(attribute)) {
    const value = (match[1] ?? match[2] ?? match[3] ?? '').replace(/^\{\{|\}\}$/g, '').trim();
    const bare = canonicalId(scheme.exec(value)?.[1] ?? value);
    ids.push(...(bare === null ? idsInNotionUrl(value) : [bare]));
  }
  return ids;
}
