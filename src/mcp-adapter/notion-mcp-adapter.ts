import { isObject, type PortcullisGate, type RestAnswer } from './gate.ts';
import { normalise } from './normalise.ts';
import { type DataOutcome, type Failure, failure, isFailure, type PageOutcome } from './outcome.ts';
import { pageIn, success, unnamed } from './page-shapes.ts';

export interface NewPage {
  readonly title: string;
  /** Notion-flavoured Markdown. */
  readonly content?: string;
  /** Left out: at the top of the workspace, if the gateway allows it. */
  readonly parentPageId?: string;
}

/** What an update changes. Content is never among it: that is `append`, or `replaceContent`, by its own name. */
export interface PageChange {
  readonly title?: string;
  /** Values by name, as the hosted server takes them. */
  readonly properties?: Readonly<Record<string, unknown>>;
}

/**
 * Replaces the second source system's adapter: pages by the tools of Notion's MCP server, through a Portcullis. It uses
 * the REST API instead only if the server could not read the arguments, and so certainly did nothing. The gateway
 * decides that call like any other, with a connection of its own. A write whose fate is not known is `unknown`, and is
 * not repeated.
 */
export class NotionMcpAdapter {
  readonly #gate: PortcullisGate;

  constructor(gate: PortcullisGate) {
    this.#gate = gate;
  }

