import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { uuidNamed } from '../../emulator/identifiers.ts';
import type { WorkspaceId } from '../../src/domain/ids.ts';
import { formOf, pathOf, type Shown, titleOf } from './browser.ts';
import { type Connecting, startConnecting } from './connecting.ts';

const globex = uuidNamed('globex/workspace');

describe('connecting a workspace', () => {
  let at: Connecting;
  beforeEach(async () => {
    at = await startConnecting();
  });
  afterEach(() => at.close());

  const rows = async () => ({
    workspaces: await at.database.system.selectFrom('workspace').selectAll().execute(),
    connections: await at.database.system.selectFrom('connection').selectAll().execute(),
    secrets: await at.database.system.selectFrom('connection_secret').selectAll().execute(),
  });

  const requestsTo = async (path: string) =>
    (await at.control.requests()).filter(request => request.path === path && request.method === 'POST');

  /** Somebody with a workspace of their own. */
  async function connected(given: { workspaceId?: string; personId?: string } = {}) {
    const person = await at.aPerson();
    const done = await person.browser.answer(await person.browser.reach(null, given));
    assert.equal(done.status, 303, done.text);
    const workspaceId = new URL(done.location).pathname.split('/').at(-1) as WorkspaceId;
    return { ...person, workspaceId };
  }

  const assertPage = (shown: Shown, status: number, title: string) => {
    assert.equal(shown.status, status, shown.text);
    assert.equal(titleOf(shown), title);
  };

  const invalid = 'This attempt is no longer valid';

  it('makes whoever connects a new workspace its admin, and sends them to it', async () => {
    const ada = await connected();
    const { workspaces, connections } = await rows();
    assert.equal(workspaces[0]?.id, ada.workspaceId);
    assert.ok(workspaces[0]?.confirmed_at);
    assert.equal(connections[0]?.status, 'active');
    const membership = await at.database.system.selectFrom('membership').selectAll().executeTakeFirstOrThrow();
    assert.deepEqual([membership.principal_id, membership.role], [ada.id, 'admin']);
    const { token, origin } = await at.tokens.accessToken(ada.workspaceId, connections[0]?.id ?? 'con_');
    assert.equal(origin, at.emulator.url);
    assert.equal((await at.control.tokenOwner({ token }))?.botId, connections[0]?.bot_id);
  });

  describe('rule 1: an attempt names its target, and nothing is merged', () => {
    it('rule 1: stays pending, without members, until the same session confirms', async () => {
      const ada = await at.aPerson();
      const reached = await ada.browser.reach();
      const { workspaces, connections } = await rows();
      assert.equal(connections[0]?.status, 'pending');
      assert.equal(workspaces[0]?.confirmed_at, null);
      assert.deepEqual(await at.database.system.selectFrom('membership').selectAll().execute(), []);
      const [connection] = connections;
      assert.ok(connection);
      await assert.rejects(at.tokens.accessToken(connection.workspace_id, connection.id), { code: 'no_connection' });
      assertPage(await ada.browser.get(pathOf(reached.location)), 200, 'Connect this workspace?');
    });

    it('rule 1: names the workspace, its admins and who will use it', async () => {
      const ada = await connected();
      const page = await ada.browser.get(pathOf((await ada.browser.reach(ada.workspaceId)).location));
      for (const text of ['Acme', 'Ada Admin', `${ada.id}@example.test`, 'Every member of the workspace (now 1)']) {
        assert.ok(page.text.includes(text), text);
      }
    });

    it('rule 1: only the session that began can confirm or cancel', async () => {
      const ada = await at.aPerson();
      const reached = await ada.browser.reach();
      const other = at.anotherBrowser(ada.id);
      assertPage(await other.get(pathOf(reached.location)), 400, 'There is nothing to confirm');
      const { text } = await ada.browser.get(pathOf(reached.location));
      const token = /name="token" value="([^"]+)"/.exec(text)?.[1] ?? '';
      const connection = new URL(reached.location).searchParams.get('connection') ?? '';
      for (const answer of ['confirm', 'cancel']) {
        assertPage(
          await other.post('/auth/notion/confirm', { connection, token, answer }),
          400,
          'This was not sent by our page',
        );
      }
      const mallory = await at.aPerson();
      assertPage(await mallory.browser.get(pathOf(reached.location)), 400, 'There is nothing to confirm');
      assert.equal((await rows()).connections[0]?.status, 'pending');
    });

    it('rule 1: confirms once, and pressing the button twice changes nothing', async () => {
      const ada = await at.aPerson();
      const reached = await ada.browser.reach();
      const { text } = await ada.browser.get(pathOf(reached.location));
      const form = { ...formOf(text), answer: 'confirm' };
      const answers = await Promise.all([1, 2].map(() => ada.browser.post('/auth/notion/confirm', form)));
      assert.deepEqual(
        answers.map(answer => answer.status),
        [303, 303],
      );
      assert.equal(answers[0]?.location, answers[1]?.location);
      assert.equal(at.events.filter(event => event.name === 'workspace_authorized').length, 1);
    });

    it('rule 1: refuses a callback for a known workspace, tells its admins, and leaves its tokens alone', async () => {
      const ada = await connected();
      const before = await rows();
      const mallory = await at.aPerson();
      assertPage(await mallory.browser.reach(), 409, 'This workspace is connected already');
      assert.deepEqual(await rows(), before);
      const told = at.events.at(-1);
      assert.deepEqual(
        [told?.name, told?.workspaceId, told?.principalId],
        ['connect.already_known', ada.workspaceId, mallory.id],
      );
      // Notion gave the same person the same installation: revoking it would end the connection of others.
      assert.equal(told?.detail.upstream, 'kept');
      await at.jobs.runDue();
      assert.deepEqual(await requestsTo('/v1/oauth/revoke'), []);
      const [connection] = before.connections;
      assert.ok(connection);
      const { token } = await at.tokens.accessToken(ada.workspaceId, connection.id);
      assert.ok(await at.control.tokenOwner({ token }));
    });

    it('rule 1: revokes the discarded tokens when no stored connection has their bot id', async () => {
      const ada = await connected();
      const mallory = await at.aPerson();
      const eli = at.emulator.people[1]?.id ?? '';
      assertPage(await mallory.browser.reach(null, { personId: eli }), 409, 'This workspace is connected already');
      assert.equal(at.events.at(-1)?.detail.upstream, 'revoking');
      await at.jobs.runDue();
      const installations = await at.control.installations();
      const discarded = installations.find(
        one => one.botId === at.events.find(event => event.detail.upstream === 'revoking')?.detail.botId,
      );
      assert.equal(discarded?.revoked, true);
      const { connections } = await rows();
      assert.equal(installations.find(one => one.botId === connections[0]?.bot_id)?.revoked, false);
      assert.equal(connections[0]?.workspace_id, ada.workspaceId);
      const revocations = at.database.system.selectFrom('job').selectAll().where('kind', '=', 'revoke_token');
      const jobs = await revocations.execute();
      assert.deepEqual(
        jobs.map(job => job.payload),
        [{}],
      );
    });

    it('rule 1: refuses another workspace than the one to be reconnected, and stores nothing', async () => {
      const ada = await connected();
      const before = await rows();
      const shown = await ada.browser.reach(ada.workspaceId, { workspaceId: globex });
      assertPage(shown, 409, 'That was another workspace');
      assert.deepEqual(await rows(), before);
      assert.equal(at.events.at(-1)?.name, 'connect.workspace_mismatch');
      await at.jobs.runDue();
      assert.equal((await requestsTo('/v1/oauth/revoke')).length, 1);
    });

    it('rule 1: of two people who connect the same new workspace at once, one does', async () => {
      const [ada, bob] = [await at.aPerson(), await at.aPerson()];
      const paths = [
        await ada.browser.consent(await ada.browser.start()),
        await bob.browser.consent(await bob.browser.start()),
      ] as const;
      const shown = await Promise.all([ada.browser.get(paths[0]), bob.browser.get(paths[1])]);
      assert.deepEqual(shown.map(one => one.status).sort(), [303, 409]);
      assert.equal((await rows()).workspaces.length, 1);
    });

    it('goes on with what the same person left unconfirmed', async () => {
      const ada = await at.aPerson();
      const left = await ada.browser.reach();
      const done = await ada.browser.answer(await ada.browser.reach());
      assert.equal(done.status, 303, done.text);
      const { workspaces, connections, secrets } = await rows();
      assert.deepEqual([workspaces.length, connections.length, connections[0]?.status], [1, 1, 'active']);
      assert.deepEqual([...new Set(secrets.map(secret => secret.generation))], [connections[0]?.generation]);
      assert.equal(pathOf(left.location).split('=')[1], connections[0]?.id);
    });

    it('connects two workspaces with the same name side by side', async () => {
      await connected();
      await connected({ workspaceId: uuidNamed('other-acme/workspace') });
      const { workspaces } = await rows();
      assert.deepEqual(
        workspaces.map(workspace => workspace.name),
        ['Acme', 'Acme'],
      );
    });
  });

  it('rule 2: a connection by REST OAuth is for the members of its workspace', async () => {
    await connected();
    assert.equal((await rows()).connections[0]?.audience, 'members');
  });

  describe('reconnecting', () => {
    it('keeps the old tokens in use until the new ones are confirmed, and then only the new ones', async () => {
      const ada = await connected();
      const [before] = (await rows()).connections;
      assert.ok(before);
      const reached = await ada.browser.reach(ada.workspaceId);
      assertPage(await ada.browser.get(pathOf(reached.location)), 200, 'Reconnect this workspace?');
      const [meanwhile] = (await rows()).connections;
      assert.deepEqual([meanwhile?.status, meanwhile?.generation], ['active', 1]);
      assert.ok(await at.tokens.accessToken(ada.workspaceId, before.id));
      assert.equal((await ada.browser.answer(reached)).status, 303);
      const { connections, secrets } = await rows();
      assert.deepEqual([connections.length, connections[0]?.id, connections[0]?.generation], [1, before.id, 2]);
      assert.deepEqual(
        secrets.map(secret => secret.generation),
        [2, 2],
      );
      assert.ok(await at.tokens.accessToken(ada.workspaceId, before.id));
    });

    it('A25: moves the time of consent, not the time of creation, and use is neither', async () => {
      const ada = await connected();
      const [before] = (await rows()).connections;
      await ada.browser.answer(await ada.browser.reach(ada.workspaceId));
      const [after] = (await rows()).connections;
      assert.deepEqual(after?.created_at, before?.created_at);
      assert.ok((after?.authorized_at ?? 0) > (before?.authorized_at ?? 0));
      assert.equal(after?.last_used_at, null);
    });

    it('gives the new tokens up when it is cancelled, and revokes nothing', async () => {
      const ada = await connected();
      const cancelled = await ada.browser.answer(await ada.browser.reach(ada.workspaceId), 'cancel');
      assert.equal(new URL(cancelled.location).pathname, '/workspaces');
      await at.jobs.runDue();
      assert.deepEqual(await requestsTo('/v1/oauth/revoke'), []);
      const { connections, secrets } = await rows();
      assert.deepEqual([connections[0]?.status, connections[0]?.generation], ['active', 1]);
      assert.deepEqual(
        secrets.map(secret => secret.generation),
        [1, 1],
      );
    });

    it('makes a connection work again that Notion had ended', async () => {
      const ada = await connected();
      const [connection] = (await rows()).connections;
      assert.ok(connection);
      await at.control.revoke({ botId: connection.bot_id });
      await at.tokens.accessToken(ada.workspaceId, connection.id);
      assert.equal(await at.tokens.reportUnauthorized(ada.workspaceId, connection.id), 'dead');
      assert.equal((await ada.browser.answer(await ada.browser.reach(ada.workspaceId))).status, 303);
      const { token } = await at.tokens.accessToken(ada.workspaceId, connection.id);
      assert.equal((await at.control.tokenOwner({ token }))?.botId, connection.bot_id);
    });

    it('asks before it adds a connection when another person at Notion gives access', async () => {
      const ada = await connected();
      const eli = at.emulator.people[1]?.id ?? '';
      const reached = await ada.browser.reach(ada.workspaceId, { personId: eli });
      const page = await ada.browser.get(pathOf(reached.location));
      assertPage(page, 200, 'Add another connection to this workspace?');
      assert.ok(page.text.includes('1 other connection, which stays as it is'));
      assert.equal((await ada.browser.answer(reached)).status, 303);
      const { connections } = await rows();
      assert.deepEqual(
        connections.map(one => one.status),
        ['active', 'active'],
      );
      assert.notEqual(connections[0]?.bot_id, connections[1]?.bot_id);
    });
  });

  describe('the state', () => {
    it('A1: is required: absent, empty, repeated or made up never passes', async () => {
      const ada = await at.aPerson();
      await ada.browser.start();
      const states = ['', '?state=', '?state=undefined', '?state=a&state=a', '?state[]=x', `?state=${'A'.repeat(43)}`];
      for (const query of states) {
        const path = `/auth/notion/callback${query}${query === '' ? '?' : '&'}code=abc`;
        assertPage(await ada.browser.get(path), 400, invalid);
      }
      assert.deepEqual(await requestsTo('/v1/oauth/token'), []);
    });

    it('A1: belongs to the session and the person that began: a callback planted in another browser is refused', async () => {
      const [ada, mallory] = [await at.aPerson(), await at.aPerson()];
      const callback = await mallory.browser.consent(await mallory.browser.start());
      assertPage(await ada.browser.get(callback), 400, invalid);
      assertPage(await at.anotherBrowser(mallory.id).get(callback), 400, invalid);
      assert.deepEqual(await requestsTo('/v1/oauth/token'), []);
      // A foreign try does not use it up.
      assert.equal((await mallory.browser.get(callback)).status, 303);
    });

    it('A2: is used once, also by callbacks that arrive at once', async () => {
      const ada = await at.aPerson();
      const callback = await ada.browser.consent(await ada.browser.start());
      const shown = await Promise.all(Array.from({ length: 6 }, () => ada.browser.get(callback)));
      assert.deepEqual(shown.map(one => one.status).sort(), [303, 400, 400, 400, 400, 400]);
      assertPage(await ada.browser.get(callback), 400, invalid);
      assert.equal((await requestsTo('/v1/oauth/token')).length, 1);
    });

    it('A2: expires after ten minutes', async () => {
      const ada = await at.aPerson();
      const callback = await ada.browser.consent(await ada.browser.start());
      const { expires_at, created_at } = await at.database.system
        .selectFrom('connect_attempt')
        .selectAll()
        .executeTakeFirstOrThrow();
      assert.equal(expires_at.getTime() - created_at.getTime(), 600_000);
      await at.database.system.updateTable('connect_attempt').set({ expires_at: created_at }).execute();
      assertPage(await ada.browser.get(callback), 400, invalid);
    });

    it('A2: each tab has its own', async () => {
      const ada = await at.aPerson();
      const [one, two] = [await ada.browser.start(), await ada.browser.start()];
      assert.notEqual(one.searchParams.get('state'), two.searchParams.get('state'));
      const second = await ada.browser.get(await ada.browser.consent(two, { workspaceId: globex }));
      const first = await ada.browser.get(await ada.browser.consent(one));
      assert.equal((await ada.browser.answer(first)).status, 303);
      assert.equal((await ada.browser.answer(second)).status, 303);
      assert.deepEqual((await rows()).workspaces.map(workspace => workspace.name).sort(), ['Acme', 'Globex']);
    });

    it('is kept as a hash, and the session too', async () => {
      const ada = await at.aPerson();
      const state = (await ada.browser.start()).searchParams.get('state') ?? '';
      assert.equal(Buffer.from(state, 'base64url').length, 32);
      const row = await at.database.system.selectFrom('connect_attempt').selectAll().executeTakeFirstOrThrow();
      for (const value of Object.values(row)) assert.ok(!String(value).includes(state));
      assert.equal(row.state_hash.length, 32);
    });

    it('bounds the attempts that one person can have open', async () => {
      const ada = await at.aPerson();
      const first = await ada.browser.consent(await ada.browser.start());
      for (let more = 0; more < 20; more++) await ada.browser.start();
      const count = await at.database.system.selectFrom('connect_attempt').select('state_hash').execute();
      assert.equal(count.length, 20);
      assertPage(await ada.browser.get(first), 400, invalid);
    });
  });

  describe('who may', () => {
    it('A3: asks people to sign in, and brings them back, at start and at callback', async () => {
      const shown = await fetch(`${at.publicUrl}/auth/notion`, { redirect: 'manual' });
      assert.equal(shown.status, 401);
      assert.match(await shown.text(), /href="\/sign-in\?next=%2Fauth%2Fnotion"/);
      const ada = await at.aPerson();
      const callback = await ada.browser.consent(await ada.browser.start());
      const stranger = await fetch(at.publicUrl + callback, { redirect: 'manual' });
      assert.equal(stranger.status, 401);
      assert.match(await stranger.text(), /href="\/sign-in\?next=%2Fworkspaces"/);
      assert.deepEqual(await requestsTo('/v1/oauth/token'), []);
      assert.equal(at.log.filter(line => line.endsWith('deny unauthenticated')).length, 2);
    });

    it('A3: takes the deployment right to connect a new workspace, checked at start and at callback', async () => {
      const vic = await at.aPerson([]);
      assertPage(await vic.browser.get('/auth/notion'), 403, 'You may not connect this workspace');
      const ada = await at.aPerson();
      const callback = await ada.browser.consent(await ada.browser.start());
      await at.database.system
        .updateTable('user_account')
        .set({ deployment_rights: [] })
        .where('id', '=', ada.id)
        .execute();
      assertPage(await ada.browser.get(callback), 403, 'You may not connect this workspace');
      assert.deepEqual(await requestsTo('/v1/oauth/token'), []);
    });

    it('A3: takes `connect` in the workspace to reconnect it, checked at start and at callback', async () => {
      const ada = await connected();
      const vic = await at.aPerson();
      assertPage(
        await vic.browser.get(`/auth/notion?workspace=${ada.workspaceId}`),
        404,
        'You may not connect this workspace',
      );
      const callback = await ada.browser.consent(await ada.browser.start(ada.workspaceId));
      await at.database.system
        .updateTable('membership')
        .set({ role: 'editor' })
        .where('principal_id', '=', ada.id)
        .execute();
      const exchanges = (await requestsTo('/v1/oauth/token')).length;
      assertPage(await ada.browser.get(callback), 403, 'You may not connect this workspace');
      assert.equal((await requestsTo('/v1/oauth/token')).length, exchanges);
    });

    it('A3: checks the right once more at the confirmation', async () => {
      const ada = await at.aPerson();
      const reached = await ada.browser.reach();
      const page = await ada.browser.get(pathOf(reached.location));
      await at.database.system
        .updateTable('user_account')
        .set({ deployment_rights: [] })
        .where('id', '=', ada.id)
        .execute();
      const form = { ...formOf(page.text), answer: 'confirm' };
      assertPage(await ada.browser.post('/auth/notion/confirm', form), 403, 'You may not connect this workspace');
      assert.equal((await rows()).connections[0]?.status, 'pending');
    });

    it('refuses a form that another site made, or that has no token', async () => {
      const ada = await at.aPerson();
      const reached = await ada.browser.reach();
      const { text } = await ada.browser.get(pathOf(reached.location));
      const form = { ...formOf(text), answer: 'confirm' };
      const forged = 'This was not sent by our page';
      assertPage(await ada.browser.post('/auth/notion/confirm', form, { origin: 'https://evil.example' }), 400, forged);
      assertPage(await ada.browser.post('/auth/notion/confirm', { ...form, token: '' }), 400, forged);
      assertPage(await ada.browser.post('/auth/notion/confirm', {}), 400, forged);
      assert.equal((await rows()).connections[0]?.status, 'pending');
      assert.equal((await ada.browser.post('/auth/notion/confirm', form, { origin: at.publicUrl })).status, 303);
    });

    it('lets no other site start an attempt', async () => {
      const ada = await at.aPerson();
      const shown = await ada.browser.get('/auth/notion', { 'sec-fetch-site': 'cross-site' });
      assertPage(shown, 200, 'Connect a Notion workspace?');
      assert.deepEqual(await at.database.system.selectFrom('connect_attempt').selectAll().execute(), []);
    });
  });

  describe('what Notion sends back', () => {
    it('A16: looks at the state, then at the error, then at the code', async () => {
      const ada = await at.aPerson();
      assertPage(await ada.browser.get('/auth/notion/callback?error=access_denied&code=x'), 400, invalid);
      const state = async () => (await ada.browser.start()).searchParams.get('state');
      const denied = await ada.browser.get(`/auth/notion/callback?error=access_denied&code=x&state=${await state()}`);
      assertPage(denied, 400, 'Access was not allowed');
      for (const code of ['', '&code=', '&code=a&code=b']) {
        const missing = await ada.browser.get(`/auth/notion/callback?state=${await state()}${code}`);
        assertPage(missing, 400, 'The answer from Notion is incomplete');
      }
      assert.deepEqual(await requestsTo('/v1/oauth/token'), []);
    });

    it('tells who cancelled at Notion what to do, and the attempt is over', async () => {
      const ada = await at.aPerson();
      const callback = await ada.browser.consent(await ada.browser.start(), { decision: 'cancel' });
      assertPage(await ada.browser.get(callback), 400, 'Access was not allowed');
      assertPage(await ada.browser.get(callback), 400, invalid);
    });

    it('A15: shows nothing of the request, whatever it says', async () => {
      const ada = await at.aPerson();
      const hostile = encodeURIComponent('<script>alert(1)</script>"\'>marker');
      const state = async () => (await ada.browser.start()).searchParams.get('state');
      const paths = [
        `/auth/notion?workspace=${hostile}`,
        `/auth/notion/callback?state=${hostile}&error=${hostile}`,
        `/auth/notion/callback?state=${await state()}&error=${hostile}`,
        `/auth/notion/callback?state=${await state()}&error=${hostile}&error=${hostile}`,
        `/auth/notion/callback?state=${await state()}&code=${hostile}`,
        `/auth/notion/confirm?connection=${hostile}`,
      ];
      for (const path of paths) {
        const shown = await ada.browser.get(path);
        assert.ok(shown.status >= 400, path);
        assert.ok(!shown.text.includes('marker') && !shown.text.includes('<script'), path);
        const policy = shown.headers.get('content-security-policy') ?? '';
        assert.match(
          policy,
          /^default-src 'none'; style-src 'nonce-[\w+/=]+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
        );
      }
    });

    it('explains a code that Notion does not accept', async () => {
      const ada = await at.aPerson();
      const state = (await ada.browser.start()).searchParams.get('state');
      const shown = await ada.browser.get(`/auth/notion/callback?state=${state}&code=made-up`);
      assertPage(shown, 502, 'Notion did not accept the code');
      assert.match(shown.text, /redirect URI/);
    });

    it('A17 and A29: exchanges a code once, whatever happens, and answers with a page', async () => {
      for (const kind of ['reset', 'truncate', 'respond'] as const) {
        const ada = await at.aPerson();
        const callback = await ada.browser.consent(await ada.browser.start());
        await at.control.clearRequests();
        const status = kind === 'respond' ? { status: 503 as const } : {};
        await at.control.addFault({ kind, path: '/v1/oauth/token', times: 5, when: 'after', ...status });
        assertPage(await ada.browser.get(callback), 502, 'Notion could not be reached');
        await at.control.clearFaults();
        assert.equal((await requestsTo('/v1/oauth/token')).length, 1, kind);
        assert.deepEqual((await rows()).connections, []);
      }
    });

    it('A24: leads to an opaque id, with no name and no secret in any address', async () => {
      const ada = await at.aPerson();
      const callback = await ada.browser.consent(await ada.browser.start());
      const reached = await ada.browser.get(callback);
      assert.match(reached.location, /\/auth\/notion\/confirm\?connection=con_[0-9a-f-]{36}$/);
      const done = await ada.browser.answer(reached);
      assert.match(done.location, /\/workspaces\/wsp_[0-9a-f-]{36}$/);
      assert.equal(reached.headers.get('referrer-policy'), 'no-referrer');
      assert.equal(reached.headers.get('cache-control'), 'no-store');
    });
  });

  it('A11 and A12: logs the start, the callback and the confirmation, with the workspace and the bot id', async () => {
    const ada = await connected();
    assert.deepEqual(
      at.log.filter(line => !line.startsWith('connect.review')),
      [
        'connect.start allow deployment_right',
        'connect.finish allow deployment_right',
        'connect.confirm allow deployment_right',
      ],
    );
    const [event] = at.events;
    const { connections } = await rows();
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
    assert.equal(url.searchParams.get('redirect_uri'), `${at.publicUrl}/auth/notion/callback`);
    const port = new URL(at.publicUrl).port;
    const response = await fetch(`http://localhost:${port}/auth/notion?return=https://evil.example`, {
      redirect: 'manual',
    });
    assert.equal(response.headers.get('location'), `${at.publicUrl}/auth/notion`);
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
