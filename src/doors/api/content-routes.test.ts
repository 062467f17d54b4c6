import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PortcullisError } from '../../domain/errors.ts';
import type { Answer, NotionRequest, Operation } from '../../domain/operation.ts';
import { defaultNotionVersion } from '../../notion/versions.ts';
import type { ContentRoute, Pass } from './content-route.ts';
import { discoverRoutes } from './discover-routes.ts';
import { pageBody } from './page-body.ts';
import { pagesRoutes } from './pages-routes.ts';
import { titlesRoute } from './titles-route.ts';

const pageId = '11111111-1111-4111-8111-111111111111';
const databaseId = '22222222-2222-4222-8222-222222222222';
const dataSourceId = '33333333-3333-4333-8333-333333333333';

/** Answers by method and path, and keeps the operations that were passed. */
function aGateway(answers: Record<string, object | ((request: NotionRequest) => object)>) {
  const operations: Operation[] = [];
  const pass = async (operation: Operation): Promise<Answer> => {
    operations.push(operation);
    if (operation.problem !== null) throw new PortcullisError(operation.problem.code, operation.problem.message);
    const request = operation.target as NotionRequest;
    const given = answers[`${request.method} ${request.path}`];
    assert.ok(given, `unexpected ${request.method} ${request.path}`);
    const body = typeof given === 'function' ? given(request) : given;
    const status = 'status' in body ? Number(body.status) : 200;
    return { status, headers: {}, body: Buffer.from(JSON.stringify(body)) };
  };
  return { pass, operations };
}

function find(routes: readonly ContentRoute[], method: string): ContentRoute {
  const route = routes.find(candidate => candidate.method === method);
  assert.ok(route);
  return route;
}

/** Carries out a route as the door does: validated, then performed. */
function call(route: ContentRoute, given: { params?: object; query?: object; body?: object }, pass: Pass) {
  const input = {
    params: route.params?.parse(given.params ?? {}),
    query: route.query?.parse(given.query ?? {}),
    body: route.body?.parse(given.body ?? {}),
  };
  return route.perform(input, pass, new AbortController().signal);
}

const missing = { object: 'error', status: 404, code: 'object_not_found', message: 'Could not find page' };

describe('GET /api/pages/:id', () => {
  const route = find(pagesRoutes, 'GET');

  it('answers with the page, whatever the spelling of its id', async () => {
    const { pass } = aGateway({ [`GET /v1/pages/${pageId}`]: { object: 'page', id: pageId } });
    const spelled = pageId.replaceAll('-', '').toUpperCase();
    assert.deepEqual(await call(route, { params: { id: spelled } }, pass), { page: { object: 'page', id: pageId } });
  });

  it('A18: says what is wrong and what to do, instead of answering with nothing', async () => {
    const { pass } = aGateway({ [`GET /v1/pages/${pageId}`]: missing });
    await assert.rejects(call(route, { params: { id: pageId } }, pass), (error: PortcullisError) => {
      assert.equal(error.status, 404);
      assert.equal(error.details.diagnosis?.code, 'not_found_or_not_shared');
      assert.equal(error.details.diagnosis.action, 'share_page');
      return true;
    });
  });

  it('A26: pins the version that it knows', async () => {
    const { pass, operations } = aGateway({ [`GET /v1/pages/${pageId}`]: { object: 'page' } });
    await call(route, { params: { id: pageId } }, pass);
    const [target] = operations.map(operation => operation.target as NotionRequest);
    assert.equal(target?.headers['notion-version'], defaultNotionVersion);
  });
});

