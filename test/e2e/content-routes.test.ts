import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type DemoInProcess, startDemoInProcess } from './demo-in-process.ts';

type Role = 'admin' | 'editor' | 'viewer';

interface ApiError {
  readonly code: string;
  readonly detail: string;
  readonly hint: string;
  readonly action?: string;
}

interface Discovery {
  readonly items: readonly { readonly id: string; readonly object: string; readonly title: string }[];
  readonly nextCursor: string | null;
  readonly complete: boolean;
}

describe('content through the admin API', () => {
  let demo: DemoInProcess;
  before(async () => {
    demo = await startDemoInProcess();
  });
  after(() => demo.stop());

  async function call<T>(role: Role, path: string, body?: object): Promise<{ status: number; json: T }> {
    const response = await fetch(`${demo.ready.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${demo.ready.keys[role]}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: (await response.json()) as T };
  }

  it('reads a page', async () => {
    const { status, json } = await call<{ page: { id: string } }>('viewer', `/api/pages/${demo.ready.pages.public}`);
    assert.equal(status, 200);
    assert.equal(json.page.id, demo.ready.pages.public);
  });

  it('A18, A19: says of a page that is not shared what it says of one that is missing', async () => {
    const unshared = await call<ApiError>('viewer', `/api/pages/${demo.ready.pages.unshared}`);
    const missing = await call<ApiError>('viewer', '/api/pages/00000000-0000-4000-8000-000000000000');
    assert.equal(unshared.status, 404);
    assert.equal(unshared.json.code, 'not_found_or_not_shared');
    assert.equal(unshared.json.action, 'share_page');
    assert.match(unshared.json.hint, /Connections/);
    const told = ({ code, detail, hint, action }: ApiError) => ({ code, detail, hint, action });
    assert.deepEqual(told(unshared.json), told(missing.json));
  });

  it('A5: creates a page under a parent that it has looked at, for those who may', async () => {
    const body = {
      parent: { page_id: demo.ready.pages.public },
      properties: { title: { title: [{ text: { content: 'Made through the API' } }] } },
    };
    const created = await call<{ page: { parent: { page_id: string } } }>('editor', '/api/pages', body);
    assert.equal(created.status, 201);
    assert.equal(created.json.page.parent.page_id, demo.ready.pages.public);

    const refused = await call<ApiError>('viewer', '/api/pages', body);
    assert.equal(refused.status, 403);
    assert.equal(refused.json.code, 'permission_denied');

    const hidden = await call<ApiError>('editor', '/api/pages', { parent: { page_id: demo.ready.pages.unshared } });
    assert.equal(hidden.json.code, 'not_found_or_not_shared');
    const unknown = await call<ApiError>('editor', '/api/pages', { ...body, template: { type: 'default' } });
    assert.equal(unknown.status, 400);
  });

  it('A27: discovers what the connection can see, in parts that fit together', async () => {
    const whole = await call<Discovery>('viewer', '/api/discover?limit=500');
    assert.equal(whole.status, 200);
    assert.equal(whole.json.complete, true);
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const path: string = `/api/discover?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`;
      const { json }: { json: Discovery } = await call<Discovery>('viewer', path);
      assert.ok(json.items.length <= 2);
      ids.push(...json.items.map(({ id }) => id));
      cursor = json.nextCursor;
    } while (cursor !== null);
    assert.deepEqual(ids.toSorted(), whole.json.items.map(({ id }) => id).toSorted());
    assert.ok(ids.includes(demo.ready.pages.public));
    assert.ok(!ids.includes(demo.ready.pages.unshared));
  });

  it('logs each search of a discovery as a call of its caller', async () => {
    await call('viewer', '/api/discover');
    const { json } = await call<{ entries: { principal: { kind: string } }[] }>('admin', '/api/audit?operation=search');
    assert.ok(json.entries.length > 0);
    assert.equal(json.entries[0]?.principal.kind, 'agent');
  });
});
