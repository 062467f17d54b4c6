import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NotionRequest } from '../../src/domain/operation.ts';
import { aGrant, hiddenPage, idOf, open, openPage, openSource, secret, withheld } from './withheld.ts';

const page = (id: string, parent = open) => ({
  ...{
    object: 'page',
    id,
    parent: { type: 'page_id', page_id: parent },
    url: `https://app.notion.com/p/Title-of-${id}`,
  },
  properties: { title: { id: 'title', type: 'title', title: [{ type: 'text', plain_text: `title of ${id}` }] } },
});

const list = (results: readonly object[], cursor: string | null = null) => {
  return { object: 'list', type: 'page_or_data_source', results, has_more: cursor !== null, next_cursor: cursor };
};

const many = (from: number, count: number, parent = open) =>
  Array.from({ length: count }, (_, index) => page(idOf(from + index), parent));

const idsIn = ({ results }: { results: { id: string }[] }) => results.map(({ id }) => id);

describe('rule 15: a list from which something was taken', () => {
  it('keeps its order and says nothing of what was taken', async () => {
    const { seen } = await withheld();
    const found = list([page(idOf(100)), page(hiddenPage, secret), page(idOf(101)), page(secret), page(idOf(102))]);
    const { json, text, withheld: count } = await seen('POST', '/v1/search', found, { body: {} });
    assert.deepEqual(idsIn(json), [idOf(100), idOf(101), idOf(102)]);
    assert.equal(json.has_more, false);
    assert.equal(json.next_cursor, null);
    assert.ok(!text.includes(hiddenPage) && !text.includes(secret));
    assert.equal(count, 2);
  });

  it('is filled up from the next pages to the size that was asked for', async () => {
    const next = [...many(300, 1, secret), ...many(200, 4)];
    const { seen, fetched } = await withheld({ pages: [list(next, 'c2')] });
    const first = list([page(idOf(100)), page(hiddenPage, secret), page(idOf(101))], 'c1');
    const { json } = await seen('POST', '/v1/search', first, { body: { query: 'x', page_size: 3 } });
    assert.deepEqual(idsIn(json), [idOf(100), idOf(101), idOf(200)]);
    assert.equal(json.has_more, true);
    assert.deepEqual(fetched, [{ path: '/v1/search', body: { query: 'x', start_cursor: 'c1', page_size: 100 } }]);
  });

  it('goes on where it ended: each item comes once, whatever the size of the pages', async () => {
    const items = [
      ...many(100, 3),
      ...many(300, 130, secret),
      ...many(500, 4),
      ...many(600, 3, secret),
      ...many(700, 1),
    ];
    const notion = (request: NotionRequest) => {
      const { start_cursor: cursor = '0', page_size: size = 100 } = JSON.parse(String(request.body));
      const end = Number(cursor) + size;
      return list(items.slice(Number(cursor), end), end < items.length ? String(end) : null);
    };
    const visible = idsIn({ results: [...many(100, 3), ...many(500, 4), ...many(700, 1)] });
    for (const size of [1, 2, 3, 5, 8, 100]) {
      const { decide, readCursor, withhold } = await withheld({ notion });
      const pages: string[][] = [];
      for (let cursor: string | null = null; pages.length === 0 || cursor !== null; ) {
        const asked = await decide('POST', '/v1/search', {
          body: { page_size: size, ...(cursor && { start_cursor: cursor }) },
        });
        const { target } = (await readCursor(asked)).call.operation;
        assert.ok(target?.kind === 'notion');
        const body = Buffer.from(JSON.stringify(notion(target)));
        const released = await withhold(asked, { status: 200, headers: {}, body });
        assert.ok(!('reconsider' in released));
        const json = JSON.parse(String(released.answer.body));
        pages.push(idsIn(json));
        cursor = json.next_cursor;
        assert.equal(json.has_more, cursor !== null);
      }
      assert.deepEqual(pages.flat(), visible);
      assert.equal(pages.length, Math.ceil(visible.length / size), 'every page is full but the last');
    }
  });

  it('says that there is more only if there is something more that the caller may have', async () => {
    const { seen, fetched } = await withheld({ pages: [list(many(300, 2, secret), 'c2'), list(many(400, 2, secret))] });
    const { json } = await seen('POST', '/v1/search', list(many(100, 2), 'c1'), { body: { page_size: 2 } });
    assert.equal(json.has_more, false);
    assert.equal(json.next_cursor, null);
    assert.equal(json.request_status, undefined);
    assert.equal(fetched.length, 2);
  });

  it('ends as incomplete where nothing was found within bounds', async () => {
    const { seen } = await withheld({ pages: Array.from({ length: 40 }, () => list(many(300, 3, secret), 'again')) });
    const { json } = await seen('POST', '/v1/search', list(many(300, 3, secret), 'c1'), { body: { page_size: 3 } });
    assert.deepEqual(json.results, []);
    assert.equal(json.has_more, false);
    assert.equal(json.next_cursor, null);
    assert.equal(json.request_status.type, 'incomplete');
  });

  it('is given as far as it goes where Notion gives no further page', async () => {
    const { seen, readCursor, decide } = await withheld({
      notion: () => {
        throw new Error('no answer');
      },
    });
    const first = list([page(idOf(100)), page(hiddenPage, secret)], 'c1');
    const { json } = await seen('POST', '/v1/search', first, { body: { page_size: 2 } });
    assert.deepEqual(idsIn(json), [idOf(100)]);
    assert.equal(json.has_more, true);
    const again = await readCursor(await decide('POST', '/v1/search', { body: { start_cursor: json.next_cursor } }));
    assert.match(String(again.call.operation.target?.kind === 'notion' && again.call.operation.target.body), /"c1"/);
    await assert.rejects(seen('POST', '/v1/search', list([page(secret)], 'c1'), { body: {} }), /no answer/);
  });

  it('costs few questions: what nobody knows of is hidden', async () => {
    const { seen, index } = await withheld();
    const strangers = Array.from({ length: 100 }, (_, number) => ({ object: 'view', id: idOf(500 + number) }));
    const url = `/v1/views?data_source_id=${openSource}`;
    const { json } = await seen('GET', url, list(strangers));
    assert.deepEqual(json.results, []);
    assert.equal(index.asked.length, 20);
  });

  it('takes no cursor but those that it gave for the same list to the same caller', async () => {
    const { seen, decide, readCursor } = await withheld({ pages: [list(many(200, 4))] });
    const { json } = await seen('POST', '/v1/search', list(many(100, 2), 'c1'), { body: { page_size: 2, query: 'x' } });
    const ask = async (body: object) => readCursor(await decide('POST', '/v1/search', { body }));
    const { call } = await ask({ query: 'x', start_cursor: json.next_cursor, page_size: 50 });
    assert.ok(call.operation.target?.kind === 'notion' && Buffer.isBuffer(call.operation.target.body));
    assert.deepEqual(JSON.parse(call.operation.target.body.toString()), {
      ...{ query: 'x', start_cursor: 'c1', page_size: 100 },
    });
    const refusal = { code: 'validation_error', details: { fate: 'not_sent' } };
    await assert.rejects(ask({ query: 'y', start_cursor: json.next_cursor }), refusal);
    await assert.rejects(ask({ query: 'x', start_cursor: 'c1' }), refusal, "Notion's own");
    await assert.rejects(ask({ query: 'x', start_cursor: `${json.next_cursor}A` }), refusal);
    const elsewhere = await decide('POST', '/v1/search', { body: { query: 'x', start_cursor: json.next_cursor } });
    const others = { ...elsewhere, facts: { ...elsewhere.facts, workspaceId: null } };
    await assert.rejects(readCursor(others), refusal);
  });

  it('gives cursors that are all of one length', async () => {
    const lengths = new Set<number>();
    for (const count of [0, 9, 99]) {
      const { seen } = await withheld({ pages: [list([...many(300, count, secret), page(idOf(200))])] });
      const { json } = await seen('POST', '/v1/search', list(many(100, 2), 'c1'), { body: { page_size: 2 } });
      lengths.add(json.next_cursor.length);
    }
    assert.equal(lengths.size, 1);
  });

  it("passes Notion's own cursors to those from whom nothing is hidden", async () => {
    const { seen, decide, readCursor } = await withheld();
    const { json } = await seen('POST', '/v1/search', list(many(100, 2), 'c1'), { body: {}, grants: [] });
    assert.equal(json.next_cursor, 'c1');
    const decided = await decide('POST', '/v1/search', { body: { start_cursor: 'c1' }, grants: [] });
    assert.equal(await readCursor(decided), decided);
  });
});

