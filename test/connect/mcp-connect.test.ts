import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { uuidNamed } from '../../emulator/identifiers.ts';
import { openHostedMcp } from '../../src/compose/hosted-mcp.ts';
import type { WorkspaceId } from '../../src/domain/ids.ts';
import { minuteMs } from '../../src/domain/units.ts';
import { createRegistrations } from '../../src/store/registrations.ts';
import { deriveKeysFrom } from '../../src/vault/derive-key.ts';
import { type Browser, type Consent, pathOf, type Shown, titleOf } from './browser.ts';
import { type Connecting, startConnecting } from './connecting.ts';

const globex = uuidNamed('globex/workspace');

describe('connecting by hosted MCP', () => {
  let at: Connecting;
  before(async () => {
    at = await startConnecting();
  });
  beforeEach(() => at.startOver());
  after(() => at.close());

  const connections = () => at.database.system.selectFrom('connection').selectAll().orderBy('created_at').execute();
  const registrations = () => at.database.system.selectFrom('client_registration').selectAll().execute();
  const requestsTo = async (path: string) =>
    (await at.control.requests()).filter(request => request.path === path && request.method === 'POST');

  async function start(browser: Browser, workspaceId: WorkspaceId | null = null): Promise<URL> {
    const shown = await browser.get(`/auth/notion-mcp${workspaceId === null ? '' : `?workspace=${workspaceId}`}`);
    assert.equal(shown.status, 302, shown.text);
    return new URL(shown.location);
  }

  async function reach(browser: Browser, workspaceId: WorkspaceId | null = null, given: Consent = {}): Promise<Shown> {
    return browser.get(await browser.consent(await start(browser, workspaceId), given));
  }

  async function connected(given: Consent = {}) {
    const person = await at.aPerson();
    const done = await person.browser.answer(await reach(person.browser, null, given));
    assert.equal(done.status, 303, done.text);
    return { ...person, workspaceId: new URL(done.location).pathname.split('/').at(-1) as WorkspaceId };
  }

  it('rule 1: merges nothing into a workspace that is known: tells its admins, and revokes what it was given', async () => {
    const ada = await connected();
    const before = await connections();
    const mallory = await at.aPerson();
    const personId = at.emulator.people[1]?.id ?? '';
    const shown = await reach(mallory.browser, null, { personId });
    assert.deepEqual([shown.status, titleOf(shown)], [409, 'This workspace is connected already']);
    assert.deepEqual(await connections(), before);
    const told = at.events.at(-1);
    assert.deepEqual(
      [told?.name, told?.workspaceId, told?.principalId, told?.detail.upstream],
      ['connect.already_known', ada.workspaceId, mallory.id, 'revoking'],
    );
    await at.upkeep.doJobs();
    const grants = await at.control.mcpGrants({});
    assert.deepEqual(
      grants.map(grant => [grant.userId === personId, grant.revoked]),
      [
        [false, false],
        [true, true],
      ],
    );
    await at.tokens.accessToken(ada.workspaceId, before[0]?.id ?? 'con_');
  });

  it('rule 2: serves its owner alone, and keeps a token of the MCP server', async () => {
    const ada = await connected();
    const [connection] = await connections();
    assert.ok(connection);
    assert.deepEqual(
      [connection.kind, connection.audience, connection.status, connection.origin, connection.connected_by],
      ['mcp', 'owner', 'active', at.emulator.url, ada.id],
    );
    const { token } = await at.tokens.accessToken(ada.workspaceId, connection.id);
    const headers = { authorization: `Bearer ${token}`, 'notion-version': '2026-03-11' };
    assert.equal((await fetch(`${at.emulator.url}/v1/users/me`, { headers })).status, 401);
  });

  it('B14: knows when the access token ends', async () => {
    await connected();
    const rows = await at.database.system.selectFrom('connection_secret').select(['field', 'expires_at']).execute();
    assert.deepEqual(rows.map(({ field, expires_at }) => [field, expires_at !== null]).sort(), [
      ['access_token', true],
      ['refresh_token', false],
    ]);
  });

  it('C1: sends a state to the browser that says nothing, and keeps the verifier sealed', async () => {
    const { browser } = await at.aPerson();
    const { searchParams } = await start(browser);
    assert.match(searchParams.get('state') ?? '', /^[\w-]{43}$/);
    assert.equal(searchParams.has('code_verifier'), false);
    const attempt = await at.database.system.selectFrom('connect_attempt').selectAll().executeTakeFirstOrThrow();
    assert.equal(attempt.sealed?.split('.').length, 5);
    assert.ok(!JSON.stringify(attempt).includes(searchParams.get('state') ?? '?'));
  });

  it('C1: what one attempt remembers opens for no other', async () => {
    const { browser } = await at.aPerson();
    const first = await start(browser);
    const other = await at.aPerson();
    await start(other.browser);
    const [sealed] = await at.database.system
      .selectFrom('connect_attempt')
      .select('sealed')
      .orderBy('created_at', 'desc')
      .execute();
    await at.database.system
      .updateTable('connect_attempt')
      .set({ sealed: sealed?.sealed ?? null })
      .execute();
    const shown = await browser.get(await browser.consent(first));
    assert.equal(titleOf(shown), 'This attempt is no longer valid');
    assert.deepEqual(await requestsTo('/token'), []);
  });

  it('C2: a callback belongs to the browser that began, and counts once', async () => {
    const { browser } = await at.aPerson();
    const mallory = await at.aPerson();
    const callback = await browser.consent(await start(browser));
    assert.equal(titleOf(await mallory.browser.get(callback)), 'This attempt is no longer valid');
    const shown = await Promise.all([browser.get(callback), browser.get(callback)]);
    assert.deepEqual(shown.map(({ status }) => status).sort(), [303, 303]);
    assert.equal(shown[0]?.location, shown[1]?.location);
    assert.equal((await requestsTo('/token')).length, 1);
  });

  it('C2: a state of the one kind is none of the other', async () => {
    const { browser } = await at.aPerson();
    const callback = await browser.consent(await start(browser));
    assert.equal(
      titleOf(await browser.get(callback.replace('notion-mcp', 'notion'))),
      'This attempt is no longer valid',
    );
    assert.equal((await browser.get(callback)).status, 303);
  });

  it('C3: takes the right to connect, in the workspace that is named', async () => {
    const ada = await connected();
    const bob = await at.aPerson([]);
    assert.equal((await bob.browser.get('/auth/notion-mcp')).status, 403);
    const shown = await bob.browser.get(`/auth/notion-mcp?workspace=${ada.workspaceId}`);
    assert.notEqual(shown.status, 302);
    assert.equal((await registrations()).length, 1);
  });

  it('B11: refuses an answer of another issuer, and keeps nothing', async () => {
    const { browser } = await at.aPerson();
    const callback = new URL(await browser.consent(await start(browser)), at.url);
    callback.searchParams.set('iss', `${at.emulator.url}/`);
    assert.equal(titleOf(await browser.get(pathOf(callback.href))), 'The answer came from somewhere else');
    assert.deepEqual(await connections(), []);
    assert.deepEqual(await requestsTo('/token'), []);
  });

  it('C14: connects workspaces of one name side by side, told apart by their ids', async () => {
    await connected();
    await at.database.system.updateTable('workspace').set({ name: 'Globex' }).execute();
    await connected({ workspaceId: globex });
    const rows = await at.database.system.selectFrom('workspace').select(['name', 'notion_workspace_id']).execute();
    assert.deepEqual(new Set(rows.map(row => row.name)).size, 1);
    assert.equal(new Set(rows.map(row => row.notion_workspace_id)).size, 2);
  });

  it('C15: reconnects to the workspace and account of before, and to no other', async () => {
    const ada = await connected();
    const [before] = await connections();
    const elsewhere = { workspaceId: globex };
    assert.equal(titleOf(await reach(ada.browser, ada.workspaceId, elsewhere)), 'That was another workspace');
    const other = await reach(ada.browser, ada.workspaceId, { personId: at.emulator.people[1]?.id ?? '' });
    assert.equal(titleOf(other), 'That was another account at Notion');
    const again = await ada.browser.answer(await reach(ada.browser, ada.workspaceId));
    assert.equal(again.status, 303);
    const after = await connections();
    assert.deepEqual([after.length, after[0]?.id, after[0]?.status], [1, before?.id, 'active']);
    await at.tokens.accessToken(ada.workspaceId, after[0]?.id ?? 'con_');
  });

  it('C16: registers one client for a connection, however often Connect is pressed', async () => {
    const { browser } = await at.aPerson();
    await Promise.all([start(browser), start(browser), start(browser)]);
    const waiting = at.database.system.selectFrom('connect_attempt').where('state', '=', 'asking');
    assert.equal((await waiting.selectAll().execute()).length, 1);
    await start(browser);
    const done = await browser.answer(await reach(browser));
    const workspaceId = new URL(done.location).pathname.split('/').at(-1) as WorkspaceId;
    await browser.answer(await reach(browser, workspaceId));
    assert.equal((await requestsTo('/register')).length, 1);
    const [registration] = await registrations();
    assert.equal((await connections())[0]?.registration_id, registration?.id);
    await connected({ workspaceId: globex });
    assert.equal((await registrations()).length, 2);
  });

  it('C16: keeps the client that a press at another gateway at the same time came to, and uses it next', async () => {
    const { id: userId, browser } = await at.aPerson();
    const notion = { mcpUrl: at.emulator.mcpUrl, mcpClient: null, dangerouslyAllowLoopbackHttp: true };
    const { database, url: publicUrl, connectParts: parts } = at;
    const deriveKey = deriveKeysFrom(randomBytes(64));
    const other = openHostedMcp({
      notion,
      publicUrl,
      registrations: createRegistrations(database),
      deriveKey,
      recordEvent: parts.recordEvent,
    });
    // Both look for a client before either of them is given one.
    await at.control.addFault({ path: '/register', kind: 'delay', delayMs: 500, times: 2 });
    const beginning = () => ({ state: randomUUID(), stateHash: randomBytes(32), userId, target: null });
    const begun = await Promise.all(
      [parts.flows.mcp, other.flow].map(flow => flow.begin(beginning(), AbortSignal.timeout(minuteMs))),
    );
    await other.close();
    const [one, another] = begun.map(({ registrationId }) => registrationId);
    assert.ok(one && another && one !== another);
    // As good as in use.
    await at.database.system
      .updateTable('client_registration')
      .set({ refused_at: new Date() })
      .where('id', '=', one)
      .execute();
    const url = await start(browser);
    const spare = (await registrations()).find(({ id }) => id === another);
    assert.equal(spare?.client_id, url.searchParams.get('client_id'));
    assert.equal((await requestsTo('/register')).length, 2);
  });

  it('B17: registers anew after the server forgot the client', async () => {
    const { browser } = await at.aPerson();
    const callback = await browser.consent(await start(browser));
    await at.database.system.updateTable('client_registration').set({ client_id: 'gone' }).execute();
    assert.equal(titleOf(await browser.get(callback)), 'Notion forgot this Portcullis');
    assert.equal((await browser.answer(await reach(browser))).status, 303);
    assert.equal((await requestsTo('/register')).length, 2);
  });

  it('B17: registers anew when the server has heard nothing of the client for a month: it would tell the browser alone', async () => {
    const ada = await connected();
    await start(ada.browser, ada.workspaceId);
    assert.equal((await requestsTo('/register')).length, 1);
    const ago = sql<Date>`now() - interval '31 days'`;
    await at.database.system.updateTable('connection').set({ authorized_at: ago }).execute();
    await at.database.system.updateTable('client_registration').set({ created_at: ago }).execute();
    assert.equal((await ada.browser.answer(await reach(ada.browser, ada.workspaceId))).status, 303);
    assert.equal((await requestsTo('/register')).length, 2);
    assert.equal((await connections()).length, 1);
  });

  it('C17: revokes the grant at Notion when it is disconnected', async () => {
    const ada = await connected();
    const [connection] = await connections();
    assert.ok(connection);
    const { token } = await at.tokens.accessToken(ada.workspaceId, connection.id);
    await at.disconnect({ id: ada.id, workspaceId: ada.workspaceId, connectionId: connection.id });
    await at.upkeep.doJobs();
    const [tombstone] = await connections();
    assert.deepEqual([tombstone?.status, tombstone?.status_reason], ['revoked', 'disconnected: revoked']);
    const headers = { authorization: `Bearer ${token}` };
    assert.equal((await fetch(`${at.emulator.url}/mcp`, { method: 'POST', headers })).status, 401);
  });

  it('C20: shows and keeps nothing of what a server said', async () => {
    const { browser } = await at.aPerson();
    const callback = new URL(await browser.consent(await start(browser)), at.url);
    callback.searchParams.set('code', 'user:grant:canary-secret');
    const shown = await browser.get(pathOf(callback.href));
    assert.equal(titleOf(shown), 'Notion did not accept the code');
    assert.ok(!shown.text.includes('canary') && !JSON.stringify(at.events).includes('canary'));
  });

  it('is our client document, for a registration that could be ours', async () => {
    const id = 'reg_01890000-0000-7000-8000-000000000000';
    const response = await fetch(`${at.url}/auth/notion-mcp/client/${id}`);
    const document = (await response.json()) as { client_id: string; redirect_uris: string[] };
    assert.equal(document.client_id, `${at.url}/auth/notion-mcp/client/${id}`);
    assert.deepEqual(document.redirect_uris, [`${at.url}/auth/notion-mcp/callback`]);
    assert.equal((await fetch(`${at.url}/auth/notion-mcp/client/evil`)).status, 404);
  });
});
