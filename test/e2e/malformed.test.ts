import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { until } from '../until.ts';
import { type DemoInProcess, startDemoInProcess } from './demo-in-process.ts';

/** Sends bytes as they are and answers with what comes back until the connection ends, or until that is enough. */
function raw(url: string, bytes: string | Buffer, enough = /^$/): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise(resolve => {
    let answer = '';
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(bytes));
    socket.setEncoding('latin1');
    socket.on('data', chunk => {
      answer += chunk;
      if (enough.test(answer)) socket.destroy();
    });
    socket.on('close', () => resolve(answer));
    // A server that refuses before the whole body has come may reset the connection: what it said still counts.
    socket.on('error', () => {});
  });
}

describe('malformed requests', () => {
  let demo: DemoInProcess;
  before(async () => {
    demo = await startDemoInProcess();
  });
  after(() => demo.stop());
  beforeEach(() => demo.emulator.clearRequests({}));

  const page = () => `/v1/pages/${demo.ready.pages.public}`;
  const send = (method: string, path: string, body?: string | Uint8Array, headers: Record<string, string> = {}) =>
    fetch(`${demo.ready.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${demo.ready.keys.admin}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
    });

  /** A clear refusal in Notion's envelope, without a request to Notion. */
  async function refused(response: Response, status: number, code: string): Promise<void> {
    const body = (await response.json()) as Record<string, unknown>;
    assert.deepEqual(
      { http: response.status, object: body.object, status: body.status, code: body.code },
      { http: status, object: 'error', status, code },
    );
    assert.equal(typeof body.message, 'string');
    assert.equal(body.request_id, response.headers.get('x-notion-request-id'));
    assert.deepEqual(await demo.emulator.requests({}), []);
  }

  it('no body where one is needed', async () => refused(await send('POST', '/v1/comments'), 400, 'validation_error'));
  it('not JSON', async () => refused(await send('PATCH', page(), '{"a":'), 400, 'invalid_json'));
  it('JSON that is no object', async () => refused(await send('PATCH', page(), '[1]'), 400, 'invalid_json'));
  it('a key twice', async () =>
    refused(await send('PATCH', page(), '{"in_trash":false,"in_trash":true}'), 400, 'invalid_json'));
  it('a key twice, once escaped', async () =>
    refused(await send('PATCH', page(), '{"in_trash":false,"in\\u005ftrash":true}'), 400, 'invalid_json'));
  it('bad UTF-8', async () =>
    refused(await send('PATCH', page(), Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), 400, 'invalid_json'));
  it('a byte order mark', async () => refused(await send('PATCH', page(), '\ufeff{}'), 400, 'invalid_json'));
  it('nesting without end', async () =>
    refused(await send('PATCH', page(), `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`), 400, 'invalid_json'));
  it('an unknown key on a write', async () =>
    refused(await send('PATCH', page(), '{"owner":"me"}'), 400, 'validation_error'));
  it('a bad id', async () => refused(await send('GET', '/v1/pages/not-an-id'), 400, 'validation_error'));
  it('an unknown route', async () => refused(await send('GET', '/v1/secrets'), 400, 'invalid_request_url'));
  it('a known route with another method', async () =>
    refused(await send('DELETE', page()), 400, 'invalid_request_url'));
  it('a route that Portcullis never passes on', async () =>
    refused(await send('POST', '/v1/oauth/token', '{}'), 400, 'invalid_request_url'));
  it('an unknown Notion-Version', async () =>
    refused(await send('GET', page(), undefined, { 'notion-version': 'banana' }), 400, 'missing_version'));
  it('compressed bytes', async () =>
    refused(await send('PATCH', page(), '{}', { 'content-encoding': 'gzip' }), 400, 'invalid_request'));
  it('another content type', async () =>
    refused(await send('PATCH', page(), '{}', { 'content-type': 'text/plain' }), 400, 'invalid_request'));
  it('a method override', async () =>
    refused(await send('POST', '/v1/search', '{}', { 'x-http-method-override': 'DELETE' }), 400, 'invalid_request'));

  for (const path of [
    '/v1/pages/..%2fusers/me',
    '/v1//users/me',
    '/v1/pages/../users/me',
    '/v1/users/%6de%2f',
    '/v1/users/me%00',
    '/v1/users\\me',
    '/v1/users/me/',
  ]) {
    it(`a crooked path: ${path}`, async () => {
      const answer = await raw(
        demo.ready.url,
        `GET ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${demo.ready.keys.admin}\r\nconnection: close\r\n\r\n`,
      );
      assert.match(answer, /^HTTP\/1\.1 4\d\d /);
      assert.deepEqual(await demo.emulator.requests({}), []);
    });
  }

  it('50 MB, refused without reading them', async () => {
    const head = `POST /v1/search HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${demo.ready.keys.admin}\r\ncontent-type: application/json\r\ncontent-length: 52428800\r\n\r\n`;
    const answer = await raw(demo.ready.url, head, /"object":"error"/);
    assert.match(answer, /^HTTP\/1\.1 413 /);
    assert.deepEqual(await demo.emulator.requests({}), []);
  });

  it('two Authorization headers', async () => {
    const key = demo.ready.keys.admin;
    const answer = await raw(
      demo.ready.url,
      `GET /v1/users/me HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${key}\r\nauthorization: Bearer ${key}\r\nconnection: close\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 40[01] /);
    assert.deepEqual(await demo.emulator.requests({}), []);
  });

  it('length and chunks at once', async () => {
    const answer = await raw(
      demo.ready.url,
      `POST /v1/search HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${demo.ready.keys.admin}\r\ncontent-type: application/json\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.deepEqual(await demo.emulator.requests({}), []);
  });

  it('a host that is not ours', async () => {
    const answer = await raw(demo.ready.url, 'GET /api/me HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n');
    assert.match(answer, /^HTTP\/1\.1 421 /);
    await until('the entry', () => /"because":"other_host".*"operation":"call.unread"/.test(demo.output()));
  });

  it('bytes that are no request', async () => {
    const answer = await raw(demo.ready.url, 'SSH-2.0-OpenSSH_10\r\n\r\n');
    assert.match(answer, /^HTTP\/1\.1 400 .*"object":"error"/s);
    await until('the entry', () => /"because":"unreadable".*"operation":"call.unread"/.test(demo.output()));
  });

  it('and after all of it the gate still works', async () => {
    assert.equal((await send('GET', '/v1/users/me')).status, 200);
  });
});
