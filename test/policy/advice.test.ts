/** What could be left out of a policy: lint, and smaller grants and roles from what was used. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { portcullisHere } from '../cli/run.ts';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';

type Who = keyof DemoInProcess['ready']['keys'];

describe('advice about a policy', () => {
  let demo: DemoInProcess;
  before(async () => {
    demo = await startDemoInProcess();
  });
  after(() => demo.stop());

  const call = (method: string, path: string, who: Who = 'admin', body?: unknown) =>
    fetch(demo.ready.url + path, {
      method,
      headers: { authorization: `Bearer ${demo.ready.keys[who]}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const at = (path: string) => `/api/workspaces/${demo.ready.workspaceId}${path}`;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is looked at as it came.
  const json = async (answer: Response): Promise<any> => answer.json();
  const run = (words: readonly string[], who: Who = 'admin') =>
    portcullisHere(words, { PORTCULLIS_URL: demo.ready.url, PORTCULLIS_KEY: demo.ready.keys[who] });
  const aGrant = async (body: object): Promise<string> => {
    const made = await json(await call('POST', at('/grants'), 'admin', { reason: 'a test', ...body }));
    assert.ok(made.grant, JSON.stringify(made));
    return made.grant.id;
  };
  const ofViewer = { effect: 'deny', subject: { kind: 'agent', name: 'demo-viewer' } };

  describe('lint', () => {
    it('has nothing to say of the policy of the demo', async () => {
      const found = await json(await call('POST', at('/policy/lint'), 'admin', {}));
      assert.deepEqual(found.findings, []);
    });

    it('says of each grant why it decides nothing', async () => {
      const page = { kind: 'page', id: demo.ready.pages.restricted };
      const nowhere = { kind: 'page', id: '00000000-0000-4000-8000-00000000abcd' };
      const ended = { notBefore: '2030-01-02', until: '2030-01-01' };
      await call('PUT', at('/groups/nobody'), 'admin', { members: [] });
      const ofNobody = { effect: 'allow', subject: { kind: 'group', name: 'nobody' } };
      const made = {
        expired: await aGrant({ ...ofViewer, actions: ['read'], scope: page, when: { until: '2020-01-01' } }),
        never_holds: await aGrant({ ...ofViewer, actions: ['read'], scope: page, when: ended }),
        nowhere: await aGrant({ ...ofViewer, actions: ['read'], scope: nowhere }),
        nobody: await aGrant({ ...ofNobody, actions: ['read'], scope: page }),
        changes_nothing: await aGrant({
          effect: 'allow',
          subject: { kind: 'agent', name: 'demo-admin' },
          actions: ['read'],
          scope: page,
        }),
        everyone: await aGrant({ effect: 'allow', subject: { kind: 'everyone' }, actions: ['delete'], scope: page }),
      };
      const { findings } = await json(await call('POST', at('/policy/lint'), 'admin', {}));
      const because = new Map(findings.map((one: { grant: string; because: string }) => [one.grant, one.because]));
      for (const [reason, id] of Object.entries(made)) assert.equal(because.get(id), reason);
      assert.ok(
        findings.some(
          (one: { of: string; name: string; because: string }) =>
            one.of === 'group' && one.name === 'nobody' && one.because === 'empty',
        ),
      );
      const said = await run(['policy', 'lint']);
      assert.equal(said.code, 0, said.err);
      assert.match(
        said.out,
        /^grant {2}deny agent:demo-viewer read on page:\S+, when .+ \(a test\)\. It has expired\.$/m,
      );
      for (const id of Object.values(made)) await call('DELETE', at(`/grants/${id}`));
      await call('DELETE', at('/groups/nobody'));
    });

    it('looks at a document too: roles, groups and checks that nothing stands on', async () => {
      const directory = await mkdtemp(join(tmpdir(), 'portcullis-lint-'));
      const document = await json(await call('GET', at('/policy')));
      const elsewhere = 'page:00000000-0000-4000-8000-00000000abcd';
      document.roles = { idle: ['read'] };
      document.groups = { idle: ['agent:Scout'], hollow: [] };
      document.invariants = [{ never: { who: 'group:hollow', may: 'read', on: 'workspace' } }];
      document.tests = [{ who: 'agent:Scout', may: 'read', on: elsewhere, expect: 'deny' }];
      const file = join(directory, 'policy.json');
      await writeFile(file, JSON.stringify(document));
      const said = await run(['policy', 'lint', '--file', file, '--json']);
      await rm(directory, { recursive: true });
      const { findings } = JSON.parse(said.out);
      assert.deepEqual(
        findings.map(({ of, because, name, place }: Record<string, unknown>) => [of, because, name ?? place]),
        [
          ['group', 'unused', 'idle'],
          ['group', 'empty', 'hollow'],
          ['role', 'unused', 'idle'],
          ['invariant', 'nobody', 0],
          ['test', 'nowhere', 0],
        ],
      );
      assert.deepEqual((await json(await call('GET', at('/policy')))).roles, {}, 'nothing is saved');
      assert.equal((await call('POST', at('/policy/lint'), 'admin', { policy: { version: 3 } })).status, 422);
    });

    it('says of a check that its member has left; until it goes, changes are refused with that reason', async () => {
      const made = await json(await call('POST', at('/agents'), 'admin', { name: 'passing', role: 'viewer' }));
      const document = await json(await call('GET', at('/policy')));
      const { members: _, ...others } = document;
      const tests = [{ who: 'agent:passing', may: 'read', on: 'workspace', expect: 'allow' }];
      const put = (body: object) =>
        fetch(demo.ready.url + at('/policy'), {
          method: 'PUT',
          headers: {
            authorization: `Bearer ${demo.ready.keys.admin}`,
            'if-match': '*',
            'content-type': 'application/json',
          },
          body: JSON.stringify(body),
        });
      assert.equal((await put({ ...others, tests })).status, 200);
      assert.equal((await call('DELETE', at(`/members/${made.member.principalId}`))).status, 204);
      const { findings } = await json(await call('POST', at('/policy/lint'), 'admin', {}));
      assert.deepEqual([findings[0].of, findings[0].because], ['test', 'nobody']);
      const refused = await call('PUT', at('/groups/some'), 'admin', { members: [] });
      assert.equal(refused.status, 409);
      assert.match((await json(refused)).detail, /names no member/);
      assert.equal((await put(others)).status, 200);
    });

    it('is for those who give permissions, in their own workspace', async () => {
      assert.equal((await call('POST', at('/policy/lint'), 'editor', {})).status, 403);
      assert.equal((await run(['policy', 'lint'], 'viewer')).code, 4);
      const other = '/api/workspaces/wsp_00000000-0000-7000-8000-000000000000/policy/lint';
      assert.ok([403, 404].includes((await call('POST', other, 'admin', {})).status));
    });
  });

  describe('least privilege', () => {
    it('proposes what was used, on the lowest page that holds it, and what each change would break', async () => {
      const { public: open, restricted } = demo.ready.pages;
      const scout = { effect: 'allow', subject: { kind: 'agent', name: 'Scout' } };
      const since = new Date().toISOString();
      const unused = await aGrant({ ...scout, actions: ['update'], scope: { kind: 'page', id: restricted } });
      const wide = await aGrant({ ...scout, actions: ['read', 'comment.read'], scope: { kind: 'workspace' } });
      assert.equal((await call('GET', `/v1/pages/${open}`, 'agent')).status, 200);
      assert.equal((await call('GET', `/v1/pages/${open}`, 'editor')).status, 200);
      const found = await json(await call('POST', at('/policy/least-privilege'), 'admin', { since }));
      assert.ok(found.calls >= 2 && found.complete, JSON.stringify(found));
      const of = (id: string) => found.proposals.find((one: { grant: string | null }) => one.grant === id);
      assert.deepEqual([of(unused).kind, of(unused).uses, of(unused).breaks], ['remove_grant', 0, 0]);
      assert.deepEqual([of(wide).kind, of(wide).keeps, of(wide).on], ['narrow_grant', ['read'], [`page:${open}`]]);
      assert.deepEqual([of(wide).uses, of(wide).breaks, of(wide).broken], [1, 0, []]);
      const editor = found.proposals.find(
        (one: { principal: { name: string } | null }) => one.principal?.name === 'agent:demo-editor',
      );
      assert.deepEqual([editor.kind, editor.role], ['smaller_role', 'viewer']);
      await call('DELETE', at(`/grants/${unused}`));
      await call('DELETE', at(`/grants/${wide}`));
    });

    it('counts what was done with pages that are gone, and what admins do beside Notion', async () => {
      const { public: open } = demo.ready.pages;
      const since = new Date().toISOString();
      const scout = { effect: 'allow', subject: { kind: 'agent', name: 'demo-editor' } };
      const used = await aGrant({ ...scout, actions: ['delete'], scope: { kind: 'page', id: open } });
      const page = await json(await call('POST', '/v1/pages', 'editor', { parent: { page_id: open }, properties: {} }));
      const gone = await call('PATCH', `/v1/pages/${page.id}`, 'editor', { in_trash: true });
      assert.equal(gone.status, 200, await gone.text());
      const found = await json(await call('POST', at('/policy/least-privilege'), 'admin', { since }));
      assert.ok(
        !found.proposals.some(
          (one: { grant: string | null; kind: string }) => one.grant === used && one.kind === 'remove_grant',
        ),
        JSON.stringify(found.proposals),
      );
      const names = found.proposals.map((one: { principal: { name: string } | null }) => one.principal?.name);
      assert.ok(!names.includes('agent:demo-admin'), 'who gives grants stays one who may');
      await call('DELETE', at(`/grants/${used}`));
    });

    it('is a command, for those who give permissions and read the log', async () => {
      const said = await run(['policy', 'least-privilege']);
      assert.equal(said.code, 0, said.err);
      assert.match(
        said.out,
        /^Give agent:demo-viewer the role guest\. {2}used 0 times since \S+, would break 0 calls$/m,
      );
      assert.match(said.err, /From \d+ calls: \d+ proposals, each by itself\./);
      assert.equal((await run(['policy', 'least-privilege'], 'editor')).code, 4);
      assert.equal((await call('POST', at('/policy/least-privilege'), 'viewer', {})).status, 403);
      assert.equal((await run(['policy', 'least-privilege', '--since', 'yesterday'])).code, 2);
    });
  });
});
