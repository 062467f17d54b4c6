import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { endOf } from '../children.ts';
import { until } from '../until.ts';
import { type Demo, startDemo } from './demo.ts';

interface Entry {
  readonly id: string;
  readonly operation: string;
  readonly outcome: { readonly result: string; readonly error: string } | null;
}

async function entriesOf({ ready: { url, keys } }: Demo, query: string): Promise<readonly Entry[]> {
  const response = await fetch(`${url}/api/audit?${query}`, { headers: { authorization: `Bearer ${keys.admin}` } });
  assert.equal(response.status, 200);
  return ((await response.json()) as { entries: Entry[] }).entries;
}

describe('a gateway that is stopped while Notion is silent', () => {
  it('ends in order before its supervisor kills it, and the log says what is known about each call', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'portcullis-stop-'));
    try {
      const stopped = await startDemo({ dataDir });
      await stopped.emulator.addFault({ path: '/v1/pages/*', kind: 'stall', times: 2 });
      const { url, keys, pages } = stopped.ready;
      // An admin, whose rights depend on no page: nothing is asked at Notion before the calls themselves.
      const headers = { authorization: `Bearer ${keys.admin}`, 'content-type': 'application/json' };
      const body = JSON.stringify({ icon: { type: 'emoji', emoji: '🔥' } });
      const hanging = [{ method: 'GET' }, { method: 'PATCH', body }].map(init =>
        fetch(`${url}/v1/pages/${pages.public}`, { ...init, headers }).catch(() => 'cut off'),
      );
      let underWay: readonly Entry[] = [];
      await until('both are under way', async () => {
        const open = await entriesOf(stopped, 'result=open');
        underWay = open.filter(({ operation }) => operation.startsWith('pages.'));
        return underWay.length === 2;
      });
      stopped.process.kill('SIGTERM');
      const timer = setTimeout(() => stopped.process.kill('SIGKILL'), kubernetesMs);
      assert.equal(await endOf(stopped.process), 0);
      clearTimeout(timer);
      assert.deepEqual(await Promise.all(hanging), ['cut off', 'cut off']);

      const restarted = await startDemo({ dataDir });
      try {
        for (const { id, operation } of underWay) {
          const entry = (await entriesOf(restarted, `operation=${operation}`)).find(one => one.id === id);
          assert.deepEqual(entry?.outcome && [entry.outcome.result, entry.outcome.error], known[operation]);
        }
      } finally {
        await restarted.stop();
      }
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

/** What the stopped process wrote itself: what the next one finds open has another error. */
const known: Readonly<Record<string, string[]>> = {
  'pages.get': ['failed', 'upstream_unavailable'],
  'pages.update': ['unknown', 'upstream_unknown'],
};

/** What Kubernetes gives between SIGTERM and SIGKILL. */
const kubernetesMs = 30_000;
