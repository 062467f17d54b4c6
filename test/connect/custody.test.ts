import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { uuidNamed } from '../../emulator/identifiers.ts';
import { createCheckToken } from '../../src/connect/check-token.ts';
import type { ConnectionId, WorkspaceId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/domain/secret.ts';
import { type Connecting, startConnecting } from './connecting.ts';

describe('custody of tokens', () => {
  let at: Connecting;
  before(async () => {
    at = await startConnecting();
  });
  beforeEach(() => at.startOver());
  after(() => at.close());

  async function connected(
    workspaceId?: string,
  ): Promise<{ workspaceId: WorkspaceId; connectionId: ConnectionId; botId: string }> {
    const { browser } = await at.aPerson();
    await browser.answer(await browser.reach(null, workspaceId === undefined ? {} : { workspaceId }));
    const newest = at.database.system.selectFrom('connection').selectAll().orderBy('id', 'desc');
    const row = await newest.executeTakeFirstOrThrow();
    return { workspaceId: row.workspace_id, connectionId: row.id, botId: row.bot_id };
  }

  const statusOf = async (connectionId: ConnectionId) => {
    const query = at.database.system
      .selectFrom('connection')
      .select(['status', 'status_reason'])
      .where('id', '=', connectionId);
    return query.executeTakeFirstOrThrow();
  };
  const introspections = async () =>
    (await at.control.requests()).filter(one => one.path === '/v1/oauth/introspect').length;

  it('A6: keeps the access token and the refresh token', async () => {
    await connected();
    const rows = await at.database.system.selectFrom('connection_secret').select('field').orderBy('field').execute();
    assert.deepEqual(
      rows.map(row => row.field),
      ['access_token', 'refresh_token'],
    );
  });

  it('A7: no column of any table holds a token as it is', async () => {
    const { workspaceId, connectionId } = await connected();
    const { token } = await at.tokens.accessToken(workspaceId, connectionId);
    for (const table of [
      'connection',
      'connection_secret',
      'workspace_key',
      'workspace',
      'connect_attempt',
      'job',
    ] as const) {
      const text = JSON.stringify(await at.database.system.selectFrom(table).selectAll().execute());
      for (const secret of [token, 'ntn_', 'nrt_', Buffer.from(token).toString('base64url')])
        assert.ok(!text.includes(secret), table);
    }
    assert.ok(!JSON.stringify(at.events).includes(token));
  });

  it('A7: a token that was moved to another connection, workspace, field or generation is undecryptable', async () => {
    const [acme, globex] = [await connected(), await connected(uuidNamed('globex/workspace'))];
    const secrets = await at.database.system.selectFrom('connection_secret').selectAll().execute();
    const of = (one: { connectionId: ConnectionId }, field: string) =>
      secrets.find(row => row.connection_id === one.connectionId && row.field === field);
    const put = async (sealed: string, change: { generation?: number } = {}) => {
      const place = at.database.system.updateTable('connection_secret').where('connection_id', '=', acme.connectionId);
      await place
        .where('field', '=', 'access_token')
        .set({ sealed, ...change })
        .execute();
    };
    const own = of(acme, 'access_token')?.sealed ?? '';
    const moves: [string, { generation?: number }][] = [
      [of(globex, 'access_token')?.sealed ?? '', {}],
      [of(acme, 'refresh_token')?.sealed ?? '', {}],
      [own, { generation: 2 }],
      [own.slice(0, -4), {}],
    ];
    for (const [sealed, change] of moves) {
      at.events.length = 0;
      await put(sealed, change);
      const { generation = 1 } = change;
      await at.database.system
        .updateTable('connection')
        .set({ status: 'active', generation })
        .where('id', '=', acme.connectionId)
        .execute();
      const open = () => at.tokens.accessToken(acme.workspaceId, acme.connectionId);
      await assert.rejects(open(), { code: 'connection_undecryptable' });
      await assert.rejects(open(), { code: 'connection_undecryptable' });
      assert.equal((await statusOf(acme.connectionId)).status, 'undecryptable');
      const names = at.events.map(event => event.name);
      // The alarm about a value is sounded once in the life of a process.
      assert.deepEqual(
        names.filter(name => name !== 'custody.undecryptable'),
        ['connection.undecryptable'],
      );
    }
    assert.ok(await at.tokens.accessToken(globex.workspaceId, globex.connectionId));
  });

  it('does not take a lost token for a connection that was never made', async () => {
    const { workspaceId, connectionId } = await connected();
    await at.database.system.deleteFrom('connection_secret').execute();
    await assert.rejects(at.tokens.accessToken(workspaceId, connectionId), { code: 'connection_undecryptable' });
  });

  it('rule 3: a token comes with the only origin that it may be sent to', async () => {
    const { workspaceId, connectionId } = await connected();
    assert.equal((await at.tokens.accessToken(workspaceId, connectionId)).origin, at.emulator.url);
    await at.database.system.updateTable('connection').set({ origin: 'https://api.notion.com' }).execute();
    at.tokens.forget(workspaceId, connectionId);
    const { origin, token } = await at.tokens.accessToken(workspaceId, connectionId);
    assert.equal(origin, 'https://api.notion.com');
    // Nor is it sent elsewhere to be checked.
    assert.equal(await at.tokens.reportUnauthorized(workspaceId, connectionId, token), 'postponed');
    assert.equal(await introspections(), 0);
  });

  it('rule 3: nor is a refresh token sent to another origin', async () => {
    const { workspaceId, connectionId } = await connected();
    await at.database.system.updateTable('connection').set({ origin: 'https://api.notion.com' }).execute();
    const ended = at.database.system.updateTable('connection_secret').set({ expires_at: new Date(0) });
    await ended.where('field', '=', 'access_token').execute();
    await at.control.clearRequests();
    await assert.rejects(at.tokens.accessToken(workspaceId, connectionId), { code: 'upstream_unavailable' });
    assert.deepEqual(await at.control.requests(), []);
    assert.equal((await statusOf(connectionId)).status, 'active');
  });

  it('A20: a 401 is checked once, however many calls report it, and only a dead token changes the state', async () => {
    const { workspaceId, connectionId, botId } = await connected();
    const { token } = await at.tokens.accessToken(workspaceId, connectionId);
    const report = () => at.tokens.reportUnauthorized(workspaceId, connectionId, token);
    assert.equal(await report(), 'usable');
    assert.equal((await statusOf(connectionId)).status, 'active');
    await at.control.revoke({ botId });
    await at.control.clearRequests();
    at.events.length = 0;
    assert.deepEqual(new Set(await Promise.all(Array.from({ length: 20 }, report))), new Set(['ended']));
    assert.equal(await introspections(), 1);
    assert.deepEqual(await statusOf(connectionId), { status: 'needs_reauth', status_reason: 'invalid_grant' });
    assert.equal(await report(), 'ended');
    assert.equal(await introspections(), 1);
    assert.deepEqual(
      at.events.map(event => [
        event.name,
        event.workspaceId,
        event.detail.botId ?? null,
        event.detail.notionWorkspaceId ?? null,
      ]),
      [
        ['connection.refresh_started', workspaceId, null, null],
        ['connection.needs_reauth', workspaceId, botId, at.emulator.workspaceId],
        ['workspace_deauthorized', workspaceId, botId, at.emulator.workspaceId],
      ],
    );
    await assert.rejects(at.tokens.accessToken(workspaceId, connectionId), { code: 'connection_needs_reauth' });
  });

  it('A20: transient trouble never changes the state', async () => {
    const { workspaceId, connectionId } = await connected();
    const { token } = await at.tokens.accessToken(workspaceId, connectionId);
    for (const fault of [
      { kind: 'respond', status: 503 },
      { kind: 'respond', status: 429 },
      { kind: 'reset' },
      { kind: 'truncate' },
    ] as const) {
      await at.control.addFault({ ...fault, path: '/v1/oauth/introspect' });
      assert.equal(await at.tokens.reportUnauthorized(workspaceId, connectionId, token), 'postponed', fault.kind);
      assert.equal((await statusOf(connectionId)).status, 'active');
    }
  });

  it('A20: a verdict on replaced tokens says nothing about the new ones', async () => {
    const { workspaceId, connectionId } = await connected();
    // Another process has confirmed new tokens meanwhile.
    assert.equal(await at.tokens.reportUnauthorized(workspaceId, connectionId, 'the token before'), 'usable');
    assert.equal(await introspections(), 0);
  });

  it('A20: wrong client credentials of our own blame no connection', async () => {
    const { workspaceId, connectionId } = await connected();
    const { token } = await at.tokens.accessToken(workspaceId, connectionId);
    const check = createCheckToken({ app: { ...at.app, clientSecret: new Secret('wrong') } });
    assert.equal(await check({ kind: 'rest', origin: at.emulator.url }, new Secret(token)), 'app_refused');
  });
});

it('tells the person when Notion does not accept our client credentials', async () => {
  const at = await startConnecting({ notion: { clientSecret: new Secret('secret_wrong') } });
  try {
    const { browser } = await at.aPerson();
    const shown = await browser.reach();
    assert.equal(shown.status, 502);
    assert.match(shown.text, /Notion did not accept this Portcullis/);
    assert.match(at.programLog.join(''), /"problem":"app_refused".*token endpoint: invalid_client/);
    assert.ok(!(shown.text + at.programLog).includes('secret_wrong'));
  } finally {
    await at.close();
  }
});
