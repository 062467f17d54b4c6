import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { Client } from '@notionhq/client';
import { classifyRest, type RestRequest } from '../../src/notion/classify.ts';
import { operations } from '../../src/notion/operations.ts';
import { id, other, sdkCalls, uploadId } from './sdk-calls.ts';

/** Methods that have no row, and must never get one by accident: they act past any page policy, or deal in tokens. */
const refused = /^(?:agents|sessions|oauth)\./;

/** What the SDK puts on the wire for one call. */
async function capture(call: (notion: Client) => Promise<unknown>): Promise<RestRequest> {
  let captured: RestRequest | null = null;
  const notion = new Client({
    auth: 'pcl_test',
    retry: false,
    fetch: async (url, init) => {
      const request = new Request(url, init as RequestInit);
      const { pathname, search } = new URL(url);
      const bytes = Buffer.from(await request.arrayBuffer());
      const headers = Object.fromEntries(request.headers);
      const isForm = headers['content-type']?.startsWith('multipart/');
      const body = isForm ? Readable.from([bytes]) : bytes.length > 0 ? bytes : null;
      captured = { method: request.method, url: pathname + search, headers, body };
      return new Response('{}', { headers: { 'content-type': 'application/json' } }) as never;
    },
  });
  await call(notion);
  assert.ok(captured, 'the SDK sent nothing');
  return captured;
}

function methodsOf(object: object, prefix = ''): string[] {
  return Object.entries(object).flatMap(([key, value]) => {
    if (typeof value === 'function') return [`${prefix}${key}`];
    return prefix.split('.').length < 4 && typeof value === 'object' && value !== null && !/^#|logger|agent$/.test(key)
      ? methodsOf(value, `${prefix}${key}.`)
      : [];
  });
}

describe('the official SDK', () => {
  for (const [method, [row, call]] of Object.entries(sdkCalls)) {
    it(`${method} is the row ${row}, and nothing is wrong with it`, async () => {
      const request = await capture(call);
      const operation = classifyRest(request);
      assert.equal(operation.problem, null);
      assert.equal(operation.name, row);
      assert.ok(operation.demands.length > 0);
      assert.equal(operation.target?.kind, 'notion');
      if (operation.target?.kind !== 'notion') return;
      assert.deepEqual(
        new URL(operation.target.path, 'http://x').searchParams.toString(),
        new URL(request.url, 'http://x').searchParams.toString(),
      );
      assert.equal(new URL(operation.target.path, 'http://x').pathname, new URL(request.url, 'http://x').pathname);
      assert.equal(operation.target.body, request.body, 'what was judged is what is sent');
    });
  }

  it('has no method that was forgotten here', () => {
    const methods = methodsOf(new Client()).filter(
      method => !refused.test(method) && !['request', 'streamRequest'].includes(method) && !method.startsWith('_'),
    );
    assert.ok(methods.length >= 40, 'the SDK was not searched');
    assert.deepEqual(
      methods.filter(method => !(method in sdkCalls)),
      [],
    );
  });

  it('covers every row but the legacy one', () => {
    const covered = new Set(Object.values(sdkCalls).map(([row]) => row));
    assert.deepEqual(
      operations.map(row => row.name).filter(name => !covered.has(name)),
      ['databases.query'],
    );
  });

  it('has its agents, sessions and OAuth calls refused as paths that do not exist', async () => {
    const calls: ((notion: Client) => Promise<unknown>)[] = [
      n => n.request({ path: 'agents', method: 'get' }),
      n => n.request({ path: `agents/${id}`, method: 'get' }),
      n => n.request({ path: 'sessions', method: 'post', body: { agent_id: id } }),
      n => n.request({ path: `threads/${id}/messages`, method: 'get' }),
      n => n.request({ path: 'oauth/token', method: 'post', body: { grant_type: 'refresh_token' } }),
      n => n.request({ path: 'oauth/introspect', method: 'post', body: { token: 'x' } }),
      n => n.request({ path: 'ai/plugins', method: 'get' }),
      n => n.request({ path: `ai/skills/${id}`, method: 'get' }),
      n => n.request({ path: 'external_agent_stub/x', method: 'get' }),
    ];
    for (const call of calls) {
      const operation = classifyRest(await capture(call));
      assert.deepEqual(operation.problem, { code: 'invalid_request_url', message: 'Invalid request URL.' });
      assert.equal(operation.target, null);
    }
  });

  it('names what its calls refer to besides their own object', async () => {
    const entry = sdkCalls['pages.create'];
    assert.ok(entry);
    const operation = classifyRest(await capture(entry[1]));
    const spelled = operation.demands.map(({ action, object, owned }) =>
      [action, object.kind, 'id' in object ? object.id : '', owned ? 'owned' : ''].join(' ').trim(),
    );
    assert.deepEqual(
      new Set(spelled),
      new Set([
        `create data_source ${id}`,
        `read page ${other}`,
        `read database ${other}`,
        `read block ${other}`,
        `file.write file_upload ${uploadId} owned`,
        // The id in a URL of another site is no id of ours.
      ]),
    );
  });
});
