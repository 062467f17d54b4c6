import { isObject, type PortcullisGate } from './gate.ts';

/** A block with everything in it, as the history connector of the second source system wrote it. */
export interface BlockWithChildren {
  readonly id: string;
  readonly type: string;
  readonly content: string;
  readonly children: readonly BlockWithChildren[];
}

export interface PageWithContent {
  readonly page_id: string;
  readonly title: string;
  readonly content: readonly BlockWithChildren[];
  /** Something of it could not be read: a block of an unknown kind, or one that is too deep. */
  readonly had_skips: boolean;
}

/** Blocks that Notion's REST API does not show whole. */
const skipped: ReadonlySet<string> = new Set(['transcription', 'ai_block', 'unsupported']);
const depthMax = 8;

/** Every page that the caller may read, with its content, one after the other. Rejects if an answer is an error. */
export async function* pagesWithContent(gate: PortcullisGate): AsyncGenerator<PageWithContent> {
  let cursor: string | null = null;
  do {
    const body = {
      filter: { property: 'object', value: 'page' },
      page_size: 100,
      ...(cursor && { start_cursor: cursor }),
    };
    const found = await answer(gate.rest('POST', '/v1/search', body));
    for (const page of results(found)) {
      const read = { hadSkips: false };
      const content = await blocksIn(gate, String(page.id), 0, read);
      yield { page_id: String(page.id), title: titleOf(page), content, had_skips: read.hadSkips };
    }
    cursor = found.has_more === true ? String(found.next_cursor) : null;
  } while (cursor !== null);
}

async function blocksIn(
  gate: PortcullisGate,
  id: string,
  depth: number,
  read: { hadSkips: boolean },
): Promise<BlockWithChildren[]> {
  const blocks: BlockWithChildren[] = [];
  let cursor = '';
  for (;;) {
    const found = await answer(gate.rest('GET', `/v1/blocks/${id}/children?page_size=100${cursor}`));
    for (const block of results(found)) {
      const type = String(block.type);
      const goesOn = block.has_children === true && type !== 'child_page' && type !== 'child_database';
      if (skipped.has(type) || (goesOn && depth >= depthMax)) read.hadSkips = true;
      if (skipped.has(type)) continue;
      const children = goesOn && depth < depthMax ? await blocksIn(gate, String(block.id), depth + 1, read) : [];
      blocks.push({ id: String(block.id), type, content: textOf(block[type]), children });
    }
    if (found.has_more !== true) return blocks;
    cursor = `&start_cursor=${encodeURIComponent(String(found.next_cursor))}`;
  }
}

type Json = Readonly<Record<string, unknown>>;

async function answer(asked: ReturnType<PortcullisGate['rest']>): Promise<Json> {
  const { status, body } = await asked;
  if (status >= 400) throw new Error(`Notion answered ${status}: ${String(body.message ?? '')}`);
  return body;
}

function results({ results: found }: Json): Record<string, unknown>[] {
  return Array.isArray(found) ? found.filter(isObject) : [];
}

function textOf(content: unknown): string {
  if (!isObject(content)) return '';
  const texts = Array.isArray(content.rich_text) ? content.rich_text.filter(isObject) : [];
  return texts.length > 0 ? texts.map(text => String(text.plain_text ?? '')).join('') : String(content.title ?? '');
}

function titleOf({ id, properties }: Json): string {
  const values = isObject(properties) ? Object.values(properties) : [];
  const title = values.find(value => isObject(value) && value.type === 'title');
  const text = isObject(title) && Array.isArray(title.title) ? title.title.filter(isObject) : [];
  return text.map(part => String(part.plain_text ?? '')).join('') || `Untitled page (${String(id)})`;
}
