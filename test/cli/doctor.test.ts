import assert from 'node:assert/strict';
import { chmod, copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Demo, startDemo } from '../e2e/demo.ts';
import { freshDatabase } from '../postgres.ts';
import { portcullisHere } from './run.ts';

interface Findings {
  readonly works: boolean;
  readonly findings: readonly { about: string; state: string; found: string; todo: string | null }[];
}

/** Everything that was found about one thing. */
function about({ findings }: Findings, name: string): string[] {
  return findings.filter(finding => finding.about.startsWith(name)).map(({ state, found }) => `${state}: ${found}`);
}

describe('portcullis doctor', () => {
  let demo: Demo;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-doctor-'));
    demo = await startDemo({ dataDir: join(folder, 'data') });
  });
  after(async () => {
    await demo.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function examine(env: Record<string, string>): Promise<Findings & { code: number | null }> {
    const place = { PATH: process.env.PATH ?? '', HOME: folder, PORTCULLIS_DATA_DIR: demo.dataDir };
    const port = new URL(demo.ready.url).port;
    const { out, err, code } = await portcullisHere(['doctor', '--json', '--port', port], { ...place, ...env });
    assert.equal(err, '');
    return { ...(JSON.parse(out) as Findings), code };
  }

  /** The demo, examined as if it had been set up for production: with credentials, and its root key elsewhere. */
  async function credentials(): Promise<Record<string, string>> {
    const file = await readFile(join(demo.dataDir, 'emulator', 'ready.json'), 'utf8');
    const { clientId, clientSecret } = JSON.parse(file) as { clientId: string; clientSecret: string };
    const rootKey = join(folder, 'root.key');
    await copyFile(join(demo.dataDir, 'root.key'), rootKey);
    await chmod(rootKey, 0o600);
    return {
      NOTION_OAUTH_CLIENT_ID: clientId,
      NOTION_OAUTH_CLIENT_SECRET: clientSecret,
      PORTCULLIS_PUBLIC_URL: demo.ready.url,
      PORTCULLIS_NOTION_API_URL: demo.ready.emulatorUrl,
      PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP: 'true',
      PORTCULLIS_ROOT_KEY_FILE: rootKey,
    };
  }

  it('finds a running gateway well, beside it and without disturbing it', async () => {
    const found = await examine({});
    assert.deepEqual([found.code, found.works], [0, true], JSON.stringify(found.findings));
    assert.match(about(found, 'gateway')[0] ?? '', /^ok: is ready at /);
    assert.deepEqual(about(found, 'logins'), ['ok: portcullis_app and portcullis_system sign in']);
    assert.deepEqual(about(found, 'rights'), ['ok: as they must be, on every table']);
    assert.match(about(found, 'keys')[0] ?? '', /^ok: all 1 workspace keys open$/);
    assert.deepEqual(about(found, 'clock'), ['ok: agrees with the database']);
  });

  it('asks Notion about each connection, and about the time', async () => {
    const found = await examine(await credentials());
    assert.equal(found.code, 0, JSON.stringify(found.findings));
    assert.match(about(found, 'connection con_')[0] ?? '', /^ok: rest of Acme, active, .*: Notion accepts its token$/);
    assert.match(about(found, 'notion')[0] ?? '', /^ok: .* answers \(401\)$/);
    assert.deepEqual(about(found, 'clock'), ['ok: agrees with the database', 'ok: agrees with Notion']);
  });

  it('says when Notion refuses a token, when Notion is away, and when the root key is another one', async () => {
    const env = await credentials();
    for (const { botId } of await demo.emulator.installations({})) await demo.emulator.revoke({ botId });
    const revoked = await examine(env);
    assert.match(
      about(revoked, 'connection con_')[0] ?? '',
      /^warn: rest of Acme, .*: Notion does not accept its token$/,
    );
    assert.equal(revoked.code, 0);

    const away = await examine({ ...env, PORTCULLIS_NOTION_API_URL: 'http://127.0.0.1:1' });
    assert.match(about(away, 'notion')[0] ?? '', /^warn: .* does not answer \(ECONNREFUSED\)$/);

    const other = await examine({ ...env, PORTCULLIS_ROOT_KEY_FILE: join(demo.dataDir, 'root.key') });
    assert.equal(other.code, 6);
    assert.match(about(other, 'settings')[0] ?? '', /^fail: PORTCULLIS_ROOT_KEY_FILE /);

    const missing = await examine({ ...env, PORTCULLIS_ROOT_KEY_FILE: join(folder, 'none.key') });
    assert.match(about(missing, 'root key')[0] ?? '', /^warn: there is none at /);
    assert.match(about(missing, 'keys')[0] ?? '', /^fail: There is no root key at /);
    assert.equal(missing.code, 6);
  });

  it('finds what is wrong with a database', async () => {
    const env = await credentials();
    const unreachable = await examine({ ...env, DATABASE_URL: 'postgres://portcullis:hunter2@127.0.0.1:1/x' });
    assert.equal(unreachable.code, 6);
    assert.match(about(unreachable, 'database')[0] ?? '', /^fail: /);
    assert.doesNotMatch(JSON.stringify(unreachable), /hunter2/);

    const database = await freshDatabase();
    const empty = await examine({ ...env, DATABASE_URL: database.url });
    assert.match(about(empty, 'migrations')[0] ?? '', /^warn: \d+ not applied yet$/);
  });

  it('starts the database itself when no gateway runs, and says last what does not work', async () => {
    await demo.stop();
    const stopped = await examine({});
    assert.deepEqual([stopped.code, stopped.works], [0, true], JSON.stringify(stopped.findings));
    assert.match(about(stopped, 'gateway')[0] ?? '', /^ok: none is running at /);
    assert.match(about(stopped, 'keys')[0] ?? '', /^ok: all 1 workspace keys open$/);

    await rm(join(demo.dataDir, 'root.key'));
    const env = { PATH: process.env.PATH ?? '', HOME: folder, PORTCULLIS_DATA_DIR: demo.dataDir };
    const { out, code } = await portcullisHere(['doctor', '--port', '1'], env);
    assert.equal(code, 6);
    assert.match(out, /\n\nDoes not work: keys\. Worth a look: root key, connection con_[\w-]+\.\n$/);
  });
});
