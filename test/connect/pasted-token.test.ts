import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { uuidNamed } from '../../emulator/identifiers.ts';
import type { ConnectionId, UserId, WorkspaceId } from '../../src/domain/ids.ts';
import { aMembership } from '../store/rows.ts';
import type { Browser } from './browser.ts';
import { type Connecting, startConnecting } from './connecting.ts';

describe('a pasted token', () => {
  let at: Connecting;
  let ada: { id: UserId; browser: Browser; workspaceId: WorkspaceId };
  beforeEach(async () => {
    at = await startConnecting();
    ada = await member(null);
    await at.control.clearRequests();
    at.events.length = 0;
  });
  afterEach(() => at.close());

  /** A person with a workspace of their own. */
  async function member(notionWorkspaceId: string | null) {
    const person = await at.aPerson();
    const given = notionWorkspaceId === null ? {} : { workspaceId: notionWorkspaceId };
    const done = await person.browser.answer(await person.browser.reach(null, given));
    return { ...person, workspaceId: new URL(done.location).pathname.split('/').at(-1) as WorkspaceId };
  }

  const paste = (body: object, by = ada, workspaceId = ada.workspaceId) =>
    by.browser.api('POST', `/api/workspaces/${workspaceId}/connections`, body);
  const token = () => at.emulator.internalToken;
  const pasted = () => at.database.system.selectFrom('connection').selectAll().where('kind', '=', 'internal').execute();
  const secrets = (id: ConnectionId) =>
    at.database.system.selectFrom('connection_secret').selectAll().where('connection_id', '=', id).execute();

  it('rule 2: serves its owner alone unless somebody says otherwise', async () => {
    const first = await paste({ token: token() });
    assert.equal(first.status, 201);
    const [connection] = await pasted();
    assert.deepEqual(first.json, { connectionId: connection?.id, audience: 'owner' });
    assert.deepEqual(
      [connection?.status, connection?.audience, connection?.connected_by, connection?.workspace_id],
      ['active', 'owner', ada.id, ada.workspaceId],
    );
    assert.equal((await paste({ token: token(), audience: 'members' })).json.audience, 'members');
    assert.deepEqual(
      (await pasted()).map(one => one.audience),
      ['members'],
    );
  });

  it('rule 2: is checked against users/me and its workspace before anything is stored', async () => {
    const globex = await member(uuidNamed('globex/workspace'));
    await at.control.clearRequests();
    const answer = await paste({ token: token() }, globex, globex.workspaceId);
    assert.equal(answer.status, 409);
    assert.deepEqual(
      (await at.control.requests()).map(({ method, path }) => `${method} ${path}`),
      ['GET /v1/users/me'],
    );
    assert.deepEqual(await pasted(), []);
    const told = at.events.at(-1);
    assert.deepEqual(
      [told?.name, told?.workspaceId, told?.principalId, told?.detail.notionWorkspaceId],
      ['connect.workspace_mismatch', globex.workspaceId, globex.id, at.emulator.workspaceId],
    );
  });

  it('rule 2: is not stored when Notion does not know it, or does not say whose it is', async () => {
    assert.equal((await paste({ token: 'ntn_made_up_and_long_enough' })).status, 400);
    for (const fault of [{ kind: 'respond', status: 503 }, { kind: 'reset' }, { kind: 'truncate' }] as const) {
      await at.control.addFault({ ...fault, path: '/v1/users/me' });
      const { status, json } = await paste({ token: token() });
      assert.equal(status, 502, fault.kind);
      assert.match(JSON.stringify(json), /Notion could not be reached/, fault.kind);
    }
    assert.deepEqual(await pasted(), []);
  });

  it('rule 3: is bound to the origin that was asked about it, and sealed', async () => {
    await paste({ token: token() });
    const [connection] = await pasted();
    assert.ok(connection);
    assert.deepEqual(
      await at.tokens.accessToken(ada.workspaceId, connection.id).then(({ origin }) => origin),
      at.app.origin,
    );
    assert.equal((await at.tokens.accessToken(ada.workspaceId, connection.id)).token, token());
    const [secret] = await secrets(connection.id);
    assert.match(secret?.sealed ?? '', /^eyJ/);
    assert.ok(!JSON.stringify([connection, secret, at.events]).includes(token()));
  });

  it('is decided like every call, and authorizes the workspace in the log', async () => {
    const bob = { ...(await at.aPerson()), workspaceId: ada.workspaceId };
    assert.equal((await paste({ token: token() }, bob)).status, 404);
    await aMembership(at.database, ada.workspaceId, bob.id, 'editor');
    assert.equal((await paste({ token: token() }, bob)).status, 403);
    assert.deepEqual(await at.control.requests(), []);
    await paste({ token: token() });
    assert.deepEqual(
      at.log.filter(line => line.startsWith('connection.paste')).map(line => line.split(' ')[1]),
      ['deny', 'deny', 'allow'],
    );
    const [connection] = await pasted();
    assert.deepEqual(
      at.events.map(({ name, principalId, detail }) => [name, principalId, detail.connection, detail.kind]),
      [['workspace_authorized', ada.id, connection?.id, 'internal']],
    );
  });

  it('takes the place of the one before, and of nobody else’s', async () => {
    await paste({ token: token() });
    await paste({ token: token() });
    const [connection, ...others] = await pasted();
    assert.ok(connection);
    assert.deepEqual([others, connection.generation], [[], 2]);
    assert.deepEqual(
      (await secrets(connection.id)).map(secret => secret.generation),
      [2],
    );
    const bob = { ...(await at.aPerson()), workspaceId: ada.workspaceId };
    await aMembership(at.database, ada.workspaceId, bob.id, 'admin');
    assert.equal((await paste({ token: token() }, bob)).status, 409);
    assert.equal(at.events.at(-1)?.name, 'connect.owner_mismatch');
    assert.equal((await pasted())[0]?.connected_by, ada.id);
  });

  it('is one connection when it is pasted twice at once', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => paste({ token: token() })));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [201, 201, 201],
    );
    const [connection, ...others] = await pasted();
    assert.deepEqual([others, connection?.generation, (await secrets(connection?.id ?? 'con_')).length], [[], 3, 1]);
  });

  it('needs a person once Notion no longer takes it, and a dead one is not pasted again', async () => {
    await paste({ token: token() });
    const [connection] = await pasted();
    assert.ok(connection);
    const report = () => at.tokens.reportUnauthorized(ada.workspaceId, connection.id, token());
    await at.tokens.accessToken(ada.workspaceId, connection.id);
    assert.equal(await report(), 'usable');
    await at.control.addFault({ kind: 'respond', status: 503, path: '/v1/users/me' });
    assert.equal(await report(), 'postponed');
    await at.control.revoke({ botId: connection.bot_id });
    assert.equal(await report(), 'ended');
    assert.deepEqual(
      at.events.slice(-2).map(({ name, detail }) => [name, detail.reason]),
      [
        ['connection.needs_reauth', 'token_refused'],
        ['workspace_deauthorized', 'token_refused'],
      ],
    );
    assert.equal((await paste({ token: token() })).status, 400);
    assert.equal((await pasted())[0]?.status, 'needs_reauth');
  });

  it('is destroyed when it is disconnected, and the log says that only its owner can end it at Notion', async () => {
    await paste({ token: token() });
    const [connection] = await pasted();
    assert.ok(connection);
    const gone = await ada.browser.api('DELETE', `/api/workspaces/${ada.workspaceId}/connections/${connection.id}`);
    assert.equal(gone.status, 202);
    await at.upkeep.doJobs();
    assert.deepEqual([(await pasted())[0]?.status, await secrets(connection.id)], ['revoked', []]);
    const last = at.events.at(-1);
    assert.deepEqual(
      [last?.name, last?.result, last?.detail.upstream],
      ['connection.revoked', 'error', 'not_revocable'],
    );
  });

  it('is repeated in no answer', async () => {
    for (const body of [{ token: `${token()} ` }, { token: token(), audience: token() }]) {
      const { status, json } = await paste(body);
      assert.equal(status, 400);
      assert.ok(!JSON.stringify(json).includes(token()));
    }
  });
});
