import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Demo, eventually, postmasterOf, startDemo } from './demo.ts';

interface Entries {
  readonly entries: readonly {
    readonly id: string;
    readonly requestId: string;
    readonly outcome: { readonly result: string } | null;
  }[];
}

async function log(demo: Demo, query: string): Promise<Entries['entries']> {
  const response = await fetch(`${demo.ready.url}/api/audit?${query}`, {
    headers: { authorization: `Bearer ${demo.ready.keys.admin}` },
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as Entries).entries;
}

const write = (demo: Demo) =>
  fetch(`${demo.ready.url}/v1/pages/${demo.ready.pages.public}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${demo.ready.keys.editor}`, 'content-type': 'application/json' },
    body: JSON.stringify({ icon: { type: 'emoji', emoji: '🔥' } }),
  });

describe('a gateway that is killed between intent and outcome', () => {
  it('says after its restart that the fate of that call is unknown', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'portcullis-crash-'));
    try {
      const killed = await startDemo({ dataDir });
      await killed.emulator.addFault({ method: 'PATCH', kind: 'stall' });
      const hanging = write(killed).catch(() => 'cut off');
      const [open] = await eventually(async () => {
        const found = await log(killed, 'operation=pages.update&result=open');
        assert.equal(found.length, 1);
        return found;
      });
      await killed.kill();
      assert.equal(await hanging, 'cut off');

      const restarted = await startDemo({ dataDir });
      try {
        const [unknown] = await eventually(async () => {
          const found = await log(restarted, 'operation=pages.update&result=unknown');
          assert.equal(found.length, 1);
          return found;
        });
        assert.equal(unknown?.id, open?.id);
        assert.deepEqual(await log(restarted, 'operation=pages.update&result=open'), []);
      } finally {
        await restarted.stop();
      }
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
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
