import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { type DashboardOptions, dashboardDoor } from './dashboard.ts';

const template = `<meta name="portcullis-demo" content="PORTCULLIS_DEMO">
<meta property="csp-nonce" nonce="PORTCULLIS_NONCE"><script nonce="PORTCULLIS_NONCE" src="/assets/a-1.js"></script>`;

describe('the door of the dashboard', () => {
  let root: string;
  const servers: FastifyInstance[] = [];

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'dashboard-'));
    await mkdir(join(root, 'assets'));
    await writeFile(join(root, 'index.html'), template);
    await writeFile(join(root, 'assets', 'a-1.js'), 'export {};');
    await writeFile(join(root, 'secret.txt'), 'not an asset');
  });
  after(async () => {
    await Promise.all(servers.map(server => server.close()));
    await rm(root, { recursive: true });
  });

  async function start(
    options: Partial<DashboardOptions> = {},
  ): Promise<(path: string, accept?: string) => Promise<Response>> {
    const server = Fastify();
    await server.register(dashboardDoor({ root, demo: false, ...options }));
    servers.push(server);
    const origin = await server.listen({ host: '127.0.0.1', port: 0 });
    return (path, accept = 'text/html,*/*') => fetch(origin + path, { headers: { accept } });
  }

  it('answers with its page wherever a browser may open it, never to be stored', async () => {
    const get = await start();
    for (const path of ['/', '/sign-in', '/workspaces/wsp_1/audit?x=1']) {
      const response = await get(path);
      assert.equal(response.status, 200, path);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.match(await response.text(), /portcullis-demo/);
    }
  });

  it('is no page for programs, nor under the paths of other doors', async () => {
    const get = await start();
    assert.equal((await get('/somewhere', 'application/json')).status, 404);
    for (const path of ['/api', '/api/nothing', '/auth/x', '/oauth/x', '/.well-known/x', '/mcp', '/v1/x', '/metrics']) {
      assert.equal((await get(path)).status, 404, path);
    }
  });

  it('lets browsers keep its assets for good, and serves nothing beside them', async () => {
    const get = await start();
    const asset = await get('/assets/a-1.js', '*/*');
    assert.equal(asset.status, 200);
    assert.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    for (const path of [
      '/assets/b-2.js',
      '/assets/',
      '/assets/..%2fsecret.txt',
      '/assets/%2e%2e/secret.txt',
      '/secret.txt',
    ]) {
      const response = await get(path, '*/*');
      assert.notEqual(response.status, 200, path);
      assert.doesNotMatch(await response.text(), /not an asset/);
    }
  });

  it('sends an asset packed to who accepts that, and as it is to others', async () => {
    const plain = 'export const text = "much";'.repeat(100);
    const asset = join(root, 'assets', 'b-2.js');
    await writeFile(asset, plain);
    await writeFile(`${asset}.br`, brotliCompressSync(plain));
    await writeFile(`${asset}.gz`, gzipSync(plain));
    const server = Fastify();
    await server.register(dashboardDoor({ root, demo: false }));
    servers.push(server);
    const cases = [
      ['gzip, deflate, br', 'br'],
      ['gzip', 'gzip'],
      ['br;q=0, gzip', 'gzip'],
      ['identity', undefined],
      ['', undefined],
    ] as const;
    for (const [accepted, encoding] of cases) {
      const { statusCode, headers, rawPayload } = await server.inject({
        url: '/assets/b-2.js',
        headers: { 'accept-encoding': accepted },
      });
      const unpack = { br: brotliDecompressSync, gzip: gunzipSync };
      assert.deepEqual([statusCode, headers['content-encoding']], [200, encoding], accepted);
      assert.equal((encoding ? unpack[encoding](rawPayload) : rawPayload).toString(), plain);
      assert.match(String(headers['content-type']), /^(?:text|application)\/javascript/);
      assert.match(String(headers.vary), /accept-encoding/i);
      assert.match(String(headers['cache-control']), /immutable/);
    }
  });

  it('says in the page whether it is a demo', async () => {
    const content = async (demo: boolean) => (await (await start({ demo }))('/')).text();
    assert.match(await content(true), /content="true"/);
    assert.match(await content(false), /content="false"/);
  });

  it('rule 27: allows only the scripts and styles that the very answer names', async () => {
    const get = await start();
    const nonces = new Set<string>();
    for (const path of ['/', '/', '/sign-in']) {
      const response = await get(path);
      const policy = response.headers.get('content-security-policy') ?? '';
      const nonce = /script-src 'nonce-([A-Za-z0-9+/=]{24})';/.exec(policy)?.[1] ?? assert.fail(policy);
      assert.match(policy, /^default-src 'none';/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe|data:|https?:|\*/);
      assert.equal((await response.text()).split(`nonce="${nonce}"`).length, 3, 'both tags carry the nonce');
      nonces.add(nonce);
    }
    assert.equal(nonces.size, 3, 'every answer has a nonce of its own');
  });

  it('rule 27: sends the headers of caution with every answer', async () => {
    const get = await start();
    for (const path of ['/', '/assets/a-1.js', '/assets/none.js', '/api/none']) {
      const { headers } = await get(path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
      assert.equal(headers.get('referrer-policy'), 'no-referrer', path);
      assert.equal(headers.get('x-frame-options'), 'DENY', path);
      assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin', path);
      assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin', path);
      assert.match(headers.get('permissions-policy') ?? '', /camera=\(\)/, path);
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/, path);
      assert.equal(headers.get('strict-transport-security'), null, path);
    }
  });

  it('asks browsers to insist on https only where people use it', async () => {
    const get = await start({ https: true });
    assert.equal((await get('/')).headers.get('strict-transport-security'), 'max-age=31536000');
  });

  it('says what to run when the dashboard is not built, and notices when it has been', async () => {
    const later = join(root, 'later');
    const get = await start({ root: later });
    const missing = await get('/');
    assert.equal(missing.status, 503);
    assert.match(await missing.text(), /npm run prepare/);

    await mkdir(later);
    await writeFile(join(later, 'index.html'), template);
    assert.equal((await get('/')).status, 200);
  });
});
