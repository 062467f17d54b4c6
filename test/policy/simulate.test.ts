/** What another policy would have decided: calls through the REST door, judged again. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { portcullisHere } from '../cli/run.ts';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';

type Who = keyof DemoInProcess['ready']['keys'];

describe('simulating a policy against the log', () => {
  let demo: DemoInProcess;
  let since: string;
  before(async () => {
    demo = await startDemoInProcess();
    since = new Date().toISOString();
    const { pages } = demo.ready;
    assert.equal((await call('GET', `/v1/pages/${pages.public}`, 'viewer')).status, 200);
    assert.equal((await call('GET', `/v1/pages/${pages.restricted}`, 'viewer')).status, 404);
    assert.equal((await call('GET', `/v1/pages/${pages.restricted}`, 'editor')).status, 200);
    assert.equal((await call('GET', `/v1/pages/${pages.public}`, 'agent')).status, 200);
  });
  after(() => demo.stop());

  const call = (method: string, path: string, who: Who = 'admin', body?: unknown) =>
    fetch(demo.ready.url + path, {
      method,
      headers: { authorization: `Bearer ${demo.ready.keys[who]}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const at = (path: string) => `/api/workspaces/${demo.ready.workspaceId}/policy${path}`;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is looked at as it came.
  const json = async (answer: Response): Promise<any> => answer.json();
  const policy = async () => json(await call('GET', at('')));
  const simulate = async (draft: unknown, more: object = {}) =>
    json(await call('POST', at('/simulate'), 'admin', { policy: draft, since, ...more }));

  it('finds nothing where the policy stays as it is', async () => {
    const found = await simulate(await policy());
    assert.deepEqual([found.flips, found.lost, found.gained, found.complete], [[], 0, 0, true]);
    assert.ok(found.calls >= 4, JSON.stringify(found));
  });

  it('lists every call that would flip, in both directions, with the reason', async () => {
    const draft = await policy();
    const { public: open, restricted } = demo.ready.pages;
    draft.grants = draft.grants.filter(({ to }: { to: string }) => to !== 'agent:demo-viewer');
    draft.grants.push({ effect: 'deny', to: 'agent:Scout', actions: ['read'], on: `page:${open}`, reason: 'x' });
    const found = await simulate(draft);
    assert.deepEqual([found.lost, found.gained], [1, 1], JSON.stringify(found));
    const said = found.flips.map((flip: { principal: { name: string }; becomes: string; because: string }) => [
      ...[flip.principal.name, flip.becomes, flip.because],
    ]);
    assert.deepEqual(said.sort(), [
      ['agent:Scout', 'deny', 'denied_by_grant'],
      ['agent:demo-viewer', 'allow', 'role'],
    ]);
    assert.ok(JSON.stringify(found).includes(restricted));
  });

  it('judges conditions at the time of each call, or now', async () => {
    const draft = await policy();
    const until = { until: new Date().toISOString() };
    draft.grants.push({ effect: 'deny', to: 'everyone', actions: ['read'], on: 'workspace', when: until, reason: 'x' });
    assert.ok((await simulate(draft)).lost >= 3);
    assert.equal((await simulate(draft, { as: 'now' })).lost, 0);
  });

  it('is for those who give permissions and read the log, and says what is wrong with a draft', async () => {
    const draft = await policy();
    assert.equal((await call('POST', at('/simulate'), 'viewer', { policy: draft, since })).status, 403);
    const wrong = await call('POST', at('/simulate'), 'admin', { policy: { version: 3 }, since });
    assert.equal(wrong.status, 422);
  });

  it('is a command too', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'portcullis-simulate-'));
    const env = { PORTCULLIS_URL: demo.ready.url, PORTCULLIS_KEY: demo.ready.keys.admin };
    const { out } = await portcullisHere(['policy', 'export'], env);
    const file = join(directory, 'policy.yaml');
    await writeFile(file, out.replaceAll('effect: deny', 'effect: allow'));
    const found = await portcullisHere(['policy', 'simulate', file, '--since', since], env);
    await rm(directory, { recursive: true });
    assert.equal(found.code, 0, found.err);
    assert.match(found.out, /agent:demo-viewer {2}pages\.\w+ {2}would be allow \(role\) {2}dec_/);
    assert.match(found.err, /0 would be denied, 1 would be allowed\./);
  });
});
