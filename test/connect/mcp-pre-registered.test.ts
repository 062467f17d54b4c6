import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { NotionConfig } from '../../src/config/config.ts';
import { Secret } from '../../src/domain/secret.ts';
import { titleOf } from './browser.ts';
import { connectMcp } from './connected-mcp.ts';
import { type Connecting, startConnecting } from './connecting.ts';
import { startIndependentServer } from './independent-server.ts';
import { registerByHand } from './register-by-hand.ts';

type OwnClient = NonNullable<NotionConfig['mcpClient']>;

describe('a hosted MCP client that was registered by hand', () => {
  let at: Connecting;
  let own: OwnClient;
  afterEach(() => at.close());

  async function start(change: (made: OwnClient) => OwnClient = made => made): Promise<void> {
    at = await startConnecting({
      mcpClient: async (redirectUri, { url }) => {
        own = change(await registerByHand(url, `${url}/register`, redirectUri));
        return own;
      },
    });
  }

  const registrations = () => at.database.system.selectFrom('client_registration').selectAll().execute();
  const requestsTo = async (path: string) =>
    (await at.control.requests()).filter(request => request.path === path && request.method === 'POST').length;
  const pressConnect = async () => (await at.aPerson()).browser.get('/auth/notion-mcp');

  it('is used before any other way, although the server reads documents and registers', async () => {
    await start();
    const connection = await connectMcp(at);
    assert.equal(await connection.clientId(), own.clientId);
    // The one by hand.
    assert.equal(await requestsTo('/register'), 1);
    const [row] = await registrations();
    assert.deepEqual(
      [row?.source, row?.issuer, row?.auth_method],
      ['pre_registered', at.emulator.url, 'client_secret_basic'],
    );
  });

  it('leaves its secret in the settings, so that it can be exchanged there', async () => {
    await start();
    await connectMcp(at);
    const rows = await registrations();
    assert.deepEqual([rows[0]?.sealed_secret, rows[0]?.secret_expires_at], [null, null]);
    assert.ok(!JSON.stringify(rows).includes(own.secret.reveal()));
  });

  it('refreshes, and ends its grant when it is disconnected', async () => {
    await start();
    const connection = await connectMcp(at);
    const old = await connection.token();
    await connection.expire();
    assert.notEqual(await connection.token(), old);
    const { registration_id: id } = await connection.row();
    assert.equal(await at.connectParts.flows.mcp.revoke(new Secret(await connection.token()), id), 'revoked');
  });

  it('is one client for all: each connection has a record of its own, and an account at Notion one connection', async () => {
    await start();
    const first = await connectMcp(at);
    const refused = await first.token();
    const { id, browser } = await at.aPerson([]);
    const { workspaceId } = first;
    const membership = { workspace_id: workspaceId, principal_id: id, role: 'admin', created_by: id };
    await at.database.system.insertInto('membership').values(membership).execute();
    const consent = await browser.start(workspaceId, 'mcp');
    await browser.answer(await browser.get(await browser.consent(consent)));
    const rows = await registrations();
    assert.deepEqual([rows.length, new Set(rows.map(row => row.client_id)).size], [2, 1]);
    // Notion ended the grant before, which is noticed as any end is.
    assert.equal(await first.report(refused), 'ended');
    const statuses = at.database.system.selectFrom('connection').select('status').orderBy('created_at');
    assert.deepEqual(await statuses.execute(), [{ status: 'needs_reauth' }, { status: 'active' }]);
  });

  it('comes to no server but the one that it was registered at', async () => {
    await start(made => ({ ...made, issuer: 'https://as.example' }));
    assert.equal(titleOf(await pressConnect()), 'Notion could not be verified');
    assert.match(at.programLog.join(''), /the client in the settings is for another issuer/);
    assert.deepEqual([await requestsTo('/token'), await requestsTo('/register'), await registrations()], [0, 1, []]);
  });

  it('is not taken for forgotten when its secret is wrong: an operator has to look', async () => {
    await start(made => ({ ...made, secret: new Secret('guess') }));
    const { browser } = await at.aPerson();
    const consent = await browser.start(null, 'mcp');
    assert.equal(titleOf(await browser.get(await browser.consent(consent))), 'Notion did not accept this Portcullis');
    assert.equal((await registrations())[0]?.refused_at, null);
  });

  it('disconnects nobody while the server refuses it', async () => {
    await start();
    const connection = await connectMcp(at);
    await at.control.forgetMcpClient({ clientId: own.clientId });
    await at.control.clearRequests();
    await connection.expire();
    for (const _call of [1, 2, 3]) await assert.rejects(connection.token(), { code: 'app_refused' });
    const { status, unanswered } = await connection.row();
    assert.deepEqual([status, unanswered, await requestsTo('/token')], ['active', 0, 1]);
  });

  it('asks to be reconnected when the settings name another client, and then uses that', async () => {
    await start();
    const connection = await connectMcp(at);
    await at.database.system.updateTable('client_registration').set({ client_id: 'the-one-before' }).execute();
    await connection.expire();
    await assert.rejects(connection.token(), { code: 'connection_needs_reauth' });
    assert.equal((await connection.row()).status, 'needs_reregister');
    const { browser, workspaceId } = connection;
    const again = await browser.start(workspaceId, 'mcp');
    assert.equal(again.searchParams.get('client_id'), own.clientId);
    await browser.answer(await browser.get(await browser.consent(again)));
    assert.equal((await connection.row()).status, 'active');
  });
});

describe('a client that was registered by hand at a server of somebody else', () => {
  let server: Awaited<ReturnType<typeof startIndependentServer>>;
  beforeEach(async () => {
    server = await startIndependentServer();
  });
  afterEach(() => server.close());

  it('connects, refreshes and revokes', async () => {
    const issuer = new URL(server.mcpUrl).origin;
    let own: OwnClient | null = null;
    const at = await startConnecting({
      notion: { mcpUrl: server.mcpUrl },
      mcpClient: async redirectUri => {
        own = await registerByHand(issuer, `${issuer}/reg`, redirectUri);
        return own;
      },
    });
    try {
      const connection = await connectMcp(at, server.consent);
      assert.equal(await connection.clientId(), (own as OwnClient | null)?.clientId);
      await connection.expire();
      const fresh = await connection.token();
      assert.ok(await server.opens(fresh));
      const { registration_id: id } = await connection.row();
      assert.equal(await at.connectParts.flows.mcp.revoke(new Secret(fresh), id), 'revoked');
      assert.equal(await server.opens(fresh), false);
    } finally {
      await at.close();
    }
  });
});
