/** Rule 8 for what is no change of the policy itself: members, invitations, links and keys, by place. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AgentId, UserId, WorkspaceId } from '../../src/domain/ids.ts';
import { type AdminApi, openAdminApi } from '../admin-api.ts';
import { signedIn } from '../people.ts';

const page = '11111111-1111-4111-8111-111111111111';
const other = '22222222-2222-4222-8222-222222222222';

describe('rule 8: nobody gives by way of a member what they do not hold in some place', () => {
  let api: AdminApi;
  let workspace: WorkspaceId;
  let admin: string;
  let managerId: UserId;
  let manager: string;
  let bot: AgentId;
  before(async () => {
    api = await openAdminApi();
    workspace = await api.people.aWorkspace();
    const ada = await api.people.aMember(workspace, 'admin');
    admin = await api.cookieOf(ada);
    const role = ['members', 'people.read', 'read', 'file.read', 'comment.read'];
    await send('PUT', '/roles/manager', admin, { actions: role });
    managerId = await api.people.aMember(workspace, 'guest');
    await send('PATCH', `/members/${managerId}`, admin, { role: 'manager' });
    manager = await api.cookieOf(managerId);
    const made = await api.accounts.agents.create(signedIn(ada), workspace, { name: 'bot', role: 'viewer' });
    bot = made.principalId as AgentId;
  });
  after(() => api.close());

  const send = (method: string, path: string, cookie: string, body?: unknown) =>
    api.send(method, `/api/workspaces/${workspace}${path}`, { cookie, ...(body !== undefined && { body }) });
  const grant = async (body: object) => {
    const made = await send('POST', '/grants', admin, { reason: 'test', ...body });
    assert.equal(made.status, 201, made.text);
    return async () => void (await send('DELETE', `/grants/${made.at('grant.id')}`, admin));
  };
  const on = (id: string) => ({ kind: 'page', id });
  const aGuest = () => api.people.aMember(workspace, 'guest');
  /** What the manager tries: each attempt gives a principal the role of a viewer, or a way to become such a member. */
  const attempts = async (): Promise<[string, string, string, unknown][]> => [
    ['role', 'PATCH', `/members/${await aGuest()}`, { role: 'viewer' }],
    ['invitation', 'POST', '/invitations', { email: `${Math.random()}@acme.test`, role: 'viewer' }],
    ['agent', 'POST', '/agents', { name: 'one more', role: 'viewer' }],
    ['link', 'POST', `/members/${await api.people.aMember(workspace, 'viewer')}/sign-in-link`, {}],
  ];

  it('a role, an invitation, an agent and a link, as long as no page is kept from their author', async () => {
    for (const [name, method, path, body] of await attempts()) {
      const made = await send(method, path, manager, body);
      assert.ok(made.status < 300, `${name}: ${made.text}`);
    }
    const remove = await grant({
      effect: 'deny',
      subject: { kind: 'user', id: managerId },
      actions: ['read'],
      scope: on(page),
    });
    for (const [name, method, path, body] of await attempts()) {
      const refused = await send(method, path, manager, body);
      assert.equal(refused.status, 403, name);
      assert.deepEqual(refused.at('additionalData.missing_actions'), ['read'], name);
    }
    await remove();
  });

  it('a membership that comes with grants for everyone', async () => {
    const remove = await grant({
      effect: 'allow',
      subject: { kind: 'everyone' },
      actions: ['update'],
      scope: on(other),
    });
    const held = await send('POST', '/agents', manager, { name: 'with everyone', role: 'guest' });
    assert.equal(held.status, 201, 'the author is a member, and has it too');
    await remove();
    const own = await grant({
      effect: 'allow',
      subject: { kind: 'agent', id: bot },
      actions: ['update'],
      scope: on(other),
    });
    const key = await send('POST', '/keys', manager, { name: 'k', principalId: bot, limitTo: ['update'] });
    assert.equal(key.status, 403, 'the agent may update there, and its manager may not');
    assert.equal(
      (await send('POST', '/keys', manager, { name: 'k', principalId: bot, limitTo: ['read'] })).status,
      201,
    );
    await own();
  });

  it('rule 11: a key within the pages of the key that makes it, and no further', async () => {
    const limitTo = { actions: ['read', 'members'], under: [page.replaceAll('-', '')] };
    const made = await send('POST', '/keys', admin, { name: 'narrow', limitTo });
    assert.deepEqual(made.at('key.under'), [page]);
    const key = String(made.at('secret'));
    const mint = (limit: object | undefined) =>
      api.send('POST', `/api/workspaces/${workspace}/keys`, { key, body: { name: 'child', limitTo: limit } });
    assert.deepEqual((await mint({ actions: ['read'] })).at('key.under'), [page], 'it is inherited');
    assert.equal((await mint({ actions: ['read'], under: [page] })).status, 201);
    const wider = await mint({ actions: ['read'], under: [page, other] });
    assert.equal(wider.status, 403);
    assert.match(String(wider.at('detail')), /limited to some pages/);
    assert.equal((await send('POST', '/keys', admin, { name: 'k', limitTo: { under: ['nope'] } })).status, 400);
    assert.equal((await send('POST', '/keys', admin, { name: 'k', limitTo: { under: [] } })).status, 400);
    const listed = await send('GET', '/keys', admin);
    assert.ok((listed.at('keys') as { under: unknown }[]).some(({ under }) => JSON.stringify(under) === `["${page}"]`));
  });
});