describe('what is listed', () => {
  const url = (path: string) => `/v1/${path}`;

  it('is dropped by where it stands, whatever lists it', async () => {
    const { seen } = await withheld();
    const at = { page_id: open };
    const hiddenAt = { type: 'page_id', page_id: secret };
    const lists: readonly (readonly [method: string, path: string, answer: object, key: string])[] = [
      ['POST', `data_sources/${openSource}/query`, list([page(openPage), page(hiddenPage, secret)]), 'results'],
      [
        ...(['GET', `comments?block_id=${open}`] as const),
        list([
          { object: 'comment', id: idOf(50), parent: at, discussion_id: idOf(60) },
          { object: 'comment', id: idOf(51), parent: hiddenAt, discussion_id: idOf(61) },
        ]),
        'results',
      ],
      [
        ...(['GET', `data_sources/${openSource}/templates`] as const),
        { templates: [{ id: openPage }, { id: hiddenPage }], has_more: false, next_cursor: null },
        'templates',
      ],
      [
        ...(['GET', `views?data_source_id=${openSource}`] as const),
        list([
          { object: 'view', id: idOf(70), parent: { database_id: idOf(11) } },
          { object: 'view', id: idOf(71) },
        ]),
        'results',
      ],
      [
        ...(['POST', 'blocks/meeting_notes/query'] as const),
        {
          results: [
            { object: 'block', id: idOf(80), parent: at, type: 'meeting_notes', meeting_notes: {} },
            { object: 'block', id: idOf(81), parent: hiddenAt, type: 'meeting_notes', meeting_notes: {} },
          ],
          has_more: true,
        },
        'results',
      ],
      [
        ...(['GET', `blocks/${open}/children`] as const),
        list([
          { object: 'block', id: idOf(90), parent: at, type: 'divider', divider: {} },
          { object: 'block', id: hiddenPage, parent: at, type: 'child_page', child_page: { title: 'Secret' } },
        ]),
        'results',
      ],
    ];
    for (const [method, path, answer, key] of lists) {
      const grants = [
        aGrant({ actions: ['read', 'comment.read'], scopes: [secret, hiddenPage].map(id => ({ kind: 'page', id })) }),
      ];
      const { json } = await seen(method, url(path), answer, { grants, ...(method === 'POST' && { body: {} }) });
      assert.equal(json[key].length, 1, path);
      assert.equal(json.has_more, false, path);
    }
  });

  it('is dropped by what a condition finds in its properties, as the answer shows them', async () => {
    const row = (number: number, stage: string) => ({
      ...page(idOf(number)),
      properties: { Stage: { id: 's', type: 'select', select: { id: 'x', name: stage, color: 'red' } } },
    });
    const { seen } = await withheld();
    const when = { property: { Stage: { is: 'Secret' } } };
    const grants = [aGrant({ scopes: [{ kind: 'page', id: open }], when })];
    const found = list([row(100, 'Open'), row(101, 'Secret'), row(102, 'Open')]);
    const { json } = await seen('POST', url('search'), found, { body: {}, grants });
    assert.deepEqual(idsIn(json), [idOf(100), idOf(102)]);
  });

  it('counts no rows that are hidden', async () => {
    const { seen } = await withheld();
    const answer = {
      ...{ object: 'view_query', id: idOf(99), view_id: idOf(98), total_count: 3, has_more: false, next_cursor: null },
      results: [hiddenPage, openPage, secret].map(id => ({ object: 'page', id })),
    };
    const { json } = await seen('POST', url(`views/${idOf(98)}/queries`), answer, { body: {} });
    assert.deepEqual(json.results, [{ object: 'page', id: openPage }]);
    assert.equal(json.total_count, 1);
  });

  it('is dropped if it is of no kind that anybody knows (rule 12)', async () => {
    const { seen } = await withheld();
    const strange = { object: 'whiteboard', id: idOf(55), parent: { page_id: open }, text: 'x' };
    const { json } = await seen('POST', url('search'), list([strange, page(openPage)]), { body: {} });
    assert.deepEqual(idsIn(json), [openPage]);
  });
});
