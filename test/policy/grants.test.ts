import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newId, type PrincipalId, type WorkspaceId } from '../../src/domain/ids.ts';
import { type AdminApi, openAdminApi } from '../admin-api.ts';

const page = '11111111-1111-4111-8111-111111111111';

describe('grants, groups and roles over the admin API', () => {
  let api: AdminApi;
  let workspaceId: WorkspaceId;
  let admin: string;
  let viewer: string;
  let viewerId: PrincipalId;

  before(async () => {
    api = await openAdminApi();
    workspaceId = await api.people.aWorkspace();
    const ada = await api.people.aMember(workspaceId, 'admin');
    const vic = await api.people.aMember(workspaceId, 'viewer');
    viewerId = vic;
    admin = await api.cookieOf(ada);
    viewer = await api.cookieOf(vic);
  });
  after(() => api.close());

  const send = (method: string, path: string, cookie: string, body?: unknown) =>
    api.send(method, `/api/workspaces/${workspaceId}/${path}`, { cookie, ...(body !== undefined && { body }) });
  const deny = (given: Record<string, unknown> = {}) => ({
    effect: 'deny',
    subject: { kind: 'user', id: viewerId },
    actions: ['read'],
    scope: { kind: 'page', id: page.replaceAll('-', '') },
    reason: 'board papers',
    ...given,
  });

  it('makes a grant, shows it, logs it in one commit, and removes it', async () => {
    const made = await send('POST', 'grants', admin, deny());
    assert.equal(made.status, 201, made.text);
    assert.deepEqual(made.at('grant.scope'), { kind: 'page', id: page });
    assert.deepEqual((await send('GET', 'grants', admin)).at('grants.0.id'), made.at('grant.id'));
    const entries = await api.log();
    const entry = entries.find(({ operation }) => operation === 'policy.grant_added');
    assert.match(entry?.entry ?? '', /board papers/);
    assert.equal((await send('DELETE', `grants/${made.at('grant.id')}`, admin)).status, 204);
    assert.deepEqual((await send('GET', 'grants', admin)).at('grants'), []);
    assert.equal((await send('DELETE', `grants/${newId('grt')}`, admin)).status, 404);
  });

  it('is closed to those who lack the action, as a denial', async () => {
    const denied = await send('POST', 'grants', viewer, deny());
    assert.equal(denied.status, 403);
    assert.match(denied.text, /grants/);
  });

  it('refuses what makes no sense, and says everything that is wrong', async () => {
    for (const wrong of [
      { actions: ['fly'] },
      { actions: undefined },
      { role: 'editor' },
      { scope: { kind: 'page', id: 'x' } },
      { effect: 'limit', scope: { kind: 'workspace' } },
      { effect: 'allow', properties: ['Salary'] },
      { when: {} },
      { when: { addresses: ['10.0.0.0/33'] } },
      { reason: '' },
      { surprise: true },
    ]) {
      const refused = await send('POST', 'grants', admin, deny(wrong));
      assert.equal(refused.status, 400, JSON.stringify(wrong));
    }
    const unknown = await send('POST', 'grants', admin, deny({ subject: { kind: 'group', name: 'nobody' } }));
    assert.equal(unknown.status, 422);
    assert.match(unknown.text, /names no group/);
  });

  it('puts members and groups into groups, one level deep, without circles', async () => {
    assert.equal((await send('PUT', 'groups/inner', admin, { members: [viewerId] })).status, 200);
    const outer = await send('PUT', 'groups/outer', admin, { members: ['group:inner'] });
    assert.deepEqual(outer.at('group.members'), ['group:inner']);
    assert.equal((await send('PUT', 'groups/inner', admin, { members: ['group:outer'] })).status, 422);
    assert.equal((await send('PUT', 'groups/third', admin, { members: ['group:outer'] })).status, 422);
    assert.equal((await send('PUT', 'groups/inner', admin, { members: ['everyone'] })).status, 422);
    const grant = await send('POST', 'grants', admin, deny({ subject: { kind: 'group', name: 'outer' } }));
    assert.equal(grant.at('grant.subject.name'), 'group:outer');
    assert.equal((await send('DELETE', 'groups/outer', admin)).status, 422);
    assert.equal((await send('DELETE', `grants/${grant.at('grant.id')}`, admin)).status, 204);
    assert.equal((await send('DELETE', 'groups/outer', admin)).status, 204);
  });

  it('makes roles, and keeps the built-in ones as they are', async () => {
    assert.equal((await send('PUT', 'roles/reporter', admin, { actions: ['read', 'comment.read'] })).status, 200);
    assert.equal((await send('PUT', 'roles/admin', admin, { actions: ['read'] })).status, 400);
    const byRole = await send('POST', 'grants', admin, deny({ actions: undefined, role: 'reporter' }));
    assert.equal(byRole.status, 201, byRole.text);
    assert.equal((await send('DELETE', 'roles/reporter', admin)).status, 422);
    assert.equal((await send('DELETE', `grants/${byRole.at('grant.id')}`, admin)).status, 204);
    assert.equal((await send('DELETE', 'roles/reporter', admin)).status, 204);
  });

  describe('rule 8: nobody lets anybody do what they may not give', () => {
    let grantor: string;
    before(async () => {
      const made = await send('PUT', 'roles/grantor', admin, { actions: ['read', 'grants', 'people.read'] });
      assert.equal(made.status, 200);
      const id = await api.people.aMember(workspaceId, 'guest');
      await api.database.system
        .updateTable('membership')
        .set({ role: 'grantor' })
        .where('principal_id', '=', id)
        .execute();
      grantor = await api.cookieOf(id);
    });

    it('by a grant, a joined group, a role, or a deny that goes', async () => {
      const allow = (actions: string[]) => deny({ effect: 'allow', actions });
      assert.equal((await send('POST', 'grants', grantor, allow(['read']))).status, 201);
      const update = await send('POST', 'grants', grantor, allow(['update']));
      assert.equal(update.status, 403);
      assert.match(update.text, /permissions that you do not hold: update\./);

      assert.equal((await send('PUT', 'groups/writers', admin, { members: [] })).status, 200);
      const toWriters = allow(['update']);
      await send('POST', 'grants', admin, { ...toWriters, subject: { kind: 'group', name: 'writers' } });
      assert.equal((await send('PUT', 'groups/writers', grantor, { members: [viewerId] })).status, 403);

      assert.equal(
        (await send('PUT', 'roles/grantor', grantor, { actions: ['read', 'grants', 'delete'] })).status,
        403,
      );

      const denied = await send('POST', 'grants', admin, deny({ actions: ['update'] }));
      assert.equal((await send('DELETE', `grants/${denied.at('grant.id')}`, grantor)).status, 403);
      assert.equal((await send('DELETE', `grants/${denied.at('grant.id')}`, admin)).status, 204);
    });

    it('not even to give back what was taken from oneself', async () => {
      const own = await send('POST', 'grants', admin, deny({ subject: { kind: 'everyone' } }));
      assert.equal((await send('DELETE', `grants/${own.at('grant.id')}`, grantor)).status, 403);
      // One that the viewer has not got already: what is there word for word gives nothing.
      const scope = { kind: 'workspace' };
      assert.equal((await send('POST', 'grants', grantor, deny({ effect: 'allow', scope }))).status, 403);
    });
  });
});
