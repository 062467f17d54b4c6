import type { NotionRef } from '../../domain/page-index.ts';
import { canonicalId } from '../../notion/ids.ts';
import { linksInText, linkTargets } from '../../notion/link-targets.ts';
import { isObject, type Json } from '../read-answer.ts';
import type { Findings } from './findings.ts';

/** What Notion itself shows in the place of a title that the connection may not see, and of such a person. */
const untitled = 'Untitled';
const somebody = '@Anonymous';

/** Rich text (https://developers.notion.com/reference/rich-text): its mentions, and the targets of its links. */
export function blankRichText(value: unknown, findings: Findings): void {
  if (Array.isArray(value)) for (const item of value) blankRichText(item, findings);
  else if (isObject(value)) blankItem(value, findings);
}

function blankItem(item: Json, findings: Findings): void {
  switch (item.type) {
    case 'text':
      blankText(item, findings);
      return;
    case 'mention':
      blankMention(item, findings);
      return;
    case 'equation':
      return;
    default:
      findings.blank(() => becomeText(item, ''));
  }
}

function blankText(item: Json, findings: Findings): void {
  const text = isObject(item.text) ? item.text : {};
  const link = isObject(text.link) ? text.link.url : null;
  const targets = [link, item.href].flatMap(url => (typeof url === 'string' ? linkTargets(url) : []));
  findings.shows(targets, () => {
    text.link = null;
    item.href = null;
  });
  for (const holder of [text, item]) {
    const key = holder === text ? 'content' : 'plain_text';
    for (const { url, targets: shown } of linksInText(String(holder[key] ?? ''))) {
      findings.shows(shown, () => {
        holder[key] = String(holder[key]).replaceAll(url, '…');
      });
    }
  }
}

function blankMention(item: Json, findings: Findings): void {
  const mention = isObject(item.mention) ? item.mention : {};
  const hide = () => becomeText(item, untitled);
  switch (mention.type) {
    case 'page':
    case 'database':
    case 'data_source': {
      const object = mentioned(mention.type, mention[mention.type]);
      if (object === null) findings.blank(hide);
      else findings.shows([object], hide);
      if (object?.kind === 'page') findings.titled.push({ page: object, hide });
      return;
    }
    case 'user':
      if (!findings.people) findings.blank(() => becomeText(item, somebody));
      return;
    case 'date':
    case 'template_mention':
    case 'custom_emoji':
      return;
    case 'link_preview':
    case 'link_mention':
      findings.shows(targetsIn([mention[mention.type], item.href, item.plain_text]), hide);
      return;
    default:
      findings.blank(hide);
  }
}

function mentioned(kind: 'page' | 'database' | 'data_source', value: unknown): NotionRef | null {
  const id = isObject(value) && typeof value.id === 'string' ? canonicalId(value.id) : null;
  return id === null ? null : { kind, id };
}

function targetsIn(values: readonly unknown[]): NotionRef[] {
  return values.flatMap(value => {
    if (typeof value === 'string') return linkTargets(value);
    return isObject(value) ? targetsIn(Object.values(value)) : [];
  });
}

/** Replaces hidden parts by plain text, which keeps its style. */
function becomeText(item: Json, content: string): void {
  for (const key of Object.keys(item)) if (key !== 'annotations') delete item[key];
  Object.assign(item, { type: 'text', text: { content, link: null }, plain_text: content, href: null });
  item.annotations ??= {
    ...{ bold: false, italic: false, strikethrough: false, underline: false, code: false },
    color: 'default',
  };
}
