/**
 * A root key file is made once, by the first gateway on a new database. Later a missing file is a lost one, and no new
 * one is made.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { end, isRunning } from '../children.ts';
import { freePort } from '../e2e/free-port.ts';
import { freshDatabase, type TestDatabase } from '../postgres.ts';
import { until } from '../until.ts';
import { portcullis, portcullisHere, type Run } from './run.ts';

const shim = fileURLToPath(new URL('../../bin/portcullis.mjs', import.meta.url));

describe('a root key file that is missing', () => {
  let database: TestDatabase;
  let home: string;
  let env: Record<string, string>;
  before(async () => {
    database = await freshDatabase({ migrated: true });
    home = await mkdtemp(join(tmpdir(), 'portcullis-home-'));
    const port = await freePort();
    // Commands that run in this process look for the home directory here.
    process.env.HOME = home;
    env = {
      PATH: process.env.PATH ?? '',
      HOME: home,
      DATABASE_URL: database.url,
      NOTION_OAUTH_CLIENT_ID: 'app',
      NOTION_OAUTH_CLIENT_SECRET: 'secret',
      PORTCULLIS_PUBLIC_URL: `http://127.0.0.1:${port}`,
      PORTCULLIS_PORT: String(port),
      PORTCULLIS_NOTION_API_URL: 'http://127.0.0.1:1',
      PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP: 'true',
      PORTCULLIS_DATA_DIR: join(home, 'data'),
    };
  });
  after(async () => {
    await rm(home, { recursive: true });
  });

  const rootKey = () => join(home, '.config', 'portcullis', 'root.key');
  const madeFiles = async () => (await readdir(home, { recursive: true })).filter(name => name.includes('root.key'));

  function expectRefusal({ code, err }: Run): void {
    assert.equal(code, 6, err);
    assert.ok(err.includes(`error: There is no root key at ${rootKey()}. Put the file back from`), err);
    assert.match(err, /PORTCULLIS_ROOT_KEY_FILE/);
  }

  /** Runs a gateway until it runs, and ends it. */
  async function serveOnce(): Promise<void> {
    const gateway: ChildProcess = spawn(process.execPath, [shim, 'serve'], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let printed = '';
    gateway.stderr?.on('data', chunk => {
      printed += chunk;
    });
    try {
      const running = () => {
        assert.ok(isRunning(gateway), printed);
        return printed.includes('is running at');
      };
      await until('the gateway to run', running);
    } finally {
      await end(gateway, 'SIGTERM');
    }
  }

  it('is made by no command of an operator, on a database that has had no gateway', async () => {
    for (const words of [
      ['keys', 'status'],
      ['keys', 'verify'],
      ['webhooks', 'list', '--deployment'],
    ]) {
      expectRefusal(await portcullisHere(words, env));
    }
    for (const words of [['doctor'], ['db', 'acknowledge-restore']]) await portcullisHere(words, env);
    assert.deepEqual(await madeFiles(), []);
  });

  it('is made by the first gateway', async () => {
    await serveOnce();
    assert.deepEqual(await madeFiles(), [join('.config', 'portcullis', 'root.key')]);
    assert.equal((await portcullisHere(['keys', 'status'], env)).code, 0);
  });

  it('stops every later start and every command, which say which file it is, until it is put back', async () => {
    const copy = join(home, 'copy');
    await rename(rootKey(), copy);
    const elsewhere = `file:${join(home, 'elsewhere', 'root.key')}`;
    expectRefusal(await portcullis(['serve'], env));
    for (const words of [
      ['keys', 'status'],
      ['keys', 'rewrap'],
      ['webhooks', 'list', '--deployment'],
    ]) {
      expectRefusal(await portcullisHere(words, env));
    }
    for (const words of [['doctor'], ['keys', 'stage', elsewhere]]) {
      assert.notEqual((await portcullisHere(words, { ...env, PORTCULLIS_ROOT_KEYS: `file,${elsewhere}` })).code, 0);
    }
    assert.deepEqual(await madeFiles(), []);
    await rename(copy, rootKey());
    await serveOnce();
    const staged = await portcullisHere(['keys', 'stage', elsewhere], {
      ...env,
      PORTCULLIS_ROOT_KEYS: `file,${elsewhere}`,
    });
    assert.match(staged.err, /There is no root key at .*elsewhere/);
    assert.deepEqual(await madeFiles(), [join('.config', 'portcullis', 'root.key')]);
  });
});
