import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endOf } from '../children.ts';
import { until } from '../until.ts';
import { type Demo, postmasterOf, startDemo } from './demo.ts';

const defects = { NODE_OPTIONS: `--import=${new URL('./defects.ts', import.meta.url)}` };

const runs = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const read = ({ ready }: Demo, path: string, key: 'viewer' | 'admin') =>
  fetch(ready.url + path, { headers: { authorization: `Bearer ${ready.keys[key]}` } });

describe('a gateway with an error that no code handled', () => {
  for (const [what, signal, text] of [
    ['an exception', 'SIGUSR2', 'a defect on demand'],
    ['a rejected promise', 'SIGHUP', 'a promise nobody waited for'],
  ] as const) {
    it(`says so, lets calls under way end, and stops its PostgreSQL: ${what}`, async () => {
      const demo = await startDemo({ env: defects });
      try {
        const postmaster = await postmasterOf(demo);
        await demo.emulator.addFault({ path: '/v1/pages/*', kind: 'stall' });
        const underWay = read(demo, `/v1/pages/${demo.ready.pages.public}`, 'viewer');
        await until('a call is under way', async () => {
          const open = await read(demo, '/api/audit?operation=pages.get&result=open', 'admin');
          return ((await open.json()) as { entries: unknown[] }).entries.length === 1;
        });
        demo.process.kill(signal);
        await until('it says so', () => demo.output().includes('an error that no code handled'));
        demo.process.kill('SIGUSR2');
        await until('Notion answers', async () => (await demo.emulator.release({})).released === 1);
        assert.equal((await underWay).status, 200);
        assert.equal(await endOf(demo.process), 1);
        const lines = demo
          .output()
          .split('\n')
          .filter(line => line.includes('an error that no code handled'));
        assert.equal(lines.length, 1);
        assert.ok(lines[0]?.includes(text));
        assert.equal(runs(postmaster), false, 'PostgreSQL has ended too');
      } finally {
        await demo.stop();
      }
    });
  }
});
