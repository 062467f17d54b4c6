import type { Call } from '../http/route.ts';
import { isPlain } from '../http/shape.ts';
import type { BlockNode, Container, ContentNode, RichText } from '../world/records.ts';
import { titleOf } from '../world/tree.ts';
import { childrenOf } from './block-object.ts';
import { databaseUrl } from './database-object.ts';
import { type HostedFile, hostedFile } from './file-input.ts';
import { pageUrl } from './page-object.ts';
import { richTextObject } from './rich-text-object.ts';

/** The content of a page or block in Notion-flavoured Markdown: one line or fence per block, children indented by tabs. */
export function renderMarkdown(call: Call, container: Container): string {
  return childrenOf(call, container)
    .map(child => renderNode(call, child, 0))
    .join('\n');
}

/** One node and what is inside it, indented by `depth` tabs. */
export function renderNode(call: Call, node: ContentNode, depth: number): string {
  const indent = '\t'.repeat(depth);
  const own = renderOwn(call, node)
    .split('\n')
    .map(line => indent + line)
    .join('\n');
  if (node.kind !== 'block') return own;
  const inner = childrenOf(call, node).map(child => renderNode(call, child, depth + 1));
  const end = node.kind === 'block' ? CLOSING[node.type] : undefined;
  return [own, ...inner, ...(end === undefined ? [] : [indent + end])].join('\n');
}

/** What stands after the children of blocks that are written as a pair of tags. */
const CLOSING: Partial<Record<BlockNode['type'], string>> = {
  table: '</table>',
  table_row: '</tr>',
  column_list: '</columns>',
  column: '</column>',
  synced_block: '</synced_block>',
};

function renderOwn(call: Call, node: ContentNode): string {
  if (node.kind === 'page') return `<page url="${pageUrl(node)}">${escapeText(titleOf(node))}</page>`;
  if (node.kind === 'database')
    return `<database url="${databaseUrl(node.id)}">${escapeText(titleOf(node))}</database>`;
  return renderBlock(call, node);
}

const PREFIX: Partial<Record<BlockNode['type'], string>> = {
  paragraph: '',
  heading_1: '# ',
  heading_2: '## ',
  heading_3: '### ',
  heading_4: '#### ',
  bulleted_list_item: '- ',
  numbered_list_item: '1. ',
  quote: '> ',
  toggle: '- ',
  template: '',
};

function renderBlock(call: Call, block: BlockNode): string {
  const content: Record<string, unknown> = isPlain(block.content) ? block.content : {};
  const text = Array.isArray(content.rich_text) ? inline(call, content.rich_text as RichText) : '';
  const prefix = PREFIX[block.type];
  if (prefix !== undefined) return prefix + text;
  switch (block.type) {
    case 'to_do':
      return `- [${content.checked === true ? 'x' : ' '}] ${text}`;
    case 'code':
      return `\`\`\`${content.language}\n${plain(content.rich_text)}\n\`\`\``;
    case 'equation':
      return `$$\n${content.expression}\n$$`;
    case 'divider':
      return '---';
    case 'callout':
      return `<callout>${text}</callout>`;
    case 'table_of_contents':
      return '<table_of_contents/>';
    case 'table':
      return `<table header-row="${content.has_column_header === true}" header-column="${content.has_row_header === true}">`;
    case 'table_row':
      return ['<tr>', ...cells(call, content)].join('\n');
    case 'column_list':
      return '<columns>';
    case 'column':
      return '<column>';
    case 'bookmark':
    case 'embed':
    case 'link_preview':
      return `[${content.url}](${content.url})`;
    case 'image':
      return `![](${mediaUrl(call, content)})`;
    case 'video':
    case 'audio':
    case 'pdf':
    case 'file':
      return `<${block.type} src="${mediaUrl(call, content)}"/>`;
    case 'synced_block':
      return isPlain(content.synced_from) ? '<synced_block reference="true">' : '<synced_block>';
    default:
      return `<${block.type}/>`;
  }
}

function cells(call: Call, content: Record<string, unknown>): string[] {
  if (!Array.isArray(content.cells)) return [];
  return content.cells.map(cell => `\t<td>${inline(call, cell as RichText)}</td>`);
}

function mediaUrl(call: Call, content: Record<string, unknown>): string {
  if (isPlain(content.external)) return String(content.external.url);
  return isPlain(content.file) ? hostedFile(call, content.file as HostedFile).url : '';
}

function plain(text: unknown): string {
  return Array.isArray(text) ? (text as RichText).map(item => item.plain_text).join('') : '';
}

function inline(call: Call, text: RichText): string {
  return richTextObject(call, text).map(inlineItem).join('');
}

function inlineItem(item: RichText[number]): string {
  if (item.type === 'equation') return `$${item.equation.expression}$`;
  if (item.type === 'mention' && item.mention.type === 'page') {
    return `<mention-page url="${item.href}">${escapeText(item.plain_text)}</mention-page>`;
  }
  if (item.type === 'mention' && item.mention.type === 'user') {
    return `<mention-user url="user://${item.mention.user.id}">${escapeText(item.plain_text.slice(1))}</mention-user>`;
  }
  const { bold, italic, strikethrough, code } = item.annotations;
  let text = code ? `\`${item.plain_text}\`` : escapeText(item.plain_text);
  if (bold) text = `**${text}**`;
  if (italic) text = `*${text}*`;
  if (strikethrough) text = `~~${text}~~`;
  return item.href === null ? text : `[${text}](${item.href})`;
}

/** Characters that Markdown or the page tags would read as markup. */
function escapeText(text: string): string {
  return text.replace(/[\\*~`$[\]<>{}|^]/g, character => `\\${character}`);
}
