import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, it } from 'node:test';
import { Agent } from 'undici';
import { Secret } from '../../domain/secret.ts';
import type { NotionApp } from './notion-app.ts';
import { exchangeCodeRequest, OAuthExchangeError } from './oauth-request.ts';

describe('a request to the OAuth endpoints', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });

  /** A Notion that misbehaves as the test says, and remembers the requests. */
  async function notion(behave: RequestListener) {
    const requests: { request: IncomingMessage; body: string }[] = [];
    const server = createServer(async (request, response) => {
      requests.push({ request, body: await text(request) });
      behave(request, response);
    });
    servers.push(server);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const app: NotionApp = {
      origin,
      clientId: 'id',
      clientSecret: new Secret('s3cret'),
      redirectUri: 'https://p.example/cb',
    };
    return { app, requests };
  }

  it('A26 and A29: has the client in a Basic header, the code in JSON, and the version pinned', async () => {
    const { app, requests } = await notion((_request, response) => response.end('{}'));
    assert.deepEqual(await exchangeCodeRequest(app, 'the-code'), { status: 200, text: '{}', retryAfterSeconds: null });
    const [sent] = requests;
    assert.equal(sent?.request.method, 'POST');
    assert.equal(sent?.request.headers.authorization, `Basic ${Buffer.from('id:s3cret').toString('base64')}`);
    assert.equal(sent?.request.headers['notion-version'], '2025-09-03');
    assert.deepEqual(JSON.parse(sent?.body ?? ''), {
      grant_type: 'authorization_code',
      code: 'the-code',
      redirect_uri: 'https://p.example/cb',
    });
  });

  it('follows no redirect: the secret goes to one origin', async () => {
    const elsewhere = await notion((_request, response) => response.end('{}'));
    const { app } = await notion((_request, response) =>
      response.writeHead(307, { location: elsewhere.app.origin }).end(),
    );
    assert.equal((await exchangeCodeRequest(app, 'code')).status, 307);
    assert.deepEqual(elsewhere.requests, []);
  });

  it('reads no more than any honest answer has', async () => {
    const { app } = await notion((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 'x')));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    assert.deepEqual(await exchangeCodeRequest(app, 'code'), { status: 200, text: null, retryAfterSeconds: null });
  });

  it('waits no longer than it may, for the head or for the body', async () => {
    const silent = await notion(() => {});
    await assert.rejects(exchangeCodeRequest(silent.app, 'code', { timeoutMs: 50 }), OAuthExchangeError);
    const slow = await notion((_request, response) => void response.writeHead(200).write('{'));
    await assert.rejects(exchangeCodeRequest(slow.app, 'code', { timeoutMs: 50 }), OAuthExchangeError);
  });

  it('A29: is sent once, also over a kept connection that turns out to be closed', async () => {
    const dispatcher = new Agent({ pipelining: 1 });
    let calls = 0;
    const { app, requests } = await notion((request, response) => {
      calls += 1;
      if (calls === 1) response.end('{}');
      else request.socket.destroy();
    });
    await exchangeCodeRequest({ ...app, dispatcher }, 'one');
    await assert.rejects(exchangeCodeRequest({ ...app, dispatcher }, 'two'), OAuthExchangeError);
    assert.equal(requests.length, 2);
    await dispatcher.destroy();
  });

  it('keeps secrets out of its errors', async () => {
    const { app } = await notion(request => request.socket.destroy());
    await assert.rejects(exchangeCodeRequest(app, 'the-code'), error => {
      const shown = String((error as Error).stack) + String((error as Error).cause);
      return !shown.includes('s3cret') && !shown.includes('the-code');
    });
  });
});
