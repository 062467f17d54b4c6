/** Lists of hundreds: members, agents and keys, searched, sorted and in parts. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AdminApi, openAdminApi } from '../../../test/admin-api.ts';
import { signedIn } from '../../../test/people.ts';
import { type KeyId, newId, type UserId, type WorkspaceId } from '../../domain/ids.ts';

const people = 203;

interface Row {
  readonly id: string;
  readonly principalId: string;
  readonly name: string;
  readonly kind: string;
}

describe('the long lists of the admin API', () => {
  let api: AdminApi;
  let workspace: WorkspaceId;
  let admin: UserId;
  let cookie: string;

  before(async () => {
    api = await openAdminApi();
    const { system } = api.people.database;
    workspace = await api.people.aWorkspace();
    admin = await api.people.aMember(workspace, 'admin');
    cookie = await api.cookieOf(admin);
    const ids = Array.from({ length: people - 1 }, () => newId('usr'));
    await system
      .insertInto('principal')
      .values(ids.map(id => ({ id, kind: 'user' as const, disabled_at: null })))
      .execute();
    const named = ids.map((id, at) => ({
      id,
      email: `p${at}@acme.test`,
      name: at === 7 ? '100% Öhm_x' : `Person ${String(at).padStart(3, '0')}`,
      password_hash: null,
    }));
    await system.insertInto('user_account').values(named).execute();
    const joined = ids.map(id => ({ workspace_id: workspace, principal_id: id, role: 'viewer', created_by: null }));
    await system.insertInto('membership').values(joined).execute();
    for (const name of ['zebra', 'aardvark'])
      await api.people.accounts.agents.create(signedIn(admin), workspace, { name, role: 'viewer' });
  });
  after(() => api.close());

  const ask = (list: string, query: Record<string, string> = {}, by: object = { cookie }) =>
    api.send('GET', `/api/workspaces/${workspace}/${list}?${new URLSearchParams(query)}`, by);
  async function members(query: Record<string, string>) {
    const reply = await ask('members', query);
    assert.equal(reply.status, 200, reply.text);
    return { rows: reply.at('members') as Row[], total: reply.at('total') };
  }

  it('come in parts that fit together, and say how many there are', async () => {
    const seen: string[] = [];
    for (let offset = 0; offset < people; offset += 50) {
      const part = await members({ kind: 'user', sort: 'name', offset: String(offset), limit: '50' });
      assert.equal(part.total, people);
      seen.push(...part.rows.map(({ principalId }) => principalId));
    }
    assert.equal(new Set(seen).size, people);
    assert.equal((await members({ kind: 'user', offset: '1000' })).rows.length, 0);
  });

  it('are sorted by what they show, both ways', async () => {
    const names = async (order: string) =>
      (await members({ kind: 'agent', sort: 'name', order })).rows.map(({ name }) => name);
    assert.deepEqual(await names('asc'), ['aardvark', 'zebra']);
    assert.deepEqual(await names('desc'), ['zebra', 'aardvark']);
  });

  it('are searched by name and address, for the text as it stands', async () => {
    assert.equal((await members({ search: 'PERSON 19' })).total, 10);
    assert.equal((await members({ search: 'p42@' })).total, 1);
    assert.deepEqual(
      (await members({ search: '0% öhm_' })).rows.map(({ name }) => name),
      ['100% Öhm_x'],
    );
    assert.equal((await members({ search: '%' })).total, 1);
    assert.equal((await members({ search: 'nobody' })).total, 0);
  });

  it('refuse what makes no sense', async () => {
    for (const query of [
      { limit: '0' },
      { limit: '201' },
      { offset: '-1' },
      { sort: 'password' },
      { kind: 'system' },
    ]) {
      assert.equal((await ask('members', query as never)).status, 400, JSON.stringify(query));
    }
  });

  it('show keys that work, or all of them, and to nobody those of others', async () => {
    const mint = async (author: UserId, name: string) =>
      (await api.people.accounts.keys.mint(signedIn(author), workspace, { name, expiresInDays: 30 })).key.id as KeyId;
    await mint(admin, 'lantern');
    const ended = await mint(admin, 'spent');
    await api.people.accounts.keys.revoke(signedIn(admin), workspace, ended);
    const viewer = await api.people.aMember(workspace, 'viewer');
    const theirs = await mint(viewer, 'of a viewer');
    const names = async (query: Record<string, string>, by?: object) =>
      ((await ask('keys', { sort: 'name', order: 'asc', ...query }, by)).at('keys') as Row[]).map(({ name }) => name);

    assert.deepEqual(await names({}), ['lantern', 'of a viewer', 'spent']);
    assert.deepEqual(await names({ ended: 'leave_out' }), ['lantern', 'of a viewer']);
    assert.deepEqual(await names({ search: 'LANT' }), ['lantern']);
    const as = { cookie: await api.cookieOf(viewer) };
    assert.deepEqual(await names({}, as), ['of a viewer']);
    assert.equal((await ask(`keys/${theirs}`, {}, as)).at('key.name'), 'of a viewer');
    assert.equal((await ask(`keys/${theirs}`, {}, as)).at('firstCall'), null);
    assert.equal((await ask(`keys/${ended}`, {}, as)).status, 404);
  });
});
