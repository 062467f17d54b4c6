import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { portcullisHere } from '../cli/run.ts';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';

describe('portcullis report access', () => {
  let demo: DemoInProcess;
  before(async () => {
    demo = await startDemoInProcess();
  });
  after(() => demo.stop());

  const run = (words: readonly string[], role: keyof DemoInProcess['ready']['keys'] = 'admin') =>
    portcullisHere(['report', 'access', ...words], {
      PORTCULLIS_URL: demo.ready.url,
      PORTCULLIS_KEY: demo.ready.keys[role],
    });

  it('prints connections with what to change, and objects with what was shared itself', async () => {
    const { out, err, code } = await run([]);
    assert.deepEqual([err, code], ['', 0]);
    assert.match(out, /^con_\S+ {2}rest {2}active$/m);
    assert.match(out, /^ {2}Read content +held +fits$/m);
    assert.match(out, new RegExp(`^${demo.ready.pages.root} {2}page +root `, 'm'));
    assert.doesNotMatch(out, new RegExp(demo.ready.pages.unshared));
  });

  it('prints CSV and JSON of the same objects', async () => {
    const [csv, json] = await Promise.all([run(['--format', 'csv']), run(['--format', 'json'])]);
    const rows = csv.out.trim().split('\n').slice(1);
    const objects = json.out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
      .filter(({ type }) => type === 'object');
    assert.deepEqual(
      rows.map(row => row.split(',')[1]),
      objects.map(({ id }) => id),
    );
  });

  it('stops at its limit and goes on from there', async () => {
    const whole = (await run(['--format', 'csv'])).out.trim().split('\n');
    const first = await run(['--format', 'csv', '--limit', '2']);
    const [, cursor = ''] = /--from (\S+)/.exec(first.err) ?? [];
    const rest = await run(['--format', 'csv', '--from', cursor]);
    const parts = [...first.out.trim().split('\n'), ...rest.out.trim().split('\n').slice(1)];
    assert.deepEqual(parts, whole);
  });

  it('says who may not, and what is not understood', async () => {
    assert.equal((await run([], 'viewer')).code, 4);
    assert.equal((await run(['--format', 'xml'])).code, 2);
    assert.equal((await run(['--limit', '0'])).code, 2);
    assert.equal((await run(['--from', 'nowhere'])).code, 2);
  });
});
