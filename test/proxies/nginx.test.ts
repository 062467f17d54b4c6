/** The program behind a real nginx: as people write it first, and as docs/proxies.md shows it. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { Agent, request } from 'undici';
import { type Emulator, startEmulator } from '../../emulator/server.ts';
import { type Config, readConfig } from '../../src/config/config.ts';
import { lookAtPublicUrl } from '../../src/doctor/look-at-public-url.ts';
import { type Portcullis, startPortcullis } from '../../src/portcullis.ts';
import { Browser, pathOf, titleOf } from '../connect/browser.ts';
import { freePort } from '../e2e/free-port.ts';
import { freshDatabase, type TestDatabase } from '../postgres.ts';
import { documentedLocation, type Nginx, nginxMissing, startNginx } from './nginx-server.ts';

describe('behind nginx', { skip: nginxMissing() }, () => {
  let directory: string;
  let testDatabase: TestDatabase;
  let emulator: Emulator;
  let config: Config;
  let portcullis: Portcullis;
  let browser: Browser;
  let publicUrl: string;
  let nginx: Nginx | null = null;
  const programLog: object[] = [];
  const backend = () => `http://127.0.0.1:${config.port}`;

  before(async () => {
    testDatabase = await freshDatabase();
    directory = await mkdtemp(join(tmpdir(), 'portcullis-behind-nginx-'));
    publicUrl = `http://127.0.0.1:${await freePort()}`;
    emulator = await startEmulator({ redirectUris: [`${publicUrl}/auth/notion/callback`] });
    config = readConfig('serve', {
      DATABASE_URL: testDatabase.url,
      NOTION_OAUTH_CLIENT_ID: emulator.clientId,
      NOTION_OAUTH_CLIENT_SECRET: emulator.clientSecret,
      PORTCULLIS_NOTION_API_URL: emulator.url,
      PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP: 'true',
      PORTCULLIS_PUBLIC_URL: publicUrl,
      PORTCULLIS_PORT: String(await freePort()),
      PORTCULLIS_TRUSTED_PROXIES: '127.0.0.1',
      PORTCULLIS_DATA_DIR: join(directory, 'data'),
      PORTCULLIS_ROOT_KEY_FILE: join(directory, 'root.key'),
      PORTCULLIS_AUDIT_STDOUT: 'false',
    });
    const note = (fields: object | string) => void programLog.push(Object(fields));
    const log = { info: () => {}, warn: note, error: note };
    const { notion } = config;
    assert.ok(notion);
    portcullis = await startPortcullis(config, { log }, async () => notion);
  });
  afterEach(async () => {
    await nginx?.stop();
    nginx = null;
  });
  after(async () => {
    await portcullis?.close();
    await emulator?.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function listen(location: string): Promise<void> {
    nginx = await startNginx(Number(new URL(publicUrl).port), location);
  }

  async function signedIn(): Promise<Browser> {
    const { hash } = new URL(portcullis.firstSignInUrl ?? '');
    const token = new URLSearchParams(hash.slice(1)).get('token');
    const answer = await fetch(`${publicUrl}/api/sign-in/link`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-portcullis': '1', origin: publicUrl },
      body: JSON.stringify({ token }),
    });
    assert.equal(answer.status, 200, await answer.text());
    const [cookie = ''] = answer.headers.get('set-cookie')?.split(';') ?? [];
    return new Browser(publicUrl, emulator, cookie);
  }

  const found = async () => (await lookAtPublicUrl(config)).map(({ state, found }) => `${state}: ${found}`);

  it('with a bare proxy_pass: says what nginx must send instead of going round for ever', async () => {
    await listen(`location / { proxy_pass ${backend()}; }`);
    browser = await signedIn();
    const sent = await browser.get('/auth/notion');
    assert.deepEqual([sent.status, sent.location], [302, `${publicUrl}/auth/notion?sent=1`]);
    const shown = await browser.get(pathOf(sent.location));
    assert.equal(titleOf(shown), 'The proxy in front of Portcullis hides the host name');
    assert.match(shown.text, /proxy_set_header Host \$http_host/);
    assert.deepEqual(
      programLog.map(line => 'problem' in line && line.problem),
      ['wrong_host'],
    );
    assert.deepEqual(await found(), [`fail: the proxy at ${publicUrl} hides the Host header`]);
  });

  it('with a name of its own: is refused with what to do', async () => {
    await listen(`location / { proxy_pass ${backend()}; proxy_set_header Host upstream; }`);
    const { status, text } = await browser.get('/auth/notion');
    assert.equal(status, 421);
    assert.match(text, /must pass on the Host header/);
    assert.deepEqual(await found(), [`fail: ${publicUrl} is asked for under another name`]);
  });

  describe('as it is documented', () => {
    it('connects a workspace', async () => {
      await listen(await documentedLocation(backend()));
      const reached = await browser.reach();
      assert.equal(reached.status, 303, reached.text);
      const done = await browser.answer(reached);
      assert.match(pathOf(done.location), /^\/workspaces\/wsp_/);
      assert.deepEqual(await found(), [`ok: ${publicUrl} leads here, under its own name`]);
    });

    it('lets the log know where callers come from, whatever they write', async () => {
      await listen(await documentedLocation(backend()));
      const elsewhere = new Agent({ localAddress: '127.0.0.2' });
      for (const forged of [
        '198.51.100.66',
        '198.51.100.66, unknown',
        '198.51.100.66, 127.0.0.1:80',
        '_x, 127.0.0.1',
      ]) {
        const { body } = await request(`${publicUrl}/v1/users/me`, {
          dispatcher: elsewhere,
          headers: { 'x-forwarded-for': forged },
        });
        await body.dump();
      }
      await elsewhere.close();
      const { json } = await browser.api('GET', '/api/deployment/audit');
      const unidentified = (json.entries as { operation: string; clientAddress: string }[]).filter(
        ({ operation }) => operation === 'call.unidentified',
      );
      assert.deepEqual([...new Set(unidentified.map(({ clientAddress }) => clientAddress))], ['127.0.0.2']);
    });

    it('passes on bodies that nginx by itself refuses', async () => {
      await listen(await documentedLocation(backend()));
      const answer = await fetch(`${publicUrl}/v1/file_uploads/x/send`, {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
        body: Buffer.alloc(2 * 1024 * 1024),
      });
      assert.equal(answer.status, 401, await answer.text());
    });
  });
});
