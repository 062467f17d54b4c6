/** The policy as one document: read, planned, replaced. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import type { UserId, WorkspaceId } from '../../src/domain/ids.ts';
import { type AdminApi, openAdminApi, type Reply } from '../admin-api.ts';

const page = '11111111-1111-4111-8111-111111111111';
const other = '22222222-2222-4222-8222-222222222222';

interface Document {
  version: 1;
  roles: Record<string, string[]>;
  groups: Record<string, string[]>;
  members: Record<string, string>;
  grants: Record<string, unknown>[];
  invariants: unknown[];
  tests: unknown[];
}

describe('the policy as a document', () => {
  let api: AdminApi;
  let workspace: WorkspaceId;
  let admin: string;
  let ada: UserId;
  before(async () => {
    api = await openAdminApi();
  });
  after(() => api.close());

  /** A workspace of an admin, and a viewer at `vic@acme.test`, with a policy in every form. */
  async function aWorkspace(): Promise<void> {
    workspace = await api.people.aWorkspace();
    ada = await api.people.aMember(workspace, 'admin');
    admin = await api.cookieOf(ada);
    await api.people.join(workspace, await api.people.aUser({ email: `vic-${workspace}@acme.test` }), 'viewer');
  }
  const vic = () => `vic-${workspace}@acme.test`;
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    api.send(method, `/api/workspaces/${workspace}/policy${path}`, {
      cookie: admin,
      headers,
      ...(body !== undefined && (typeof body === 'string' ? { raw: body } : { body })),
    });
  const read = async (): Promise<{ document: Document; tag: string }> => {
    const reply = await send('GET', '');
    return { document: JSON.parse(reply.text), tag: reply.headers.get('etag') ?? '' };
  };
  const replace = async (change: (document: Document) => void): Promise<Reply> => {
    const { document, tag } = await read();
    change(document);
    return send('PUT', '', document, { 'if-match': tag });
  };
  const contractorsHidden = (document: Document) => {
    document.groups = { contractors: [vic()] };
    document.roles = { reporter: ['read', 'comment.read'] };
    document.grants = [
      {
        effect: 'deny',
        to: 'group:contractors',
        actions: ['read'],
        on: `page:${page.replaceAll('-', '')}`,
        reason: 'board',
      },
      {
        effect: 'limit',
        to: vic(),
        role: 'reporter',
        on: [`page:${page}`, `database:${other}`],
        when: { property: { Status: { is: 'Done' } }, until: '2030-01-01', doors: ['rest'], addresses: ['10.0.0.0/8'] },
        reason: 'only there',
      },
    ];
  };

  it('comes back as it was written, in canonical spelling, and a second time changes nothing', async () => {
    await aWorkspace();
    const first = await replace(contractorsHidden);
    assert.equal(first.status, 200, first.text);
    const { document, tag } = await read();
    assert.equal(document.grants[0]?.on, `page:${page}`);
    assert.deepEqual(document.grants[1]?.when, {
      until: '2030-01-01T00:00:00.000Z',
      doors: ['rest'],
      property: { Status: { is: 'Done' } },
      addresses: ['10.0.0.0/8'],
    });
    assert.equal(first.headers.get('etag'), tag);
    const again = await send('PUT', '', document, { 'if-match': tag });
    assert.equal(again.status, 200);
    assert.equal(again.headers.get('etag'), tag, 'no new revision');
    assert.deepEqual(JSON.parse(again.text), document);
  });

  it('is taken as YAML and given as YAML, which is what the schema describes', async () => {
    await aWorkspace();
    await replace(contractorsHidden);
    const exported = await send('GET', '/export');
    assert.match(exported.headers.get('content-type') ?? '', /^application\/yaml/);
    const { document, tag } = await read();
    assert.match(exported.text, new RegExp(`# revision: ${tag.slice(1, -1)}\n`));
    assert.deepEqual(parse(exported.text), document);
    const schema = JSON.parse((await api.send('GET', '/api/schemas/policy.json')).text);
    const valid = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    assert.ok(valid(document), JSON.stringify(valid.errors));
    assert.ok(!valid({ ...document, version: 2 }));
    const yaml = { 'if-match': tag, 'content-type': 'application/yaml' };
    assert.equal((await send('PUT', '', exported.text, yaml)).headers.get('etag'), tag);
    for (const wrong of ['version: 1\nversion: 1\n', '- 1', 'a: &a 1\nb: *a', 'version: [1'])
      assert.equal((await send('PUT', '', wrong, yaml)).status, 422, wrong);
  });

  it('is replaced only on the revision that its author has seen', async () => {
    await aWorkspace();
    const { document, tag } = await read();
    assert.equal((await send('PUT', '', document)).status, 428);
    assert.equal((await replace(contractorsHidden)).status, 200);
    assert.equal((await send('PUT', '', document, { 'if-match': tag })).status, 412);
    assert.equal((await send('PUT', '', document, { 'if-match': '"none"' })).status, 412);
    assert.equal((await send('PUT', '', document, { 'if-match': '*' })).status, 200);
  });

  it('says everything that is wrong with it at once', async () => {
    await aWorkspace();
    const shape = await replace(document => {
      document.grants = [
        { effect: 'allow', to: 'everyone', actions: ['fly'], on: 'page:x', reason: '' },
        { effect: 'limit', to: 'everyone', actions: ['read'], on: 'workspace', reason: 'x' },
        { effect: 'deny', to: 'everyone', actions: ['read'], on: [], reason: 'x' },
      ];
      document.roles = { admin: ['read'] };
    });
    assert.equal(shape.status, 422);
    const problems = shape.at('additionalData.problems') as string[];
    for (const place of [
      'grants.0.actions.0',
      'grants.0.on',
      'grants.0.reason',
      'grants.1',
      'grants.2.on',
      'roles.admin',
    ])
      assert.ok(
        problems.some(problem => problem.startsWith(`${place}:`)),
        `${place} in ${problems.join('\n')}`,
      );
    const names = await replace(document => {
      document.groups = { a: ['group:b'], b: ['group:a', 'nobody@acme.test'] };
      document.grants = [{ effect: 'deny', to: 'group:none', role: 'pilot', on: 'workspace', reason: 'x' }];
      document.members = { [vic()]: 'pilot' };
      document.tests = [{ who: 'agent:Nobody', may: 'read', on: 'workspace', expect: 'deny' }];
    });
    assert.equal(names.status, 422);
    for (const said of [
      /nobody@acme/,
      /group:none/,
      /holds groups itself/,
      /no role "pilot"/,
      /is missing/,
      /agent:Nobody/,
    ])
      assert.match(String(names.at('detail')), said);
  });

  it('is refused where an invariant or a test of it fails, and so is every later change', async () => {
    await aWorkspace();
    const invariant = { never: { who: vic(), may: 'read', on: `page:${page}` } };
    const broken = await replace(document => {
      document.invariants = [invariant];
    });
    assert.equal(broken.status, 409, broken.text);
    const held = await replace(document => {
      contractorsHidden(document);
      document.invariants = [invariant];
      document.tests = [{ who: vic(), may: 'comment.read', on: `page:${page}`, expect: 'allow' }];
    });
    assert.equal(held.status, 200, held.text);
    const out = await replace(document => {
      document.grants = document.grants.slice(1);
    });
    assert.equal(out.status, 409);
    assert.match(out.text, /must never read/);
    const denied = { effect: 'deny', subject: { kind: 'user', name: vic() }, actions: ['comment.read'] };
    const grant = await api.send('POST', `/api/workspaces/${workspace}/grants`, {
      cookie: admin,
      body: { ...denied, scope: { kind: 'workspace' }, reason: 'quiet' },
    });
    assert.equal(grant.status, 409);
    assert.match(grant.text, /Test fails/);
  });

  it('is planned first: who gains and who loses what, and nothing is saved', async () => {
    await aWorkspace();
    const { document, tag } = await read();
    const planned = await send('POST', '/plan', {
      ...document,
      groups: { contractors: [vic()] },
      grants: [
        { effect: 'deny', to: 'group:contractors', actions: ['read'], on: `page:${page}`, reason: 'board' },
        { effect: 'allow', to: vic(), actions: ['update'], on: `page:${other}`, reason: 'helps' },
      ],
    });
    assert.equal(planned.status, 200, planned.text);
    const who = { principal: planned.at('gains.0.principal'), name: vic() };
    assert.deepEqual(planned.at('gains'), [{ ...who, actions: ['update'], on: [`page:${other}`], pages: 1 }]);
    assert.deepEqual(planned.at('losses'), [{ ...who, actions: ['read'], on: [`page:${page}`], pages: 1 }]);
    assert.deepEqual(planned.at('failed'), []);
    const told = (planned.at('changes') as { change: string; becomes: string }[]).map(one => one.becomes);
    assert.ok(told.includes(`deny group:contractors read on page:${page} (board)`), planned.text);
    assert.deepEqual(await read(), { document, tag });
    const everybody = { ...document, members: { ...document.members, [vic()]: 'editor' } };
    const promoted = await send('POST', '/plan', everybody);
    assert.deepEqual(promoted.at('gains.0.on'), ['workspace']);
    assert.deepEqual(promoted.at('changes.0'), {
      ...{ change: 'changed', of: 'member' },
      ...{ was: `${vic()}: viewer`, becomes: `${vic()}: editor` },
    });
  });

  it('rule 8: gives nobody what its author may not give, whatever the form', async () => {
    await aWorkspace();
    await replace(document => {
      contractorsHidden(document);
      document.roles.grantor = ['read', 'grants', 'people.read'];
    });
    const id = await api.people.aMember(workspace, 'guest');
    await api.send('PATCH', `/api/workspaces/${workspace}/members/${id}`, { cookie: admin, body: { role: 'grantor' } });
    admin = await api.cookieOf(id);
    const forms: ((document: Document) => void)[] = [
      document => Object.assign(document.members, { [vic()]: 'editor' }),
      document => Object.assign(document.roles, { grantor: ['read', 'grants', 'update'] }),
      document =>
        document.grants.push({ effect: 'allow', to: vic(), actions: ['delete'], on: 'workspace', reason: 'x' }),
      document => document.grants.pop(),
    ];
    for (const form of forms) assert.equal((await replace(form)).status, 403, String(form));
    const fewer = await replace(document => Object.assign(document.members, { [vic()]: 'guest' }));
    assert.equal(fewer.status, 200, fewer.text);
  });

  it('keeps the last admin', async () => {
    await aWorkspace();
    const { document } = await read();
    const own = Object.keys(document.members).find(name => document.members[name] === 'admin') ?? '';
    const refused = await replace(changed => Object.assign(changed.members, { [own]: 'viewer' }));
    assert.equal(refused.status, 422);
    assert.match(refused.text, /last admin/);
  });
});
