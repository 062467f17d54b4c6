import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { pathOf, titleOf } from './browser.ts';
import { connectMcp } from './connected-mcp.ts';
import { type Connecting, startConnecting } from './connecting.ts';
import { type ConnectingIndependently, startIndependently } from './connecting-independently.ts';
import { requestsTo } from './connecting-steps.ts';

describe('an attempt to connect by hosted MCP that comes to nothing', () => {
  let at: Connecting;
  before(async () => {
    at = await startConnecting();
  });
  beforeEach(() => at.startOver());
  after(() => at.close());

  const registrations = () => at.database.system.selectFrom('client_registration').selectAll().execute();
  const isLastGrantRevoked = async () => (await at.control.mcpGrants({})).at(-1)?.revoked;

  async function press() {
    const { browser } = await at.aPerson();
    const consent = await browser.start(null, 'mcp');
    return { browser, consent };
  }

  it('leaves no grant behind when nobody can say what was granted', async () => {
    await at.control.addToolFault({ tool: 'notion-fetch', kind: 'error', text: 'no' });
    const { browser, consent } = await press();
    const callback = await browser.consent(consent);
    assert.equal(titleOf(await browser.get(callback)), 'It is not clear which workspace that was');
    assert.equal(await isLastGrantRevoked(), false);
    await at.upkeep.doJobs();
    assert.equal(await isLastGrantRevoked(), true);
    assert.deepEqual(
      at.events.map(({ name, detail }) => [name, detail.upstream]),
      [['connect.discarded', 'revoked']],
    );
  });

  it('leaves no grant behind when the MCP server is away after the consent', async () => {
    const { browser, consent } = await press();
    await at.control.addFault({ kind: 'reset', path: '/mcp', method: 'POST' });
    assert.equal(titleOf(await browser.get(await browser.consent(consent))), 'Notion could not be reached');
    await at.upkeep.doJobs();
    assert.equal(await isLastGrantRevoked(), true);
  });

  it('B11: is over when the server keeps its name to itself after it had promised to say it', async () => {
    const { browser, consent } = await press();
    const callback = new URL(await browser.consent(consent), at.url);
    assert.equal(callback.searchParams.get('iss'), at.emulator.url);
    callback.searchParams.delete('iss');
    assert.equal(titleOf(await browser.get(pathOf(callback.href))), 'The answer came from somewhere else');
    assert.equal((await requestsTo(at, '/token')).length, 0);
  });

  it('asks for no scope again that was refused, if it was the server that refused', async () => {
    for (const [iss, kept] of [
      ['https://evil.example', 'default'],
      [at.emulator.url, null],
    ] as const) {
      const { consent, browser } = await press();
      const state = consent.searchParams.get('state') ?? '';
      const query = new URLSearchParams({ state, iss, error: 'invalid_scope' });
      await browser.get(`/auth/notion-mcp/callback?${query}`);
      assert.equal((await registrations()).at(-1)?.scope, kept);
    }
  });

  it('B17: renews a client whose secret has ended, and does not send what has ended', async () => {
    const connection = await connectMcp(at);
    const ended = await connection.clientId();
    const { system } = at.database;
    await system.updateTable('client_registration').set({ secret_expires_at: sql<Date>`now()` }).execute();
    await at.control.clearRequests();
    await connection.expire();
    for (const _call of [1, 2]) await assert.rejects(connection.token(), { code: 'connection_needs_reauth' });
    assert.deepEqual(
      [(await connection.row()).status, (await requestsTo(at, '/token')).length],
      ['needs_reregister', 0],
    );
    const { browser, workspaceId } = connection;
    const again = await browser.start(workspaceId, 'mcp');
    assert.notEqual(again.searchParams.get('client_id'), ended);
    await browser.answer(await browser.get(await browser.consent(again)));
    assert.equal((await connection.row()).status, 'active');
    await connection.expire();
    await connection.token();
  });
});

describe('an MCP server that wants more than it said', () => {
  let independently: ConnectingIndependently;
  let server: ConnectingIndependently['server'];
  let at: ConnectingIndependently['at'];
  before(async () => {
    independently = await startIndependently();
    ({ server, at } = independently);
  });
  beforeEach(() => independently.startOver());
  after(() => independently.close());

  it('is asked for both, what it said and what it wants, at the next attempt', async () => {
    const { browser } = await at.aPerson();
    const first = await browser.start(null, 'mcp');
    assert.equal(first.searchParams.get('scope'), 'mcp offline_access');
    server.faults.wantedScope = 'more';
    const shown = await browser.get(await server.consent(first));
    assert.equal(titleOf(shown), 'Notion wants more to be agreed to');
    // Consent is a person's to give: nothing is asked by itself.
    assert.equal(server.asked.length, 1);
    await at.upkeep.doJobs();
    assert.deepEqual(
      at.events.map(({ name, detail }) => [name, detail.upstream]),
      [['connect.discarded', 'revoked']],
    );
    const next = await browser.start(null, 'mcp');
    assert.deepEqual(
      [next.searchParams.get('client_id'), next.searchParams.get('scope')],
      [first.searchParams.get('client_id'), 'mcp offline_access more'],
    );
  });

  it('ends no connection by the tokens of a reconnect that came to nothing', async () => {
    const { browser, workspaceId, token } = await connectMcp(at, server.consent);
    server.faults.wantedScope = 'more';
    const again = await browser.start(workspaceId, 'mcp');
    assert.equal(titleOf(await browser.get(await server.consent(again))), 'Notion wants more to be agreed to');
    await at.upkeep.doJobs();
    assert.ok(await server.opens(await token()));
    // With servers that keep one grant for a person and a client, revoking the new tokens would end the old ones.
    assert.ok(at.events.every(({ name }) => name !== 'connect.discarded'));
  });
});
