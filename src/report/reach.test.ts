import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { PortcullisError } from '../domain/errors.ts';
import type { Answer, Operation } from '../domain/operation.ts';
import { listReach, type ReachOptions } from './reach.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
}

const answer = (status: number, body: unknown): Answer => ({
  status,
  headers: {},
  body: Buffer.from(JSON.stringify(body)),
});
const notFound = answer(404, { object: 'error', code: 'object_not_found' });
const aPage = (given: { id?: string; title?: string; parent?: string | null } = {}) => ({
  object: 'page',
  id: given.id ?? randomUUID(),
  parent:
    given.parent === undefined ? { type: 'workspace', workspace: true } : { type: 'page_id', page_id: given.parent },
  properties: { title: { type: 'title', title: [{ plain_text: given.title ?? 'Plans' }] } },
});

/**
 * A Notion that answers searches with these results, at most `pageSize` at a time, and all other requests with `other`.
 */
function notionWith(results: readonly unknown[], other: (asked: Asked) => Answer = () => notFound) {
  const asked: Asked[] = [];
  const ask: ReachOptions['ask'] = async (operation: Operation) => {
    const { target } = operation;
    assert.ok(target?.kind === 'notion');
    const body = Buffer.isBuffer(target.body) ? JSON.parse(target.body.toString()) : {};
    const one = { method: target.method, path: target.path, body };
    asked.push(one);
    if (one.path !== '/v1/search') return other(one);
    const from = Number(body.start_cursor ?? 0);
    const end = from + Number(body.page_size);
    const more = end < results.length;
    return answer(200, { results: results.slice(from, end), has_more: more, next_cursor: more ? String(end) : null });
  };
  return { ask, asked };
}

const list = (ask: ReachOptions['ask'], given: Partial<ReachOptions> = {}) =>
  listReach({ ask, from: { cursor: null, skip: 0 }, itemsMax: 1_000, hurry: () => false, ...given });
const ids = (items: readonly { id?: unknown }[]) => items.map(({ id }) => id);

describe('a list of what a connection reaches', () => {
  it('ends when time is up, with at least one object, and goes on with the next one', async () => {
    const pages = Array.from({ length: 250 }, () => aPage());
    const { ask } = notionWith(pages);
    const found: unknown[] = [];
    for (let from = { cursor: null as string | null, skip: 0 }; ; ) {
      let looks = 0;
      const part = await list(ask, { from, hurry: () => ++looks > 70 });
      assert.ok(part.items.length > 0);
      found.push(...ids(part.items));
      if (part.next === null) break;
      assert.equal(part.stopped, 'time');
      from = part.next;
    }
    assert.deepEqual(found, ids(pages));
    const slow = await list(ask, { hurry: () => true });
    assert.deepEqual([slow.items.length, slow.stopped, slow.next], [1, 'time', { cursor: null, skip: 1 }]);
  });

  it('stops at a rate limit in the middle of a page of results, and goes on with the object that it was about', async () => {
    const pages = [aPage(), aPage({ parent: randomUUID() }), aPage()];
    const limits = [
      () => answer(429, { object: 'error', code: 'rate_limited' }),
      () => {
        throw new PortcullisError('rate_limited');
      },
    ];
    for (const limited of limits) {
      const first = await list(notionWith(pages, limited).ask);
      assert.deepEqual([ids(first.items), first.stopped], [ids(pages.slice(0, 1)), 'rate_limited']);
      const rest = await list(notionWith(pages).ask, { from: first.next ?? assert.fail() });
      assert.deepEqual([ids(rest.items), rest.next], [ids(pages.slice(1)), null]);
    }
  });

  it('asks for fewer at a time where an answer was too large to be released, and leaves none out', async () => {
    const pages = Array.from({ length: 25 }, () => aPage());
    const { ask, asked } = notionWith(pages);
    const whole = await list(async operation => {
      const found = await ask(operation);
      if (Number(asked.at(-1)?.body.page_size) > 10) throw new PortcullisError('upstream_refused');
      return found;
    });
    assert.deepEqual([ids(whole.items), whole.stopped], [ids(pages), 'complete']);
    const never = await list(() => Promise.reject(new PortcullisError('upstream_refused')));
    assert.deepEqual([never.stopped, never.next], ['unavailable', { cursor: null, skip: 0 }]);
  });

  it('takes pages that lie in each other, in themselves, and in what has vanished since', async () => {
    const [a, b, self, gone] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const pages = [
      aPage({ id: a, parent: b }),
      aPage({ id: b, parent: a }),
      aPage({ id: self, parent: self }),
      aPage({ parent: gone }),
      aPage({ parent: gone }),
    ];
    const { ask, asked } = notionWith(pages);
    const { items, stopped } = await list(ask);
    assert.deepEqual([items.map(({ root }) => root), stopped], [[false, false, false, true, true], 'complete']);
    assert.deepEqual(asked.filter(({ path }) => path !== '/v1/search').length, 1, 'each parent is asked for once');
  });

  it('does not know where it could not ask, and goes on', async () => {
    const pages = [aPage({ parent: randomUUID() }), aPage()];
    for (const status of [400, 403, 500, 503]) {
      const { items, stopped } = await list(notionWith(pages, () => answer(status, { object: 'error' })).ask);
      assert.deepEqual([items.map(({ root }) => root), stopped], [[null, true], 'complete'], String(status));
    }
  });

  it('cuts titles that fill a screen, between characters', async () => {
    const titles = ['x'.repeat(100_000), `${'x'.repeat(299)}😀`, '\u001b]0;owned\u0007', '<img src=x>'];
    const { items } = await list(notionWith(titles.map(title => aPage({ title }))).ask);
    assert.deepEqual(
      items.map(({ title }) => title),
      [`${'x'.repeat(300)}…`, `${'x'.repeat(299)}…`, ...titles.slice(2)],
    );
  });

  it('reads answers that are not what they should be', async () => {
    const odd = [null, 7, [], {}, { object: 'page', id: '../users' }, { object: 'page', id: randomUUID(), parent: [] }];
    const { items, stopped } = await list(notionWith(odd).ask);
    assert.deepEqual([items.map(({ root, title }) => [root, title]), stopped], [[[null, '']], 'complete']);
    for (const body of ['null', '[]', '{"results":7,"has_more":true}', 'x']) {
      const { items: none } = await list(async () => ({ status: 200, headers: {}, body: Buffer.from(body) }));
      assert.deepEqual(none, [], body);
    }
  });

  it('costs ten searches at most, also where they bring nothing', async () => {
    let searches = 0;
    const endless = async () => answer(200, { results: [], has_more: true, next_cursor: String(++searches) });
    const { stopped, next } = await list(endless);
    assert.deepEqual([searches, stopped, next], [10, 'limit', { cursor: '10', skip: 0 }]);
  });
});