  async create({ title, content = '', parentPageId }: NewPage): Promise<PageOutcome> {
    const parent = parentPageId === undefined ? {} : { parent: { page_id: parentPageId } };
    const page = { properties: { title }, ...(content === '' ? {} : { content }) };
    const body = {
      ...parent,
      properties: { title: { title: [{ text: { content: title } }] } },
      ...(content === '' ? {} : { markdown: content }),
    };
    return this.#write(
      ['notion-create-pages', { ...parent, pages: [page] }],
      () => this.#gate.rest('POST', '/v1/pages', body),
      { title, says: shown => `Created Notion page '${shown}'` },
    );
  }

  /** Changes properties. */
  async update(pageId: string, { title, properties = {} }: PageChange): Promise<PageOutcome> {
    const values = { ...properties, ...(title === undefined ? {} : { title }) };
    const args = { page_id: pageId, command: 'update_properties', properties: values };
    const onlyTitle = Object.keys(properties).length === 0 && title !== undefined;
    const body = { properties: { title: { title: [{ text: { content: title ?? '' } }] } } };
    return this.#write(
      ['notion-update-page', args],
      onlyTitle ? () => this.#gate.rest('PATCH', `/v1/pages/${pageId}`, body) : null,
      { title: title ?? '', says: shown => `Updated Notion page '${shown}'` },
    );
  }

  /** Adds to the end of a page. It never replaces anything. */
  async append(pageId: string, content: string): Promise<PageOutcome> {
    if (content === '') return failure('error', 'Content is required to append to the page.');
    const before = await this.#blocksOf(pageId);
    const insert = { content, position: { type: 'end' } };
    const outcome = await this.#write(
      ['notion-update-page', { page_id: pageId, command: 'insert_content', ...insert }],
      () =>
        this.#gate.rest('PATCH', `/v1/pages/${pageId}/markdown`, { type: 'insert_content', insert_content: insert }),
      { title: '', id: pageId, says: shown => `Updated Notion page '${shown}' (content appended)` },
    );
    if (isFailure(outcome) || before === null) return outcome;
    const after = (await this.#blocksOf(pageId)) ?? [];
    const known = new Set(before);
    return { ...outcome, appended_block_ids: after.filter(id => !known.has(id)) };
  }

  /** Replaces the content of a page. */
  async replaceContent(pageId: string, content: string): Promise<PageOutcome> {
    const args = { page_id: pageId, command: 'replace_content', new_str: content, allow_deleting_content: true };
    return this.#write(['notion-update-page', args], null, {
      title: '',
      id: pageId,
      says: shown => `Replaced the content of Notion page '${shown}'`,
    });
  }

  /** Moves a page to the trash: the hosted server has no documented tool for it, so the REST API does it. */
  async delete(pageId: string): Promise<PageOutcome> {
    const answer = await this.#rest(() => this.#gate.rest('PATCH', `/v1/pages/${pageId}`, { in_trash: true }), 'write');
    if (isFailure(answer)) return answer;
    const page = pageIn(answer.data);
    return page === null ? unnamed() : success(page, '', shown => `Deleted Notion page '${shown}'`);
  }

  async fetch(urlOrId: string): Promise<DataOutcome> {
    const found = await this.#data('notion-fetch', { id: urlOrId });
    if (isFailure(found)) return found;
    const isFetched = typeof found.data.text === 'string' && isObject(found.data.metadata);
    return isFetched ? found : failure('unexpected_response', 'The answer is no fetched object.');
  }

  async search(query: string, pageSize = 10): Promise<DataOutcome> {
    const found = await this.#data('notion-search', { query, page_size: pageSize });
    if (isFailure(found)) return found;
    return Array.isArray(found.data.results) ? found : failure('unexpected_response', 'The answer has no results.');
  }

  /** Whether the caller can reach Notion, and who the caller is there. */
  health(): Promise<DataOutcome> {
    return this.#data('notion-get-self', {});
  }

  /** Whether this caller, at this moment, is served by Notion's MCP server: what only that server has is in their list. */
  async hasMcpConnection(): Promise<boolean> {
    return (await this.#gate.listTools()).includes('notion-list-recent-pages');
  }

  async #data(tool: string, args: object): Promise<DataOutcome> {
    const found = normalise(await this.#gate.callTool(tool, args));
    if ('data' in found) return { status: 'success', data: found.data };
    // A lost read changed nothing.
    return found.status === 'unknown' ? failure('error', 'No answer came.') : found;
  }

  async #write(
    [tool, args]: readonly [string, object],
    fallback: (() => Promise<RestAnswer>) | null,
    { title, id, says }: { title: string; id?: string; says: (title: string) => string },
  ): Promise<PageOutcome> {
    const tried = normalise(await this.#gate.callTool(tool, args));
    const ran = 'data' in tried || tried.status !== 'upstream_argument_error' || fallback === null;
    const found = ran ? tried : await this.#rest(fallback, 'write');
    if (!('data' in found)) return found;
    const page = pageIn(found.data) ?? (id !== undefined && !ran ? { id, url: '', title: '' } : null);
    return page === null ? unnamed() : success(page, title, says);
  }

  async #rest(
    ask: () => Promise<RestAnswer>,
    effect: 'read' | 'write',
  ): Promise<{ data: Record<string, unknown>; status: 'success' } | Failure> {
    let answer: RestAnswer;
    try {
      answer = await ask();
    } catch {
      return failure(effect === 'write' ? 'unknown' : 'error', 'No answer came.');
    }
    if (answer.status < 400) return { status: 'success', data: { ...answer.body } };
    // After a server error of a write, it may have been made.
    if (answer.status >= 500 && effect === 'write') return failure('unknown', String(answer.body.message ?? ''));
    const found = normalise({
      kind: 'answered',
      answer: { isError: true, content: [{ text: JSON.stringify(answer.body) }] },
    });
    return 'data' in found ? failure('error', `Notion answered ${answer.status}.`) : found;
  }

  /** Ids of the blocks at the top of a page; null if they cannot be found out. */
  async #blocksOf(pageId: string): Promise<string[] | null> {
    const ids: string[] = [];
    for (let cursor = '', round = 0; round < 20; round++) {
      const path = `/v1/blocks/${pageId}/children?page_size=100${cursor}` as const;
      const answer = await this.#rest(() => this.#gate.rest('GET', path), 'read');
      if (isFailure(answer)) return null;
      const { results, has_more: more, next_cursor: next } = answer.data;
      ids.push(...(Array.isArray(results) ? results.filter(isObject).map(block => String(block.id)) : []));
      if (more !== true) return ids;
      cursor = `&start_cursor=${encodeURIComponent(String(next))}`;
    }
    return null;
  }
}
