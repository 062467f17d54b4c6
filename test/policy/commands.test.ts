import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { portcullisHere } from '../cli/run.ts';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';

describe('commands about a policy', () => {
  let demo: DemoInProcess;
  let directory: string;
  before(async () => {
    demo = await startDemoInProcess();
    directory = await mkdtemp(join(tmpdir(), 'portcullis-policy-'));
  });
  after(async () => {
    await demo.stop();
    await rm(directory, { recursive: true });
  });

  const run = (words: readonly string[], who: keyof DemoInProcess['ready']['keys'] = 'admin') =>
    portcullisHere(words, { PORTCULLIS_URL: demo.ready.url, PORTCULLIS_KEY: demo.ready.keys[who] });
  const aFile = async (text: string) => {
    const name = join(directory, `${Math.random()}.yaml`);
    await writeFile(name, text);
    return name;
  };
  const exported = async () => (await run(['policy', 'export'])).out;

  it('export a policy, plan a change of it, and apply that on the revision it was made on', async () => {
    const before = await exported();
    const same = await run(['policy', 'plan', await aFile(before)]);
    assert.deepEqual([same.out.trim(), same.code], ['No changes.', 0], same.err);
    const [, ofViewer = ''] = /^ {2}- effect: deny\n((?: {4}.*\n)+)/m.exec(before) ?? [];
    assert.ok(ofViewer.includes('agent:demo-viewer'));
    const file = await aFile(before.replace(`  - effect: deny\n${ofViewer}`, ''));
    const planned = await run(['policy', 'plan', file]);
    assert.equal(planned.code, 0, planned.err);
    assert.match(planned.out, /^- grant {2}deny agent:demo-viewer read, file.read, comment.read on page:/m);
    assert.match(
      planned.out,
      new RegExp(
        `^gains {2}agent:demo-viewer {2}read.* on page:${demo.ready.pages.restricted} {2}\\(\\d+ pages?\\)$`,
        'm',
      ),
    );
    assert.equal(await exported(), before, 'nothing is saved');
    const applied = await run(['policy', 'apply', file]);
    assert.equal(applied.code, 0, applied.err);
    assert.match(applied.err, /applied: revision \d+/);
    const late = await run(['policy', 'apply', file]);
    assert.equal(late.code, 6, 'the revision has moved since');
    const back = await run(['policy', 'apply', await aFile(before.replace(/^# revision.*\n/m, ''))]);
    assert.equal(back.code, 0, back.err);
  });

  it('test what a document asks of itself, and say everything that is wrong with one', async () => {
    const { restricted } = demo.ready.pages;
    const invariant = `  - never: { who: 'agent:demo-viewer', may: read, on: 'page:${restricted}' }`;
    const asks = (await exported()).replace('invariants: []', `invariants:\n${invariant}`);
    const holds = await run(['policy', 'test', await aFile(asks)]);
    assert.deepEqual([holds.out, holds.code], ['', 0], holds.err);
    const test = `  - { who: 'agent:demo-viewer', may: read, on: 'page:${restricted}', expect: allow }`;
    const fails = await run(['policy', 'test', await aFile(asks.replace('tests: []', `tests:\n${test}`))]);
    assert.equal(fails.code, 6);
    assert.match(fails.out, /^Test fails: agent:demo-viewer may read/m);
    const wrong = await run(['policy', 'plan', await aFile('version: 2\ngrants: [{ effect: maybe }]')]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /version/);
    assert.match(wrong.err, /grants\.0\.effect/);
    assert.equal((await run(['policy', 'plan', '/does/not/exist'])).code, 2);
    assert.equal((await run(['policy', 'export'], 'viewer')).code, 4);
    const cedar = (await run(['policy', 'export', '--format', 'cedar'])).out;
    assert.match(cedar, /@id\("role:viewer"\)\s+permit/);
    assert.match(cedar, /@id\("grt_[^"]+"\)\s+forbid/);
    assert.match((await run(['policy', 'export', '--format', 'cedar-schema'])).out, /entity/);
  });

  it('grant, list and remove', async () => {
    const on = `page:${demo.ready.pages.public}`;
    const made = await run(['grant', 'deny', 'agent:Scout', 'comment.read', on, '--reason', 'no comments']);
    assert.equal(made.code, 0, made.err);
    assert.match(made.out, new RegExp(`^grt_\\S+ {2}deny agent:Scout comment.read on ${on} {2}no comments$`, 'm'));
    const [id = ''] = made.out.split(' ');
    assert.ok((await run(['grants', 'list'])).out.includes(id));
    assert.equal((await run(['grants', 'remove', id])).code, 0);
    assert.ok(!(await run(['grants', 'list'])).out.includes(id));
    for (const words of [
      ['deny', 'everyone', 'fly', 'workspace', '--reason', 'x'],
      ['deny', 'everyone', 'read', 'nowhere', '--reason', 'x'],
      ['deny', 'everyone', 'read', 'workspace'],
    ])
      assert.equal((await run(['grant', ...words])).code, 2, words.join(' '));
  });

  it('explain a decision and a call, and say who can', async () => {
    const { restricted } = demo.ready.pages;
    const asked = ['--may', 'read', '--who', 'agent:demo-viewer'];
    const why = await run(['explain', `page:${restricted}`, ...asked]);
    assert.match(why.out, /^deny: agent:demo-viewer read \(denied_by_grant\)$/m, why.err);
    assert.match(why.out, /^path: .+ in .+$/m);
    assert.match(why.out, /^grant: grt_\S+ {2}deny agent:demo-viewer/m);
    assert.match(why.out, /^to change it: Remove the grant grt_/m);
    assert.equal((await run(['explain', `page:${restricted}`])).code, 2);
    const who = await run(['who-can', 'read', `page:${restricted}`]);
    assert.match(who.out, /^agent:demo-editor {2}as editor$/m);
    assert.doesNotMatch(who.out, /demo-viewer/);
    const reach = await run(['reach', 'agent:Scout', 'read']);
    assert.match(reach.out, new RegExp(`^page:${demo.ready.pages.public} `, 'm'), reach.err);
    assert.ok(!reach.out.includes(restricted));
    assert.match(reach.err, /^\d+ in all\.$/m);
  });
});
