/** The demo from start to stop, and started again on what the last one left. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { portcullis } from '../cli/run.ts';
import { type Demo, eventually, startDemo } from './demo.ts';

async function statusOf(url: string, key: string): Promise<number> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  await answer.body?.cancel();
  return answer.status;
}

async function isGone(url: string): Promise<boolean> {
  return fetch(url).then(
    () => false,
    () => true,
  );
}

describe('the demo', () => {
  let dataDir: string;
  let demo: Demo;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'portcullis demo ')); // With spaces, as folders have them.
    demo = await startDemo({ dataDir });
  });
  after(async () => {
    await demo?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('prints where it is, a sign-in link, three keys and a curl line that works when pasted', async () => {
    const output = await eventually(async () => {
      assert.match(demo.output(), /Ctrl-C stops everything/);
      return demo.output();
    });
    const { url, keys, signInUrl } = demo.ready;
    for (const text of [url, signInUrl, keys.admin, keys.editor, keys.viewer]) assert.ok(output.includes(text), text);
    const [, address = '', key = ''] = /curl -s (\S+) -H 'Authorization: Bearer (\S+)'/.exec(output) ?? [];
    assert.equal(await statusOf(address, key), 200);
  });

  it('writes the ready file for nobody else to read', async () => {
    assert.equal((await stat(join(dataDir, 'ready.json'))).mode & 0o777, 0o600);
  });

  it('shares two subtrees with the connection, and leaves one page out', async () => {
    const { url, keys, pages } = demo.ready;
    const status = (id: string) => statusOf(`${url}/v1/pages/${id}`, keys.admin);
    assert.deepEqual(
      await Promise.all([pages.root, pages.public, pages.restricted, pages.unshared].map(status)),
      [200, 200, 200, 404],
    );
  });

  it('refuses a second one on the same data, which changes nothing of the first', async () => {
    const facts = () => readFile(join(dataDir, 'emulator', 'ready.json'), 'utf8');
    const before = await facts();
    const second = await portcullis(['demo', '--port', '0', '--data-dir', dataDir], {
      PATH: process.env.PATH ?? '',
      HOME: dataDir,
    });
    assert.equal(second.code, 6, second.err);
    assert.match(second.err, /^error: The database in .* is in use by portcullis process \d+.*\n$/);
    assert.equal(await facts(), before);
  });

  it('stops everything when Ctrl-C arrives twice', async () => {
    demo.process.kill('SIGINT');
    assert.equal(await demo.stop(), 0);
    assert.ok(await isGone(demo.ready.url));
    assert.ok(await isGone(demo.ready.emulatorUrl));
  });

  it('is still connected when it starts again, and its earlier keys have ended', async () => {
    const earlier = demo.ready;
    demo = await startDemo({ dataDir });
    assert.equal(demo.ready.workspaceId, earlier.workspaceId);
    assert.deepEqual(demo.ready.pages, earlier.pages);
    const page = `${demo.ready.url}/v1/pages/${demo.ready.pages.public}`;
    assert.equal(await statusOf(page, demo.ready.keys.viewer), 200);
    for (const key of Object.values(earlier.keys)) assert.equal(await statusOf(page, key), 401);
    const installations = await demo.emulator.installations();
    assert.equal(installations.filter(({ clientId, revoked }) => clientId !== null && !revoked).length, 1);
  });

  it('takes its emulator along when it is killed, and starts again on what is left', async () => {
    await demo.kill();
    await eventually(async () => assert.ok(await isGone(demo.ready.emulatorUrl)));
    demo = await startDemo({ dataDir });
    const { url, keys, pages } = demo.ready;
    assert.equal(await statusOf(`${url}/v1/pages/${pages.public}`, keys.viewer), 200);
    assert.equal(await demo.stop(), 0);
  });
});

describe('rule 25: the demo keeps to itself', () => {
  it('refuses a database of somebody else, before it starts anything', async () => {
    await assert.rejects(
      startDemo({ env: { DATABASE_URL: 'postgres://user:pw@localhost/other' } }),
      /ended with 2.*DATABASE_URL has no place in the demo/s,
    );
  });

  it('refuses addresses that others can reach', async () => {
    await assert.rejects(startDemo({ env: { PORTCULLIS_HOST: '0.0.0.0' } }), /ended with 2.*PORTCULLIS_HOST/s);
  });
});
