import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { authorizeMcp } from '../../emulator/mcp/authorized.ts';
import { type Emulator, startEmulator } from '../../emulator/server.ts';
import { callTool } from '../../src/connect/mcp/call-tool.ts';
import { minuteMs } from '../../src/domain/units.ts';
import { createSafeFetch } from '../../src/net/safe-fetch/safe-fetch.ts';
import { type Heard, type Lie, type LyingServer, startLyingServer } from './lying-server.ts';

const { fetch: outside, close } = createSafeFetch({ allowLoopbackHttp: true, timeoutMs: minuteMs });
after(close);
const self = { workspace: { id: 'w' }, user: { id: 'u' } };
const question = { accessToken: 'token', name: 'notion-fetch', input: { id: 'self' } };
const methodOf = ({ body }: Heard): unknown => (body === '' ? undefined : JSON.parse(body).method);

describe('the one call of a tool that connecting makes', () => {
  let server: LyingServer;
  let isOver: boolean;
  beforeEach(async () => {
    isOver = false;
    server = await startLyingServer();
  });
  afterEach(() => server.close());
  const call = () => callTool(outside, { ...question, serverUrl: `${server.url}/mcp` });
  const said = () => server.heard.map(heard => methodOf(heard) ?? heard.method);

  /** A server of the older era, which wants of each request what its revision wants. */
  function sessions(version: string, { id = 'a-session', refuses = {} as Lie } = {}): void {
    server.says.set('/mcp', heard => {
      const { headers, method } = heard;
      if (methodOf(heard) === 'initialize') {
        const result = { protocolVersion: version, capabilities: {}, serverInfo: { name: 's', version: '1' } };
        return { headers: id && { 'mcp-session-id': id }, body: { jsonrpc: '2.0', id: 1, result } } as Lie;
      }
      if (headers['mcp-protocol-version'] !== version) return { status: 400, ...refuses };
      if ((headers['mcp-session-id'] ?? '') !== id || isOver) return { status: 404 };
      if (headers.authorization !== 'Bearer token') return { status: 401 };
      if (method === 'DELETE') {
        isOver = true;
        return { status: 405 };
      }
      if (methodOf(heard) === 'notifications/initialized') return { status: 202, body: '' };
      const result = { content: [{ type: 'text', text: JSON.stringify(self) }] };
      return { body: { jsonrpc: '2.0', id: JSON.parse(heard.body).id, result } };
    });
  }
  const inSession = ['tools/call', 'initialize', 'notifications/initialized', 'tools/call'];

  for (const version of ['2025-11-25', '2025-06-18', '2025-03-26']) {
    it(`speaks the revision that the server has chosen: ${version}, and ends its session`, async () => {
      sessions(version);
      assert.deepEqual(await call(), { kind: 'result', result: self });
      assert.deepEqual(said(), [...inSession, 'DELETE']);
    });
  }

  it('ends no session that there is not', async () => {
    sessions('2025-11-25', { id: '' });
    assert.deepEqual(await call(), { kind: 'result', result: self });
    assert.deepEqual(said(), inSession);
  });

  it('uses no id twice in a session, and names no revision before one was chosen', async () => {
    sessions('2025-11-25');
    await call();
    const [, initialize, , tool] = server.heard;
    assert.equal(initialize?.headers['mcp-protocol-version'], undefined);
    assert.notEqual(JSON.parse(initialize?.body ?? '').id, JSON.parse(tool?.body ?? '').id);
  });

  it('goes away from a server that chose a revision which nobody knows', async () => {
    sessions('2031-01-01');
    assert.deepEqual(await call(), { kind: 'failed', why: 'the MCP server speaks another revision' });
    assert.deepEqual(said(), ['tools/call', 'initialize', 'DELETE']);
  });

  it('says of itself what it is where there are no sessions', async () => {
    server.says.set('/mcp', {
      body: { jsonrpc: '2.0', id: 1, result: { resultType: 'complete', structuredContent: self } },
    });
    assert.deepEqual(await call(), { kind: 'result', result: self });
    assert.deepEqual(said(), ['tools/call']);
    const { headers, body } = server.heard[0] ?? assert.fail();
    const { 'mcp-protocol-version': version, 'mcp-method': method, 'mcp-name': name } = headers;
    assert.deepEqual([version, method, name], ['2026-07-28', 'tools/call', 'notion-fetch']);
    const { _meta } = JSON.parse(body).params;
    assert.equal(_meta['io.modelcontextprotocol/protocolVersion'], '2026-07-28');
    assert.deepEqual(_meta['io.modelcontextprotocol/clientCapabilities'], {});
  });

  it('answers nothing that is asked back', async () => {
    const result = { resultType: 'input_required', structuredContent: self };
    server.says.set('/mcp', { body: { jsonrpc: '2.0', id: 1, result } });
    assert.deepEqual(await call(), { kind: 'failed', why: 'the MCP server gave a result of another kind' });
  });

  for (const status of [401, 403, 429, 500, 503]) {
    it(`takes a ${status} for no sign of an older server`, async () => {
      server.says.set('/mcp', { status });
      assert.deepEqual(await call(), { kind: 'failed', why: `the MCP server answered ${status}` });
      assert.deepEqual(said(), ['tools/call']);
    });
  }

  it('takes a server for older that knows its session only, or no method', async () => {
    for (const refuses of [
      { status: 404 },
      { status: 200, body: { jsonrpc: '2.0', id: 1, error: { code: -32600 } } },
    ]) {
      sessions('2025-06-18', { refuses });
      isOver = false;
      assert.equal((await call()).kind, 'result');
    }
  });
});

describe('the emulated hosted server', () => {
  let emulator: Emulator;
  let accessToken: string;
  before(async () => {
    emulator = await startEmulator();
    accessToken = (await authorizeMcp(emulator)).tokens.access_token;
  });
  after(() => emulator.close());
  const params = { name: 'notion-fetch', arguments: { id: 'self' } };
  const post = (headers: Record<string, string>, _meta?: object) =>
    fetch(emulator.mcpUrl, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${accessToken}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { ...params, _meta } }),
    });

  it('answers in one request', async () => {
    const answer = await callTool(outside, { ...question, accessToken, serverUrl: emulator.mcpUrl });
    assert.equal(answer.kind, 'result');
  });

  it('wants of a request that it names a revision which there is, and the same in header and body', async () => {
    assert.equal((await post({ 'mcp-protocol-version': '2025-11-25' })).status, 200);
    // Revision 2025-06-18: a client that names no revision speaks 2025-03-26.
    assert.equal((await post({})).status, 200);
    assert.equal((await post({ 'mcp-protocol-version': '2031-01-01' })).status, 400);
    assert.equal((await post({ 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' })).status, 400);
  });
});
