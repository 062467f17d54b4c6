/** `portcullis keys …` in a process of its own, beside a gateway that runs the embedded database in another. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Demo, eventually, startDemo } from '../e2e/demo.ts';
import { portcullis, type Run } from './run.ts';

describe('portcullis keys, beside a gateway that runs the embedded database', () => {
  let directory: string;
  let fresh: string;
  let demo: Demo;
  const env: Record<string, string> = {};
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'portcullis-keys-'));
    fresh = `file:${join(directory, 'new.key')}`;
    env.PORTCULLIS_ROOT_KEY_FILE = join(directory, 'old.key');
    env.PORTCULLIS_ROOT_KEYS = `file,${fresh}`;
    demo = await startDemo({ dataDir: join(directory, 'data'), env });
  });
  after(async () => {
    await demo.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const keys = (...words: string[]): Promise<Run> =>
    portcullis(['keys', ...words, '--data-dir', demo.dataDir], {
      PATH: process.env.PATH ?? '',
      HOME: directory,
      ...env,
    });
  async function succeeds(...words: string[]): Promise<Run> {
    const run = await keys(...words);
    assert.equal(run.code, 0, `keys ${words.join(' ')}: ${run.err}`);
    return run;
  }
  async function readsPage(): Promise<void> {
    const response = await fetch(`${demo.ready.url}/v1/pages/${demo.ready.pages.root}`, {
      headers: { authorization: `Bearer ${demo.ready.keys.admin}`, 'notion-version': '2022-06-28' },
    });
    assert.equal(response.status, 200, await response.text());
  }

  it('says how the keys stand, and verifies what the gateway sealed', async () => {
    const { out } = await succeeds('status');
    assert.match(out, /^root key {7}active +wraps 2 /m);
    const verified = (await succeeds('verify')).out;
    assert.match(verified, /^connection_secret +2 open, 0 do not$/m);
    assert.match(verified, /^deployment secret +1 open, 0 do not$/m);
    assert.match(verified, /^\d+ values open, 0 do not; 0 are under keys that have ended$/m);
    await readsPage();
  });

  it('exchanges the root key and the workspace keys while the gateway answers calls', async () => {
    await succeeds('stage', fresh);
    // The gateway proves by itself, within seconds, that it has the key.
    await eventually(async () => assert.doesNotMatch((await succeeds('status')).out, /unproven/));
    for (const words of [['promote'], ['rewrap'], ['rotate'], ['retire', '--now'], ['verify']]) {
      await succeeds(...words);
      await readsPage();
    }
    const { out } = await succeeds('status');
    assert.match(out, /^root key {7}retired +wraps 0 /m);
    assert.match(out, /^root key {7}active +wraps 2 /m);
    assert.match(out, /^workspace keys destroyed +1$/m);
  });

  it('leaves the gateway its database when it ends, and starts the database itself where no gateway runs', async () => {
    await readsPage();
    assert.equal(await demo.stop(), 0);
    assert.match((await succeeds('verify')).out, /^connection_secret +2 open, 0 do not$/m);
    const alone = { ...env, PORTCULLIS_ROOT_KEYS: fresh };
    demo = await startDemo({ dataDir: demo.dataDir, env: alone });
    await readsPage();
  });

  it('makes a workspace unreadable for the gateway that runs, at once', async () => {
    await readsPage();
    await succeeds('destroy', demo.ready.workspaceId, '--yes');
    await eventually(async () => {
      const response = await fetch(`${demo.ready.url}/v1/pages/${demo.ready.pages.root}`, {
        headers: { authorization: `Bearer ${demo.ready.keys.admin}`, 'notion-version': '2022-06-28' },
      });
      assert.equal(response.status, 503, await response.text());
    });
  });
});
