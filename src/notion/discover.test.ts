import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Discovered, type DiscoverOptions, type DiscoveryEnd, discover, readDiscovered } from './discover.ts';

function pageId(number: number): string {
  return `00000000-0000-4000-8000-${number.toString().padStart(12, '0')}`;
}

/** A search over numbered pages, some at a time. Its cursors are positions. */
function aSearch(total: number, pageSize: number) {
  const asked: (string | null)[] = [];
  const search: DiscoverOptions['search'] = async cursor => {
    asked.push(cursor);
    const start = Number(cursor ?? 0);
    const end = Math.min(total, start + pageSize);
    const results = Array.from({ length: end - start }, (_, index) => ({ object: 'page', id: pageId(start + index) }));
    return { results, hasMore: end < total, nextCursor: end < total ? String(end) : null };
  };
  return { search, asked };
}

async function run(options: Partial<DiscoverOptions> & Pick<DiscoverOptions, 'search'>) {
  const found: Discovered[] = [];
  const iterator = discover({ itemsMax: 1_000, searchesMax: 100, ...options });
  for (;;) {
    const step = await iterator.next();
    if (step.done) return { found, end: step.value satisfies DiscoveryEnd };
    found.push(step.value);
  }
}

describe('discover', () => {
  it('finds everything, page by page', async () => {
    const { search, asked } = aSearch(250, 100);
    const { found, end } = await run({ search });
    assert.equal(found.length, 250);
    assert.deepEqual(end, { why: 'complete', next: null });
    assert.deepEqual(asked, [null, '100', '200']);
  });

  it('A27: is bounded in objects, and goes on where it stopped without a gap or a repetition', async () => {
    const { search } = aSearch(95, 10);
    const ids: string[] = [];
    let from: DiscoverOptions['from'] = null;
    do {
      const { found, end }: Awaited<ReturnType<typeof run>> = await run({ search, itemsMax: 7, from });
      assert.ok(found.length <= 7);
      ids.push(...found.map(({ id }) => id));
      from = end.next;
    } while (from !== null);
    assert.deepEqual(
      ids,
      Array.from({ length: 95 }, (_, number) => pageId(number)),
    );
  });

  it('A27: is bounded in searches, however little each brings', async () => {
    let searches = 0;
    const search = async () => ({ results: [], hasMore: true, nextCursor: String(++searches) });
    const { end } = await run({ search, searchesMax: 5 });
    assert.equal(searches, 5);
    assert.deepEqual(end, { why: 'limit', next: { cursor: '5', skip: 0 } });
  });

  it('A27: does not follow cursors that lead in a circle', async () => {
    const search = async (cursor: string | null) => ({
      results: [],
      hasMore: true,
      nextCursor: cursor === 'a' ? 'b' : 'a',
    });
    assert.deepEqual((await run({ search })).end, { why: 'inconsistent', next: null });
  });

  it('does not claim to be complete when Notion says that there is more and not where', async () => {
    const search = async () => ({ results: [], hasMore: true, nextCursor: null });
    assert.deepEqual((await run({ search })).end, { why: 'inconsistent', next: null });
  });

  it('yields an object once, though search shows it twice', async () => {
    const search = async (cursor: string | null) => ({
      results: [{ object: 'page', id: pageId(1) }],
      hasMore: cursor === null,
      nextCursor: cursor === null ? 'more' : null,
    });
    assert.equal((await run({ search })).found.length, 1);
  });

  it('stops asking when it is aborted', async () => {
    const { search, asked } = aSearch(1_000, 10);
    const controller = new AbortController();
    const iterator = discover({ search, itemsMax: 1_000, searchesMax: 100, signal: controller.signal });
    await iterator.next();
    controller.abort();
    await assert.rejects(async () => {
      for await (const _ of iterator);
    });
    assert.equal(asked.length, 1);
  });
});

describe('readDiscovered', () => {
  it('reads the title of a page from any property that holds it', () => {
    const page = {
      object: 'page',
      id: pageId(1).replaceAll('-', '').toUpperCase(),
      url: 'https://app.notion.com/p/x',
      parent: { type: 'page_id', page_id: pageId(2) },
      last_edited_time: '2026-11-22T00:00:00.000Z',
      properties: {
        Owner: { type: 'people' },
        Task: { type: 'title', title: [{ plain_text: 'Plan ' }, { plain_text: 'B' }] },
      },
    };
    assert.deepEqual(readDiscovered(page), {
      id: pageId(1),
      object: 'page',
      title: 'Plan B',
      url: 'https://app.notion.com/p/x',
      parent: { type: 'page_id', id: pageId(2) },
      lastEditedTime: '2026-11-22T00:00:00.000Z',
    });
  });

  it('reads the title of a data source, and a parent without an id', () => {
    const parent = { type: 'workspace', workspace: true };
    const dataSource = { object: 'data_source', id: pageId(1), title: [{ plain_text: 'Tasks' }], parent };
    const found = readDiscovered(dataSource);
    assert.equal(found?.title, 'Tasks');
    assert.deepEqual(found?.parent, { type: 'workspace', id: null });
  });

  for (const value of [null, 'page', {}, { object: 'user', id: pageId(1) }, { object: 'page', id: 'x' }]) {
    it(`passes over ${JSON.stringify(value)}`, () => assert.equal(readDiscovered(value), null));
  }

  it('does not hand on a URL that a browser might run', () => {
    const found = readDiscovered({ object: 'page', id: pageId(1), url: 'javascript:alert(1)' });
    assert.equal(found?.url, null);
  });
});
