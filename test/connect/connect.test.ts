import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { pathOf } from './browser.ts';
import { type Connecting, startConnecting } from './connecting.ts';
import { assertPage, connectNew, requestsTo, rowsOf } from './connecting-steps.ts';

describe('connecting a workspace', () => {
  let at: Connecting;
  before(async () => {
    at = await startConnecting();
  });
  beforeEach(() => at.startOver());
  after(() => at.close());

  it('makes the person who connects a new workspace its admin, and sends them to it', async () => {
    const ada = await connectNew(at);
    const { workspaces, connections } = await rowsOf(at);
    assert.equal(workspaces[0]?.id, ada.workspaceId);
    assert.ok(workspaces[0]?.confirmed_at);
    assert.equal(connections[0]?.status, 'active');
    const membership = await at.database.system.selectFrom('membership').selectAll().executeTakeFirstOrThrow();
    assert.deepEqual([membership.principal_id, membership.role], [ada.id, 'admin']);
    const { token, origin } = await at.tokens.accessToken(ada.workspaceId, connections[0]?.id ?? 'con_');
    assert.equal(origin, at.emulator.url);
    assert.equal((await at.control.tokenOwner({ token }))?.botId, connections[0]?.bot_id);
  });

  it('rule 2: a connection by REST OAuth is for the members of its workspace', async () => {
    await connectNew(at);
    assert.equal((await rowsOf(at)).connections[0]?.audience, 'members');
  });

  describe('reconnecting', () => {
    it('keeps the old tokens in use until the new ones are confirmed, and then only the new ones', async () => {
      const ada = await connectNew(at);
      const [before] = (await rowsOf(at)).connections;
      assert.ok(before);
      const reached = await ada.browser.reach(ada.workspaceId);
      assertPage(await ada.browser.get(pathOf(reached.location)), 200, 'Reconnect this workspace?');
      const [meanwhile] = (await rowsOf(at)).connections;
      assert.deepEqual([meanwhile?.status, meanwhile?.generation], ['active', 1]);
      assert.ok(await at.tokens.accessToken(ada.workspaceId, before.id));
      assert.equal((await ada.browser.answer(reached)).status, 303);
      const { connections, secrets } = await rowsOf(at);
      assert.deepEqual([connections.length, connections[0]?.id, connections[0]?.generation], [1, before.id, 2]);
      assert.deepEqual(
        secrets.map(secret => secret.generation),
        [2, 2],
      );
      assert.ok(await at.tokens.accessToken(ada.workspaceId, before.id));
    });

    it('A25: moves the time of consent, not the time of creation, and use is neither', async () => {
      const ada = await connectNew(at);
      const [before] = (await rowsOf(at)).connections;
      await ada.browser.answer(await ada.browser.reach(ada.workspaceId));
      const [after] = (await rowsOf(at)).connections;
      assert.deepEqual(after?.created_at, before?.created_at);
      assert.ok((after?.authorized_at ?? 0) > (before?.authorized_at ?? 0));
      assert.equal(after?.last_used_at, null);
    });

    it('gives the new tokens up when it is cancelled, and revokes nothing', async () => {
      const ada = await connectNew(at);
      const cancelled = await ada.browser.answer(await ada.browser.reach(ada.workspaceId), 'cancel');
      assert.equal(new URL(cancelled.location).pathname, '/workspaces');
      await at.upkeep.doJobs();
      assert.deepEqual(await requestsTo(at, '/v1/oauth/revoke'), []);
      const { connections, secrets } = await rowsOf(at);
      assert.deepEqual([connections[0]?.status, connections[0]?.generation], ['active', 1]);
      assert.deepEqual(
        secrets.map(secret => secret.generation),
        [1, 1],
      );
    });

    it('makes a connection work again that Notion had ended', async () => {
      const ada = await connectNew(at);
      const [connection] = (await rowsOf(at)).connections;
      assert.ok(connection);
      await at.control.revoke({ botId: connection.bot_id });
      const { token: ended } = await at.tokens.accessToken(ada.workspaceId, connection.id);
      assert.equal(await at.tokens.reportUnauthorized(ada.workspaceId, connection.id, ended), 'ended');
      assert.equal((await ada.browser.answer(await ada.browser.reach(ada.workspaceId))).status, 303);
      const { token } = await at.tokens.accessToken(ada.workspaceId, connection.id);
      assert.equal((await at.control.tokenOwner({ token }))?.botId, connection.bot_id);
    });

    it('asks before it adds a connection when another person at Notion gives access', async () => {
      const ada = await connectNew(at);
      const eli = at.emulator.people[1]?.id ?? '';
      const reached = await ada.browser.reach(ada.workspaceId, { personId: eli });
      const page = await ada.browser.get(pathOf(reached.location));
      assertPage(page, 200, 'Add another connection to this workspace?');
      assert.ok(page.text.includes('1 other connection, which stays as it is'));
      assert.equal((await ada.browser.answer(reached)).status, 303);
      const { connections } = await rowsOf(at);
      assert.deepEqual(
        connections.map(one => one.status),
        ['active', 'active'],
      );
      assert.notEqual(connections[0]?.bot_id, connections[1]?.bot_id);
    });
  });

  it('A11 and A12: logs the start, the callback and the confirmation, with the workspace and the bot id', async () => {
    const ada = await connectNew(at);
    assert.deepEqual(
      at.log.filter(line => !line.startsWith('connect.review')),
      [
        'connect.start allow deployment_right',
        'connect.finish allow deployment_right',
        'connect.confirm allow deployment_right',
      ],
    );
    const [event] = at.events;
    const { connections } = await rowsOf(at);
    assert.equal(event?.name, 'workspace_authorized');
    assert.equal(event?.workspaceId, ada.workspaceId);
    assert.equal(event?.detail.botId, connections[0]?.bot_id);
    assert.equal(event?.detail.notionWorkspaceId, at.emulator.workspaceId);
  });

  it('A28: the authorize URL has exactly what Notion documents', async () => {
    const ada = await at.aPerson();
    const url = await ada.browser.start();
    assert.equal(url.origin + url.pathname, `${at.emulator.url}/v1/oauth/authorize`);
    assert.deepEqual([...url.searchParams.keys()].sort(), [
      'client_id',
      'owner',
      'redirect_uri',
      'response_type',
      'state',
    ]);
    assert.equal(url.searchParams.get('owner'), 'user');
  });

  it('rule 26: makes absolute addresses from the public URL alone', async () => {
    const ada = await at.aPerson();
    const url = await ada.browser.start();
    assert.equal(url.searchParams.get('redirect_uri'), `${at.url}/auth/notion/callback`);
    const port = new URL(at.url).port;
    const response = await fetch(`http://localhost:${port}/auth/notion?return=https://evil.example`, {
      redirect: 'manual',
    });
    assert.equal(response.headers.get('location'), `${at.url}/auth/notion?sent=1`);
  });

  it('rule 27: shows titles from Notion as text', async () => {
    const ada = await at.aPerson();
    const reached = await ada.browser.reach();
    const name = `<img src=x onerror=alert(1)>"'&`;
    await at.database.system.updateTable('workspace').set({ name }).execute();
    const { text } = await ada.browser.get(pathOf(reached.location));
    assert.ok(text.includes('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;'));
    assert.ok(!text.includes('<img'));
  });
});