describe('POST /api/pages', () => {
  const route = find(pagesRoutes, 'POST');

  it('looks at the parent first, then creates the page', async () => {
    const { pass, operations } = aGateway({
      [`GET /v1/pages/${pageId}`]: { object: 'page', in_trash: false },
      'POST /v1/pages': request => ({ object: 'page', sent: JSON.parse(String(request.body)) }),
    });
    const created = await call(route, { body: { parent: { page_id: pageId }, children: [{ type: 'divider' }] } }, pass);
    assert.deepEqual(created, {
      page: { object: 'page', sent: { parent: { page_id: pageId }, children: [{ type: 'divider' }] } },
    });
    assert.deepEqual(
      operations.map(({ name }) => name),
      ['pages.get', 'pages.create'],
    );
  });

  it('A26: creates in the data source of a database', async () => {
    const { pass } = aGateway({
      [`GET /v1/databases/${databaseId}`]: { object: 'database', data_sources: [{ id: dataSourceId, name: 'Tasks' }] },
      'POST /v1/pages': request => ({ parent: JSON.parse(String(request.body)).parent }),
    });
    const created = await call(route, { body: { parent: { database_id: databaseId } } }, pass);
    assert.deepEqual(created, { page: { parent: { data_source_id: dataSourceId } } });
  });

  it('A26: asks which data source of a database that has several', async () => {
    const { pass, operations } = aGateway({
      [`GET /v1/databases/${databaseId}`]: { data_sources: [{ id: dataSourceId }, { id: pageId }] },
    });
    await assert.rejects(call(route, { body: { parent: { database_id: databaseId } } }, pass), {
      code: 'validation_error',
    });
    assert.equal(operations.length, 1);
  });

  it('A5: creates nothing when the parent is missing, not shared or in the trash', async () => {
    const gone = aGateway({ [`GET /v1/pages/${pageId}`]: missing });
    await assert.rejects(call(route, { body: { parent: { page_id: pageId } } }, gone.pass), { code: 'not_found' });
    const trashed = aGateway({ [`GET /v1/pages/${pageId}`]: { in_trash: true } });
    await assert.rejects(call(route, { body: { parent: { page_id: pageId } } }, trashed.pass), {
      code: 'validation_error',
    });
    assert.equal(gone.operations.length + trashed.operations.length, 2);
  });

  const parent = { page_id: pageId };
  const refused: [what: string, body: object][] = [
    ['no parent', { properties: {} }],
    ['a parent that is no id', { parent: { page_id: '../users' } }],
    ['two parents', { parent: { page_id: pageId, database_id: databaseId } }],
    ['the top of the workspace', { parent: { workspace: true } }],
    ['a template', { parent, template: { type: 'default' } }],
    ['101 children', { parent, children: Array.from({ length: 101 }, () => ({ type: 'divider' })) }],
    ['a child that is no object', { parent, children: ['divider'] }],
    ['an icon by plain http', { parent, icon: { external: { url: 'http://example.com/a.png' } } }],
    ['an icon that is a script', { parent, icon: { external: { url: 'javascript:alert(1)' } } }],
    ['a cover with credentials in its address', { parent, cover: { external: { url: 'https://a:b@example.com/' } } }],
    ['a cover on a private address', { parent, cover: { external: { url: 'https://169.254.169.254/' } } }],
    ['a cover on this machine', { parent, cover: { external: { url: 'https://localhost/' } } }],
  ];
  for (const [what, body] of refused) {
    it(`A5: refuses ${what}`, () => assert.equal(pageBody.safeParse(body).success, false));
  }

  it('accepts an icon and a cover from the public web', () => {
    const external = { url: 'https://example.com/a.png' };
    const body = { parent, icon: { type: 'emoji', emoji: '🥬' }, cover: { type: 'external', external } };
    assert.equal(pageBody.safeParse(body).success, true);
  });
});

describe('GET /api/discover', () => {
  const route = find(discoverRoutes, 'GET');

  /** A search over five pages, two at a time. */
  const search = (request: NotionRequest) => {
    const start = Number(JSON.parse(String(request.body)).start_cursor ?? 0);
    const results = [start, start + 1]
      .filter(index => index < 5)
      .map(index => ({ object: 'page', id: `${index}${pageId.slice(1)}` }));
    return { results, has_more: start + 2 < 5, next_cursor: start + 2 < 5 ? String(start + 2) : null };
  };

  it('A27: answers in bounded parts that fit together, and says when it is complete', async () => {
    const ids: string[] = [];
    let cursor: string | undefined;
    for (let complete = false; !complete; ) {
      const { pass } = aGateway({ 'POST /v1/search': search });
      const part = (await call(route, { query: { limit: '3', cursor } }, pass)) as {
        items: { id: string }[];
        nextCursor: string | null;
        complete: boolean;
      };
      assert.ok(part.items.length <= 3);
      assert.equal(part.complete, part.nextCursor === null);
      ids.push(...part.items.map(({ id }) => id));
      cursor = part.nextCursor ?? undefined;
      complete = part.complete;
    }
    assert.deepEqual(
      ids,
      [0, 1, 2, 3, 4].map(index => `${index}${pageId.slice(1)}`),
    );
  });

  it('passes each search through the gateway, asking for the type', async () => {
    const { pass, operations } = aGateway({ 'POST /v1/search': search });
    await call(route, { query: { type: 'page' } }, pass);
    assert.deepEqual(
      operations.map(({ name }) => name),
      ['search', 'search', 'search'],
    );
    const bodies = operations.map(({ target }) => JSON.parse(String((target as NotionRequest).body)));
    assert.deepEqual(bodies[0], { page_size: 100, filter: { property: 'object', value: 'page' } });
  });

  it('refuses a cursor that is not one of its own, or belongs to another type', async () => {
    assert.equal(route.query?.safeParse({ cursor: 'bogus' }).success, false);
    const { pass } = aGateway({ 'POST /v1/search': search });
    const { nextCursor } = (await call(route, { query: { limit: '1' } }, pass)) as { nextCursor: string };
    assert.equal(route.query?.safeParse({ cursor: nextCursor }).success, true);
    assert.equal(route.query?.safeParse({ cursor: nextCursor, type: 'page' }).success, false);
  });

  it('hands on the diagnosis when search is refused', async () => {
    const { pass } = aGateway({
      'POST /v1/search': { object: 'error', status: 429, code: 'rate_limited', message: '' },
    });
    await assert.rejects(call(route, {}, pass), { code: 'rate_limited' });
  });
});

describe('GET /api/titles', () => {
  it('tells titles as one line that cannot rearrange what stands around it', async () => {
    const title = [{ plain_text: 'Plans\u202e\u0000\n' }, { plain_text: `\u2066b\u2069 👩‍💻 ${'x'.repeat(300)}` }];
    const page = { object: 'page', id: pageId, properties: { Name: { type: 'title', title } } };
    const { pass } = aGateway({ [`GET /v1/pages/${pageId}`]: page });
    const { titles } = (await call(
      titlesRoute,
      { query: { workspace: undefined, objects: `page:${pageId}` } },
      pass,
    )) as {
      titles: Record<string, string>;
    };
    assert.match(titles[pageId] ?? '', /^Plans +b +👩‍💻 x+$/);
    assert.equal([...(titles[pageId] ?? '')].length, 200);
  });
});
