/** Roles that a workspace makes for itself, wherever a role can stand. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { UserId, WorkspaceId } from '../../src/domain/ids.ts';
import { newId } from '../../src/domain/ids.ts';
import { type AdminApi, openAdminApi } from '../admin-api.ts';

describe('roles that a workspace makes for itself', () => {
  let api: AdminApi;
  let workspace: WorkspaceId;
  let admin: { cookie: string };
  before(async () => {
    api = await openAdminApi();
    workspace = await api.people.aWorkspace();
    admin = { cookie: await api.cookieOf(await api.people.aMember(workspace, 'admin')) };
    const role = { workspace_id: workspace, name: 'desk', actions: ['people.read', 'members'] };
    await api.database.system.insertInto('policy_role').values(role).execute();
  });
  after(() => api.close());

  const here = (rest: string) => `/api/workspaces/${workspace}${rest}`;

  async function aMemberOfDesk(): Promise<UserId> {
    const id = await api.people.aMember(workspace, 'viewer');
    const set = await api.send('PATCH', here(`/members/${id}`), { ...admin, body: { role: 'desk' } });
    assert.equal(set.at('member.role'), 'desk');
    return id;
  }

  it('decide what their members may do, from the next call on', async () => {
    const id = await api.people.aMember(workspace, 'guest');
    const browser = { cookie: await api.cookieOf(id) };
    assert.equal((await api.send('GET', here('/members'), browser)).status, 403);
    await api.send('PATCH', here(`/members/${id}`), { ...admin, body: { role: 'desk' } });
    assert.equal((await api.send('GET', here('/members'), browser)).status, 200);
    assert.deepEqual((await api.send('GET', here(''), browser)).at('actions'), ['people.read', 'members']);
  });

  it('rule 8: give no more than their author holds', async () => {
    const desk = { cookie: await api.cookieOf(await aMemberOfDesk()) };
    const other = await api.people.aMember(workspace, 'guest');
    const toViewer = await api.send('PATCH', here(`/members/${other}`), { ...desk, body: { role: 'viewer' } });
    assert.equal(toViewer.status, 403);
    assert.deepEqual(toViewer.at('additionalData.missing_actions'), ['read', 'comment.read', 'file.read']);
    const toDesk = await api.send('PATCH', here(`/members/${other}`), { ...desk, body: { role: 'desk' } });
    assert.equal(toDesk.status, 200);
  });

  it('can be those of agents, of invitations and of keys', async () => {
    const agent = await api.send('POST', here('/agents'), { ...admin, body: { name: 'bot', role: 'desk' } });
    assert.equal(agent.at('member.role'), 'desk');
    const invited = { email: 'new@acme.test', role: 'desk' };
    const invitation = await api.send('POST', here('/invitations'), { ...admin, body: invited });
    assert.equal(invitation.at('invitation.role'), 'desk');
    const key = await api.send('POST', here('/keys'), { ...admin, body: { name: 'k', limitTo: 'desk' } });
    assert.deepEqual(key.at('key.ceiling'), ['people.read', 'members']);
  });

  it('are none elsewhere, and a role that nobody made is refused', async () => {
    const elsewhere = await api.people.aWorkspace();
    const other = { cookie: await api.cookieOf(await api.people.aMember(elsewhere, 'admin')) };
    const member = await api.people.aMember(elsewhere, 'guest');
    const path = `/api/workspaces/${elsewhere}/members/${member}`;
    const refused = await api.send('PATCH', path, { ...other, body: { role: 'desk' } });
    assert.equal(refused.status, 400);
    assert.match(String(refused.at('detail')), /no role "desk"/);
    assert.equal((await api.send('PATCH', path, { ...other, body: { role: 'Desk!' } })).status, 400);
  });

  it('a grant of administrative actions counts as a role does', async () => {
    const id = await api.people.aMember(workspace, 'guest');
    const browser = { cookie: await api.cookieOf(id) };
    const grant = {
      ...({ id: newId('grt'), workspace_id: workspace, effect: 'allow', principal_id: id, group_id: null } as const),
      ...{ actions: ['members', 'people.read'], role: null, scopes: '[{"kind":"workspace"}]', conditions: null },
      ...{ properties: null, reason: 'looks after people', created_by: null },
    };
    await api.database.system.insertInto('policy_grant').values(grant).execute();
    const listed = await api.send('GET', here('/members'), browser);
    assert.equal(listed.status, 200);
    const guest = await api.people.aMember(workspace, 'viewer');
    const removed = await api.send('DELETE', here(`/members/${guest}`), browser);
    assert.equal(removed.status, 204, removed.text);
  });
});
