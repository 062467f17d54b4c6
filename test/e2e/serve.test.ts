/** With credentials, the same program talks to the Notion that is named, and starts none of its own. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Emulator, startEmulator } from '../../emulator/server.ts';
import { end, isRunning } from '../children.ts';
import { portcullis } from '../cli/run.ts';
import { eventually } from './demo.ts';
import { freePort } from './free-port.ts';

const shim = fileURLToPath(new URL('../../bin/portcullis.mjs', import.meta.url));

describe('npm start with the credentials of an integration', () => {
  let emulator: Emulator;
  let folder: string;
  let env: Record<string, string>;
  let gateway: ChildProcess;
  const printed = { out: '', err: '' };

  before(async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    emulator = await startEmulator({ redirectUris: [`${url}/auth/notion/callback`] });
    folder = await mkdtemp(join(tmpdir(), 'portcullis-serve-'));
    env = {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      NOTION_OAUTH_CLIENT_ID: emulator.clientId,
      NOTION_OAUTH_CLIENT_SECRET: emulator.clientSecret,
      PORTCULLIS_PUBLIC_URL: url,
      PORTCULLIS_PORT: String(port),
      PORTCULLIS_NOTION_API_URL: emulator.url,
      PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP: 'true',
      PORTCULLIS_DATA_DIR: join(folder, 'data'),
      PORTCULLIS_ADMIN_EMAIL: 'Ada@Example.com',
    };
    gateway = spawn(process.execPath, [shim, 'demo'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    gateway.stdout?.on('data', chunk => {
      printed.out += chunk;
    });
    gateway.stderr?.on('data', chunk => {
      printed.err += chunk;
    });
    await eventually(
      async () => assert.match(printed.err, /sign-in#token=/),
      () => (isRunning(gateway) ? null : printed.err),
    );
  });
  after(async () => {
    if (gateway) await end(gateway, 'SIGTERM');
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('prints a one-time link, with which the first user signs in', async () => {
    const [link = ''] = /http\S+#token=\S+/.exec(printed.err) ?? [];
    const token = new URLSearchParams(new URL(link).hash.slice(1)).get('token');
    const signIn = () =>
      fetch(new URL('/api/sign-in/link', link), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-portcullis': '1' },
        body: JSON.stringify({ token }),
      });
    const first = await signIn();
    assert.equal(first.status, 200);
    assert.equal(((await first.json()) as { user: { email: string } }).user.email, 'ada@example.com');
    assert.equal((await signIn()).status, 401);
  });

  it('prints the log on standard output, one entry a line', async () => {
    await eventually(async () => {
      const entries = printed.out
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as { operation: string });
      assert.ok(entries.some(entry => entry.operation === 'session.started'));
    });
  });

  it('starts no emulator, and keeps the root key away from the data', async () => {
    assert.deepEqual(await readdir(join(folder, 'data')), ['postgres', 'spool']);
    assert.deepEqual(await readdir(join(folder, '.config', 'portcullis')), ['root.key']);
  });

  it('shows no secret in what it prints', () => {
    assert.ok(!`${printed.out}${printed.err}`.includes(emulator.clientSecret));
  });

  it('has the database to itself, and says so to a second process', async () => {
    const { err, code } = await portcullis(['db', 'dump', join(folder, 'x')], env);
    assert.equal(code, 6);
    assert.match(err, /^error: .* is in use by portcullis process \d+/m);
  });

  it('refuses to be a demo on this data ever after (rule 25)', async () => {
    assert.equal(await end(gateway, 'SIGTERM'), 0, printed.err);
    const data = {
      PATH: env.PATH ?? '',
      HOME: folder,
      PORTCULLIS_DATA_DIR: join(folder, 'data'),
      PORTCULLIS_PORT: '0',
    };
    const demo = await portcullis(['demo'], data);
    assert.equal(demo.code, 6);
    assert.match(demo.err, /belongs to `portcullis serve`/);
  });
});
