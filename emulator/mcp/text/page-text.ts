import type { Call } from '../../http/route.ts';
import { renderMarkdown } from '../../rest/markdown-render.ts';
import type { Icon, PageNode } from '../../world/records.ts';
import { addressOf } from '../reference.ts';
import { ancestorPath } from './ancestor-path.ts';
import { attribute } from './markup.ts';
import { simpleProperties } from './simple-values.ts';

/** The `text` of a fetched page: where it is, its properties, its content in enhanced Markdown. */
export function pageText(call: Call, page: PageNode, discussions: string): string {
  const url = addressOf(page.id);
  const markdown = renderMarkdown(call, page);
  const properties = { ...simpleProperties(call, page), ...(isRow(call, page) ? { url } : {}) };
  return [
    `Here is the result of "fetch" for the Page with URL ${url} as of ${new Date(call.world.clock.now()).toISOString()}:`,
    `<page url="${url}"${iconAttribute(page.icon)}>`,
    ancestorPath(call.world, page),
    `<properties>\n${JSON.stringify(properties)}\n</properties>`,
    '<iconMetadata>null</iconMetadata>',
    ...(discussions === '' ? [] : [discussions]),
    markdown === ''
      ? '<blank-page>This page is blank and has no content.</blank-page>'
      : `<content>\n${markdown}\n</content>`,
    '</page>',
  ].join('\n');
}

function isRow(call: Call, page: PageNode): boolean {
  return page.parentId !== null && call.world.nodes.get(page.parentId)?.kind === 'data_source';
}

function iconAttribute(icon: Icon | null): string {
  return icon?.type === 'emoji' ? ` icon="${attribute(icon.emoji)}"` : '';
}
