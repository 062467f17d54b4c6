import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gateOf } from '../files/gate-with-files.ts';
import { type Demo, eventually, postmasterOf, startDemo } from './demo.ts';

interface Entry {
  readonly id: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

async function log(demo: Demo, query: string): Promise<readonly Entry[]> {
  const response = await fetch(`${demo.ready.url}/api/audit?${query}`, {
    headers: { authorization: `Bearer ${demo.ready.keys.admin}` },
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as { entries: Entry[] }).entries;
}

/** Waits until the log has exactly one such entry. */
function one(demo: Demo, query: string): Promise<readonly Entry[]> {
  return eventually(async () => {
    const found = await log(demo, query);
    assert.equal(found.length, 1);
    return found;
  });
}

const write = (demo: Demo) =>
  fetch(`${demo.ready.url}/v1/pages/${demo.ready.pages.public}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${demo.ready.keys.editor}`, 'content-type': 'application/json' },
    body: JSON.stringify({ icon: { type: 'emoji', emoji: '🔥' } }),
  });

/** More than the buffers between a server and a client that does not read. */
const large = Buffer.alloc(15 * 1024 * 1024, 'x');

/** Begins to download a file by a key of the editor, and reads nothing of it. */
async function download({ ready }: Demo): Promise<void> {
  const gate = await gateOf(ready);
  const notion = gate.as('editor');
  const id = await gate.upload(notion, 'large.bin', 'application/octet-stream', large);
  const { results } = await notion.blocks.children.append({
    block_id: ready.pages.public,
    children: [{ type: 'file', file: { type: 'file_upload', file_upload: { id } } }],
  });
  const block = await notion.blocks.retrieve({ block_id: results[0]?.id ?? '' });
  const response = await fetch((block as unknown as { file: { file: { url: string } } }).file.file.url);
  assert.equal(response.status, 200);
}

describe('a gateway that is killed between intent and outcome, and restarted', () => {
  let dataDir: string;
  let restarted: Demo;
  /** What it had written down of the two calls before it was killed. */
  let openCall: Entry | undefined;
  let openStream: Entry | undefined;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'portcullis-crash-'));
    const killed = await startDemo({ dataDir });
    try {
      await download(killed);
      [openStream] = await log(killed, 'operation=files.fetch');
      await killed.emulator.addFault({ method: 'PATCH', kind: 'stall' });
      const hanging = write(killed).catch(() => 'cut off');
      [openCall] = await one(killed, 'operation=pages.update&result=open');
      await killed.kill();
      assert.equal(await hanging, 'cut off');
    } finally {
      await killed.kill();
    }
    restarted = await startDemo({ dataDir });
  });
  after(async () => {
    await restarted?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('says that the fate of that call is unknown', async () => {
    const [unknown] = await one(restarted, 'operation=pages.update&result=unknown');
    assert.equal(unknown?.id, openCall?.id);
    assert.deepEqual(await log(restarted, 'operation=pages.update&result=open'), []);
  });

  it('closes a download that it was sending as lost', async () => {
    const [closed] = await one(restarted, 'operation=stream.closed');
    assert.deepEqual(closed?.detail, { because: 'instance_lost', complete: false, intent: openStream?.id });
  });
});

describe('a gateway whose database has stopped', () => {
  it('answers 503 and sends nothing to Notion', async () => {
    const demo = await startDemo();
    try {
      const headers = { authorization: `Bearer ${demo.ready.keys.editor}` };
      assert.equal((await fetch(`${demo.ready.url}/v1/users/me`, { headers })).status, 200);
      await demo.emulator.clearRequests({});
      // An immediate shutdown: PostgreSQL drops every connection and is gone.
      process.kill(await postmasterOf(demo), 'SIGQUIT');
      for (const call of [() => write(demo), () => fetch(`${demo.ready.url}/v1/users/me`, { headers })]) {
        const response = await call();
        assert.equal(response.status, 503);
        const { object, code } = (await response.json()) as { object: string; code: string };
        assert.deepEqual({ object, code }, { object: 'error', code: 'service_unavailable' });
      }
      assert.deepEqual(await demo.emulator.requests({}), []);
    } finally {
      await demo.stop();
    }
  });
});
