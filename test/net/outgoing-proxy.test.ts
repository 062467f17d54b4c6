/** `HTTPS_PROXY` and `NO_PROXY`: what leads through the proxy, and what never does. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { readConfig } from '../../src/config/config.ts';
import { introspectRequest, OAuthExchangeError } from '../../src/connect/rest/oauth-request.ts';
import { refreshRestTokens } from '../../src/connect/rest/refresh.ts';
import type { OutgoingProxy } from '../../src/domain/outgoing-proxy.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createFileFetcher } from '../../src/forward/fetch-file.ts';
import { openAgent } from '../../src/net/open-agent.ts';
import { createSafeFetch } from '../../src/net/safe-fetch/safe-fetch.ts';
import { aCaller, aNotionRequest, anOperation } from '../fixtures.ts';
import { aDecidedCall, textOf } from '../forward/a-decided-call.ts';
import { aForward } from '../forward/a-forward.ts';
import { loopbackCertificate } from './loopback-certificate.ts';
import { startProxy, startTls } from './proxy-server.ts';

function through(proxy: { readonly url: string }, except = ''): OutgoingProxy {
  return { url: new Secret(proxy.url), except };
}

describe('an outgoing proxy', () => {
  const known = getCACertificates();
  const plain = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ active: false, path: request.url, proxied: request.headers['proxy-authorization'] ?? null }),
    );
  });
  let host: Awaited<ReturnType<typeof startTls>>;
  let origin: string;

  before(async () => {
    setDefaultCACertificates([...known, loopbackCertificate.cert]);
    await new Promise<void>(resolve => plain.listen(0, '127.0.0.1', resolve));
    host = await startTls((plain.address() as AddressInfo).port);
    // A name that nothing here resolves: only the proxy finds it.
    origin = `https://notion.localhost:${host.port}`;
  });
  after(async () => {
    await host[Symbol.asyncDispose]();
    plain.closeAllConnections();
    await new Promise(resolve => plain.close(resolve));
    setDefaultCACertificates(known);
  });

  const client = (proxy: OutgoingProxy) => {
    const dispatcher = openAgent(proxy);
    const app = { origin, clientId: 'id', clientSecret: new Secret('s'), redirectUri: 'https://p.test/', dispatcher };
    return { app, [Symbol.asyncDispose]: () => dispatcher.destroy() };
  };

  it('carries calls to Notion in a tunnel, one for each connection, and shows its credentials to itself alone', async () => {
    await using proxy = await startProxy({ credentials: 'gate:secret' });
    await using gate = aForward({ origin, proxy: through(proxy), connections: 1 });
    for (let call = 0; call < 3; call++) {
      const target = aNotionRequest({ path: '/v1/users/me' });
      const answer = JSON.parse(await textOf(await gate.forward(aDecidedCall(anOperation({ target })))));
      assert.deepEqual(answer, { active: false, path: '/v1/users/me', proxied: null });
    }
    assert.deepEqual(proxy.asked, [`notion.localhost:${host.port}`]);
  });

  it('has the decision confirmed once the tunnel stands, before anything is sent', async () => {
    await using proxy = await startProxy();
    let confirmed = 0;
    const stillAllowed = async () => {
      confirmed += 1;
      return true;
    };
    // Decided long ago: by the time that the connection is there it has to be asked again.
    await using gate = aForward({ origin, proxy: through(proxy) }, { stillAllowed });
    const target = aNotionRequest({ path: '/v1/users/me' });
    const decided = { ...aDecidedCall(anOperation({ target })), decidedAt: new Date(Date.now() - 60_000) };
    assert.equal((await gate.forward(decided)).status, 200);
    assert.ok(confirmed > 0);
  });

  it('carries files, and what is asked of the authorization server', async () => {
    await using proxy = await startProxy();
    const fetcher = createFileFetcher(url => url.origin === origin, through(proxy));
    const holder = { caller: aCaller(), workspaceId: null };
    const request = { method: 'GET', range: null, ifRange: null } as const;
    const end = new AbortController().signal;
    const answer = await fetcher.fetchFile(`${origin}/a.png`, request, holder, async () => {}, end);
    assert.equal(answer.status, 200);
    await textOf(answer);
    await fetcher.close();
    await using notion = client(through(proxy));
    assert.equal((await introspectRequest(notion.app, 'token')).status, 200);
    assert.equal(proxy.asked.length, 2);
  });

  it('is passed by where NO_PROXY names the host', async () => {
    await using proxy = await startProxy();
    for (const except of ['localhost', '.localhost', `localhost:${host.port}`, '*', 'other.example, localhost']) {
      const agent = openAgent(through(proxy, except));
      const answer = await agent.request({ origin: `https://localhost:${host.port}`, path: '/', method: 'GET' });
      await answer.body.dump();
      await agent.close();
    }
    assert.deepEqual(proxy.asked, []);
  });

  it('that refuses spends no refresh token, and the log says who refused', async () => {
    await using proxy = await startProxy({ status: 502 });
    await using notion = client(through(proxy));
    const grant = { origin, botId: 'bot' };
    assert.deepEqual(await refreshRestTokens(notion, grant, new Secret('r'), new AbortController().signal), {
      said: 'turned_away',
      problem: 'no_answer',
    });
    await assert.rejects(
      introspectRequest(notion.app, 'token'),
      (error: unknown) => error instanceof OAuthExchangeError && error.how.endsWith('(HTTPS_PROXY answered 502)'),
    );
  });

  it('that is away spends none either', async () => {
    const gone = await startProxy();
    await gone[Symbol.asyncDispose]();
    await using notion = client(through(gone));
    const outcome = await refreshRestTokens(
      notion,
      { origin, botId: 'b' },
      new Secret('r'),
      new AbortController().signal,
    );
    assert.equal(outcome.said, 'turned_away');
  });

  it('is never asked for an address that came from outside, even beside the one that the settings name', async () => {
    await using proxy = await startProxy();
    const dispatcher = openAgent(through(proxy));
    const resolved: string[] = [];
    const { fetch, close } = createSafeFetch({
      allowLoopbackHttp: false,
      named: { origin, dispatcher },
      resolveName: (name, answer) => {
        resolved.push(name);
        answer(null, [{ address: '10.0.0.1', family: 4 }]);
      },
    });
    assert.equal((await fetch(`${origin}/.well-known/x`)).status, 200);
    await assert.rejects(fetch('https://elsewhere.example/x'), { problem: 'forbidden' });
    await assert.rejects(fetch(`https://notion.localhost:${host.port + 1}/x`), { problem: 'forbidden' });
    assert.deepEqual([proxy.asked.length, resolved], [1, ['elsewhere.example', 'notion.localhost']]);
    await Promise.all([close(), dispatcher.close()]);
  });
});

describe('the settings of an outgoing proxy', () => {
  const read = (env: Record<string, string>) => readConfig('demo', env);

  it('are read in capitals and in small letters, which win, and serve Notion and key services', () => {
    const { proxy, keyServices } = read({
      HTTPS_PROXY: 'http://a.example:3128',
      https_proxy: 'b.example:3128',
      no_proxy: '.internal',
    });
    assert.deepEqual([proxy?.url.reveal(), proxy?.except], ['http://b.example:3128', '.internal']);
    assert.equal(keyServices.proxy?.url.reveal(), 'http://b.example:3128');
    assert.equal(read({ NO_PROXY: '*' }).proxy, null);
  });

  it('name an HTTP proxy, and stand in no message', () => {
    for (const wrong of ['socks5://u:hunter2@h:1', 'http://h:1/path', 'ht tp://hunter2']) {
      assert.throws(
        () => read({ HTTPS_PROXY: wrong }),
        (error: Error) => error.message.includes('HTTPS_PROXY') && !error.message.includes('hunter2'),
      );
    }
  });
});
