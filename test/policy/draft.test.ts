/** A policy that is tried beside the one that decides: it changes no answer, and what it would have changed is counted. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { portcullisHere } from '../cli/run.ts';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { until } from '../until.ts';

type Who = keyof DemoInProcess['ready']['keys'];

describe('a draft of a policy', () => {
  let demo: DemoInProcess;
  before(async () => {
    demo = await startDemoInProcess();
  });
  after(() => demo.stop());

  const call = (method: string, path: string, who: Who = 'admin', body?: unknown, ifMatch?: string) =>
    fetch(demo.ready.url + path, {
      method,
      headers: {
        authorization: `Bearer ${demo.ready.keys[who]}`,
        'content-type': 'application/json',
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const at = (path: string) => `/api/workspaces/${demo.ready.workspaceId}/policy${path}`;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is looked at as it came.
  const json = async (answer: Response): Promise<any> => answer.json();
  const policy = async () => json(await call('GET', at('')));
  /** The viewer may read what is restricted, and Scout may read nothing under what is public. */
  const turned = async () => {
    const document = await policy();
    document.grants = document.grants.filter(({ to }: { to: string }) => to !== 'agent:demo-viewer');
    const on = `page:${demo.ready.pages.public}`;
    document.grants.push({ effect: 'deny', to: 'agent:Scout', actions: ['read'], on, reason: 'a test' });
    return document;
  };
  const read = async (page: keyof DemoInProcess['ready']['pages'], who: Who) =>
    (await call('GET', `/v1/pages/${demo.ready.pages[page]}`, who)).status;
  const report = async () => json(await call('GET', at('/draft/report')));
  /** What was called is in the log within a second, and then in the report. */
  const reportOf = async (calls: number) => {
    let found = await report();
    await until('the calls are in the report', async () => {
      found = await report();
      return found.calls >= calls;
    });
    assert.equal(found.calls, calls, JSON.stringify(found));
    return found;
  };

  it('is not there before somebody sets one, and a wrong one is refused with everything that is wrong', async () => {
    for (const [method, path] of [
      ['GET', '/draft'],
      ['GET', '/draft/report'],
      ['DELETE', '/draft'],
    ] as const)
      assert.equal((await call(method, at(path))).status, 404);
    assert.equal((await call('PUT', at('/draft'), 'admin', { version: 3 })).status, 422);
    const stranger = {
      version: 1,
      grants: [{ effect: 'deny', to: 'nobody@nowhere.example', actions: ['read'], on: 'workspace', reason: 'x' }],
    };
    const refused = await call('PUT', at('/draft'), 'admin', stranger);
    assert.equal(refused.status, 422);
    assert.match((await json(refused)).detail, /names no member/);
  });

  it('changes no answer; each call that it would change is counted once, with who and when', async () => {
    assert.equal(await read('public', 'agent'), 200);
    const document = await turned();
    const set = await call('PUT', at('/draft'), 'admin', document);
    assert.equal(set.status, 200, await set.clone().text());
    const { revision, author, madeOn, problems } = await json(set);
    assert.equal(set.headers.get('etag'), `"${revision}"`);
    assert.deepEqual([author.name, problems], ['agent:demo-admin', []]);
    assert.equal(String(madeOn), (await call('GET', at(''))).headers.get('etag')?.replaceAll('"', ''));
    assert.deepEqual((await json(await call('GET', at('/draft')))).document, document);
    assert.deepEqual([await read('public', 'agent'), await read('public', 'agent')], [200, 200]);
    assert.equal(await read('restricted', 'viewer'), 404);
    assert.equal(await read('public', 'viewer'), 200);
    const found = await reportOf(4);
    assert.deepEqual([found.draft, found.lost, found.gained, found.behind], [revision, 2, 1, 0]);
    const [scout, viewer] = found.flips;
    assert.deepEqual(
      [scout.principal.name, scout.action, scout.object.id, scout.was, scout.becomes, scout.because, scout.calls],
      ['agent:Scout', 'read', demo.ready.pages.public, 'allow', 'deny', 'denied_by_grant', 2],
    );
    assert.ok(scout.first < scout.last && scout.decision.startsWith('dec_'));
    assert.deepEqual(
      [viewer.principal.name, viewer.object.id, viewer.becomes, viewer.because, viewer.calls],
      ['agent:demo-viewer', demo.ready.pages.restricted, 'allow', 'role', 1],
    );
    assert.equal(await read('public', 'agent'), 200);
    const later = await reportOf(5);
    assert.deepEqual([later.lost, later.flips[0].calls, later.flips[0].first], [3, 3, scout.first]);
  });

  it('begins anew when another is set; reports are for those who also read the log', async () => {
    const before = (await json(await call('GET', at('/draft')))).revision;
    assert.equal((await json(await call('PUT', at('/draft'), 'admin', await policy()))).revision, before + 1);
    assert.equal(await read('public', 'agent'), 200);
    const found = await reportOf(1);
    assert.deepEqual([found.flips, found.lost, found.gained], [[], 0, 0]);
    for (const who of ['viewer', 'editor', 'agent'] as const) {
      assert.equal((await call('GET', at('/draft'), who)).status, 403);
      assert.equal((await call('GET', at('/draft/report'), who)).status, 403);
      assert.equal((await call('PUT', at('/draft'), who, await turned())).status, 403);
      assert.equal((await call('DELETE', at('/draft'), who)).status, 403);
      assert.equal((await call('POST', at('/draft/promote'), who, { draft: before + 1 }, '*')).status, 403);
    }
    const elsewhere = '/api/workspaces/wsp_00000000-0000-7000-8000-000000000000/policy/draft';
    assert.ok([403, 404].includes((await call('GET', elsewhere)).status));
  });

  it('says why it cannot be applied any more, and goes on once it can', async () => {
    const document = await turned();
    document.roles = { helper: ['read'] };
    document.members['agent:demo-viewer'] = 'helper';
    await call('PUT', at('/draft'), 'admin', document);
    const agent = await json(
      await call('POST', at('').replace('/policy', '/agents'), 'admin', { name: 'late', role: 'viewer' }),
    );
    assert.equal(await read('public', 'agent'), 200);
    let found = await report();
    await until('the calls are in the report', async () => {
      found = await report();
      return found.behind > 0;
    });
    assert.match(found.problems[0], /agent:late is missing/);
    assert.equal(found.calls, 0);
    await call('DELETE', at('').replace('/policy', `/members/${agent.member.principalId}`));
    const after = await reportOf(1);
    assert.deepEqual([after.lost, after.problems, after.behind], [1, [], 0]);
  });

  it('becomes the policy by one command, on the policy and the draft that were seen, by who may give it', async () => {
    await call('PUT', at('/draft'), 'admin', await turned());
    const { revision } = await json(await call('GET', at('/draft')));
    assert.equal((await call('POST', at('/draft/promote'), 'admin', { draft: revision })).status, 428);
    assert.equal((await call('POST', at('/draft/promote'), 'admin', { draft: revision }, '"1"')).status, 412);
    assert.equal((await call('POST', at('/draft/promote'), 'admin', { draft: revision + 1 }, '*')).status, 409);
    const env = { PORTCULLIS_URL: demo.ready.url, PORTCULLIS_KEY: demo.ready.keys.admin };
    const promoted = await portcullisHere(['draft', 'promote'], env);
    assert.equal(promoted.code, 0, promoted.err);
    assert.match(promoted.out, /^\+ grant {2}deny agent:Scout read on page:/m);
    assert.match(promoted.err, /applied: revision \d+/);
    assert.equal(await read('restricted', 'viewer'), 200);
    assert.equal(await read('public', 'agent'), 404);
    assert.equal((await call('GET', at('/draft'))).status, 404);
    assert.match(demo.output(), /"draft":\d+,"fromRevision":\d+/);
    assert.match(demo.output(), /policy\.draft_set/);
  });

  it('gives nobody what the promoter does not hold', async () => {
    const document = await policy();
    const { members: _, ...others } = document;
    const manager = {
      effect: 'allow',
      to: 'agent:demo-editor',
      actions: ['grants', 'audit'],
      on: 'workspace',
      reason: 'a test',
    };
    assert.equal(
      (await call('PUT', at(''), 'admin', { ...others, grants: [...others.grants, manager] }, '*')).status,
      200,
    );
    const greedy = { ...manager, actions: ['delete'], reason: 'too much' };
    const draft = await call('PUT', at('/draft'), 'editor', { ...others, grants: [...others.grants, manager, greedy] });
    assert.equal(draft.status, 200, 'a draft gives nothing');
    const { revision } = await json(draft);
    const refused = await call('POST', at('/draft/promote'), 'editor', { draft: revision }, '*');
    assert.equal(refused.status, 403);
    assert.match((await json(refused)).detail, /delete/);
    assert.equal((await call('POST', at('/draft/promote'), 'admin', { draft: revision }, '*')).status, 200);
  });

  it('is set, shown, reported and given up by commands', async () => {
    const env = { PORTCULLIS_URL: demo.ready.url, PORTCULLIS_KEY: demo.ready.keys.admin };
    const run = (...words: string[]) => portcullisHere(['draft', ...words], env);
    const directory = await mkdtemp(join(tmpdir(), 'portcullis-draft-'));
    const file = join(directory, 'policy.json');
    const document = await policy();
    document.grants = document.grants.filter(({ to }: { to: string }) => to !== 'agent:Scout');
    await writeFile(file, JSON.stringify(document));
    const set = await run('set', file);
    await rm(directory, { recursive: true });
    assert.match(set.err, /draft \d+, on revision \d+ of the policy/);
    const shown = await run('show');
    assert.deepEqual(JSON.parse(shown.out), document);
    assert.equal(await read('restricted', 'editor'), 200);
    await reportOf(1);
    const told = await run('report');
    assert.match(told.err, /1 calls since \S+: 0 would be denied, 0 would be allowed\./);
    assert.equal((await run('remove')).code, 0);
    assert.notEqual((await run('report')).code, 0);
  });
});
