import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { WorkspaceId } from '../../src/domain/ids.ts';
import { minuteMs } from '../../src/domain/units.ts';
import {
  aConnection,
  anEvent,
  type Hearing,
  post,
  startHearing,
  subscriptionRequests,
  type Tenant,
} from './hearing.ts';

describe('a webhook subscription of the deployment', () => {
  let hearing: Hearing;
  let other: Tenant;
  let url: string;
  let token: string;
  let id: string;
  before(async () => {
    hearing = await startHearing();
    other = await hearing.another();
  });
  after(() => hearing.close());
  beforeEach(async () => {
    ({ url, token, id } = await hearing.listening(hearing.deployment));
    const { system } = hearing.api.people.database;
    await system.deleteFrom('page_change').execute();
  });
  afterEach(() => hearing.deployment.ask('DELETE', path()));

  const path = (more = '') => `${hearing.deployment.path}/${id}${more}`;
  const send = (event: object) => post(url, JSON.stringify(event), { token });
  const eventOf = (tenant: Pick<Tenant, 'notionWorkspaceId'>, given: Record<string, unknown> = {}) =>
    anEvent({ notionWorkspaceId: tenant.notionWorkspaceId, clientId: hearing.clientId }, given);
  const changes = async () => {
    const query = hearing.api.people.database.system.selectFrom('page_change').selectAll();
    return (await query.execute()).map(row => `${row.workspace_id} ${row.notion_id}`).sort();
  };
  const logOf = async (workspaceId: WorkspaceId | null) =>
    (await hearing.logOf(workspaceId)).filter(({ detail }) => detail.subscription === id);
  const state = async () => {
    const listed = await hearing.deployment.ask('GET', hearing.deployment.path);
    return (listed.at('subscriptions') as { id: string; state: string }[]).find(one => one.id === id)?.state;
  };
  const tenants = () => [hearing, other];
  const systemOf = () => hearing.api.people.database.system;

  it('tells each workspace of its own, in its own log, and nobody else', async () => {
    for (const tenant of tenants()) {
      const event = eventOf(tenant);
      assert.equal(await send(event), 200);
      assert.equal((await changes()).includes(`${tenant.workspaceId} ${event.entity.id}`), true);
      const entries = (await logOf(tenant.workspaceId)).map(({ detail }) => `${detail.effect} ${detail.object}`);
      assert.deepEqual(entries, [`page_changed ${event.entity.id}`]);
    }
    assert.equal((await changes()).length, 2);
    const operations = (await logOf(null)).map(({ operation }) => operation);
    assert.deepEqual(operations, ['webhook.created', 'webhook.handshake', 'webhook.token_shown']);
    assert.equal(await state(), 'confirmed');
  });

  it('takes an event once in each workspace, and what one has taken is not taken from another', async () => {
    const sameId = randomUUID();
    const events = tenants().map(tenant => eventOf(tenant, { id: sameId }));
    for (const event of [...events, ...events]) assert.equal(await send(event), 200);
    for (const tenant of tenants()) assert.equal((await logOf(tenant.workspaceId)).length, 1);
    assert.equal((await changes()).length, 2);
  });

  it('passes over workspaces that nobody connected, counted in the log of the deployment alone', async () => {
    const before = (await hearing.api.log()).length;
    for (let i = 0; i < 10; i++) assert.equal(await send(eventOf({ notionWorkspaceId: randomUUID() })), 200);
    hearing.api.people.clock.advance(minuteMs);
    assert.equal(await send(eventOf({ notionWorkspaceId: randomUUID() })), 200);
    const passed = (await logOf(null)).filter(({ operation }) => operation === 'webhook.passed_over');
    assert.deepEqual(
      passed.map(({ detail }) => detail.count),
      [1, 9, 1],
    );
    assert.equal((await hearing.api.log()).length - before, 3);
    assert.deepEqual(await changes(), []);
    assert.equal(await state(), 'shown', 'such an event confirms nothing');
  });

  it('passes over a workspace without a living connection of this integration', async () => {
    const { people } = hearing.api;
    const of = { oauth_client_id: hearing.clientId };
    const theirs = [
      { ...of, status: 'pending' },
      { ...of, status: 'revoking' },
      { ...of, status: 'revoked' },
      { ...of, kind: 'mcp' },
      { oauth_client_id: null, kind: 'internal' },
      { oauth_client_id: randomUUID() },
    ] as const;
    for (const given of theirs) {
      const workspaceId = await people.aWorkspace();
      const connectedBy = await people.aMember(workspaceId, 'admin');
      await systemOf()
        .insertInto('connection')
        .values(aConnection({ workspace_id: workspaceId, connected_by: connectedBy, ...given }))
        .execute();
      const query = systemOf().selectFrom('workspace').select('notion_workspace_id').where('id', '=', workspaceId);
      const { notion_workspace_id: notionWorkspaceId } = await query.executeTakeFirstOrThrow();
      assert.equal(await send(eventOf({ notionWorkspaceId })), 200);
      assert.deepEqual(await hearing.logOf(workspaceId), [], JSON.stringify(given));
    }
    assert.deepEqual(await changes(), []);
  });

  it('keeps its token sealed under a key of the deployment, and the database takes no other for it', async () => {
    const query = systemOf()
      .selectFrom('webhook_subscription')
      .selectAll()
      .where('id', '=', id as `whs_${string}`);
    const stored = await query.executeTakeFirstOrThrow();
    assert.deepEqual([stored.workspace_id, stored.kid], [null, 'deployment']);
    assert.ok(!JSON.stringify(stored).includes(token));
    const giveAway = systemOf()
      .updateTable('webhook_subscription')
      .set({ workspace_id: hearing.workspaceId })
      .where('id', '=', stored.id);
    await assert.rejects(giveAway.execute(), /violates (check|foreign key) constraint/);
  });

  it('may be named by nobody but those who may connect new workspaces; an API key is no such', async () => {
    const { people } = hearing.api;
    const admin = await people.aUser({ rights: ['connect'] });
    await people.join(hearing.workspaceId, admin, 'admin');
    const cookie = await hearing.api.cookieOf(admin);
    const made = await hearing.api.send('POST', `/api/workspaces/${hearing.workspaceId}/keys`, {
      cookie,
      body: { name: 'mine' },
    });
    const key = String(made.at('secret') ?? made.at('key'));
    assert.match(key, /pcl_/, made.text);
    const routes = [
      ['GET', hearing.deployment.path],
      ['POST', hearing.deployment.path],
      ...subscriptionRequests.map(([method, more]) => [method, path(more)] as const),
    ] as const;
    for (const [method, at] of routes) {
      assert.equal((await hearing.asAdmin(method, at)).status, 403, `an admin of a workspace: ${method} ${at}`);
      assert.equal((await hearing.api.send(method, at, { key })).status, 403, `a key: ${method} ${at}`);
    }
    assert.equal((await hearing.api.send('GET', hearing.deployment.path, { cookie })).status, 200);
  });

  it('is not to be found among those of a workspace, nor they among those of the deployment', async () => {
    const ours = await hearing.listening();
    const inWorkspace = `/api/workspaces/${hearing.workspaceId}/webhooks`;
    for (const [method, more] of subscriptionRequests) {
      assert.equal((await hearing.asAdmin(method, `${inWorkspace}/${id}${more}`)).status, 404, `${method} ${more}`);
      const theirs = `${hearing.deployment.path}/${ours.id}${more}`;
      assert.equal((await hearing.deployment.ask(method, theirs)).status, 404, `${method} ${more}`);
    }
    const idsAt = (reply: { at(path: string): unknown }) =>
      (reply.at('subscriptions') as { id: string }[]).map(one => one.id);
    assert.equal(idsAt(await hearing.asAdmin('GET', inWorkspace)).includes(id), false);
    assert.deepEqual(idsAt(await hearing.deployment.ask('GET', hearing.deployment.path)), [id]);
    await hearing.asAdmin('DELETE', `${inWorkspace}/${ours.id}`);
  });

  it('keeps aside what it does not understand, without saying where it happened', async () => {
    const event = eventOf(other, { type: 'page.teleported' });
    await send(event);
    const kept = await hearing.deployment.ask('GET', path('/kept-aside'));
    assert.equal(kept.at('events.0.type'), 'page.teleported');
    assert.equal(kept.at('events.0.entity'), null);
    assert.ok(!kept.text.includes(event.entity.id));
  });

  it('starts over after a reset, and is gone when removed, with what it remembered', async () => {
    await send(eventOf(other));
    const renewed = await hearing.deployment.ask('POST', path('/reset'));
    assert.equal(renewed.at('state'), 'waiting');
    assert.equal(await send(eventOf(other)), 401);
    assert.equal((await hearing.deployment.ask('DELETE', path())).status, 204);
    const left = await systemOf()
      .selectFrom('webhook_event')
      .selectAll()
      .where('subscription_id', '=', id as 'whs_')
      .execute();
    assert.deepEqual(left, []);
  });
});

describe('a webhook subscription of a workspace', () => {
  let hearing: Hearing;
  before(async () => {
    hearing = await startHearing();
  });
  after(() => hearing.close());

  it('may be of an internal integration, whose name nobody here can know', async () => {
    const { people } = hearing.api;
    const { url, token, id } = await hearing.listening();
    const event = anEvent(hearing, { integration_id: randomUUID() });
    const entries = async () =>
      (await hearing.logOf(hearing.workspaceId)).filter(({ operation }) => operation === 'webhook.event');
    assert.equal(await post(url, JSON.stringify(event), { token }), 200);
    assert.deepEqual(await entries(), []);
    const connectedBy = await people.aMember(hearing.workspaceId, 'admin');
    const of = { workspace_id: hearing.workspaceId, connected_by: connectedBy, oauth_client_id: null };
    await people.database.system
      .insertInto('connection')
      .values(aConnection({ ...of, kind: 'internal' }))
      .execute();
    assert.equal(await post(url, JSON.stringify(event), { token }), 200);
    assert.deepEqual(
      (await entries()).map(({ detail }) => detail.subscription),
      [id],
    );
  });
});
