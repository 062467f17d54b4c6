import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { revocationAttemptsMax } from '../../src/connect/revocation-jobs.ts';
import { sweepAttempts } from '../../src/connect/sweep-attempts.ts';
import type { ConnectionId, UserId, WorkspaceId } from '../../src/domain/ids.ts';
import { pathOf, titleOf } from './browser.ts';
import { type Connecting, startConnecting } from './connecting.ts';

describe('the end of a connection', () => {
  let at: Connecting;
  before(async () => {
    at = await startConnecting();
  });
  beforeEach(() => at.startOver());
  after(() => at.close());

  const connectionRow = () => at.database.system.selectFrom('connection').selectAll().executeTakeFirst();
  const secrets = () => at.database.system.selectFrom('connection_secret').selectAll().execute();
  const revocations = async () => (await at.control.requests()).filter(one => one.path === '/v1/oauth/revoke').length;
  /** What waiting for the next attempt comes down to. */
  const makeJobsDue = () => at.database.system.updateTable('job').set({ run_at: sql<Date>`now()` }).execute();

  async function connected(): Promise<{
    id: UserId;
    workspaceId: WorkspaceId;
    connectionId: ConnectionId;
    botId: string;
  }> {
    const { id, browser } = await at.aPerson();
    await browser.answer(await browser.reach());
    const row = await connectionRow();
    assert.ok(row);
    return { id, workspaceId: row.workspace_id, connectionId: row.id, botId: row.bot_id };
  }

  const end = (ada: Awaited<ReturnType<typeof connected>>) => at.disconnect(ada);

  it('A8: blocks at once, then revokes at Notion, then destroys the tokens and leaves a tombstone', async () => {
    const ada = await connected();
    await at.tokens.accessToken(ada.workspaceId, ada.connectionId);
    assert.deepEqual(await end(ada), { status: 'revoking' });
    assert.equal((await connectionRow())?.status, 'revoking');
    await assert.rejects(at.tokens.accessToken(ada.workspaceId, ada.connectionId), { code: 'no_connection' });
    assert.equal(await revocations(), 0);
    await at.upkeep.doJobs();
    assert.equal((await at.control.installations()).find(one => one.botId === ada.botId)?.revoked, true);
    assert.deepEqual(await secrets(), []);
    const tombstone = await connectionRow();
    assert.deepEqual([tombstone?.status, tombstone?.status_reason], ['revoked', 'disconnected: revoked']);
    const names = { connection: ada.connectionId, botId: ada.botId, notionWorkspaceId: at.emulator.workspaceId };
    assert.deepEqual(
      at.events.slice(-2).map(({ name, workspaceId, principalId, detail }) => ({
        name,
        workspaceId,
        principalId,
        detail,
      })),
      [
        {
          name: 'workspace_deauthorized',
          workspaceId: ada.workspaceId,
          principalId: ada.id,
          detail: { ...names, reason: 'disconnected' },
        },
        {
          name: 'connection.revoked',
          workspaceId: ada.workspaceId,
          principalId: ada.id,
          detail: { ...names, reason: 'disconnected', upstream: 'revoked' },
        },
      ],
    );
  });

  it('A8: tries again until Notion has revoked the tokens, and keeps them blocked meanwhile', async () => {
    const ada = await connected();
    await end(ada);
    await at.control.addFault({ kind: 'respond', status: 503, path: '/v1/oauth/revoke' });
    await at.upkeep.doJobs();
    await at.control.addFault({ kind: 'reset', path: '/v1/oauth/revoke', when: 'after' });
    await makeJobsDue();
    await at.upkeep.doJobs();
    assert.equal((await connectionRow())?.status, 'revoking');
    assert.equal((await secrets()).length, 2);
    await assert.rejects(at.tokens.accessToken(ada.workspaceId, ada.connectionId), { code: 'no_connection' });
    await makeJobsDue();
    await at.upkeep.doJobs();
    assert.equal((await connectionRow())?.status, 'revoked');
    assert.deepEqual(await secrets(), []);
  });

  it('A8: is only later when Notion is away for a day', async () => {
    const ada = await connected();
    await end(ada);
    const hourly = 30;
    await at.control.addFault({ kind: 'respond', status: 503, path: '/v1/oauth/revoke', times: hourly });
    for (let attempt = 0; attempt < hourly; attempt++) {
      await at.upkeep.doJobs();
      await makeJobsDue();
    }
    assert.equal((await connectionRow())?.status, 'revoking');
    assert.equal((await at.control.installations()).find(one => one.botId === ada.botId)?.revoked, false);
    await at.upkeep.doJobs();
    assert.equal((await connectionRow())?.status_reason, 'disconnected: revoked');
    assert.equal((await at.control.installations()).find(one => one.botId === ada.botId)?.revoked, true);
  });

  it('waits longer after each attempt, up to an hour', async () => {
    await end(await connected());
    await at.control.addFault({ kind: 'respond', status: 503, path: '/v1/oauth/revoke', times: 100 });
    const minutes: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      await at.upkeep.doJobs();
      const { rows } = await sql<{ minutes: number }>`
        SELECT round(extract(epoch FROM run_at - now()) / 60)::int AS minutes FROM job
         WHERE kind = 'revoke_connection'`.execute(at.database.system);
      minutes.push(rows[0]?.minutes ?? 0);
      await makeJobsDue();
    }
    assert.deepEqual(minutes, [1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it('destroys the tokens in the end even if Notion never answers, and says so', async () => {
    await end(await connected());
    await at.control.addFault({ kind: 'respond', status: 503, path: '/v1/oauth/revoke', times: 100 });
    await at.database.system
      .updateTable('job')
      .set({ attempts: revocationAttemptsMax - 1 })
      .execute();
    await at.upkeep.doJobs();
    assert.deepEqual(await secrets(), []);
    assert.equal(at.events.at(-1)?.detail.upstream, 'unconfirmed');
  });

  it('A9: is blocked and revoked while the log cannot be written; destroying and its entry follow together', async () => {
    const ada = await connected();
    await end(ada);
    const permit = (verb: 'GRANT' | 'REVOKE') =>
      at.database.asOwner(owner =>
        owner.query(`${verb} INSERT ON audit_entry ${verb === 'GRANT' ? 'TO' : 'FROM'} portcullis_system`),
      );
    await permit('REVOKE');
    await at.upkeep.doJobs();
    assert.equal((await at.control.installations()).find(one => one.botId === ada.botId)?.revoked, true);
    assert.equal((await connectionRow())?.status, 'revoking');
    await permit('GRANT');
    await makeJobsDue();
    await at.upkeep.doJobs();
    assert.deepEqual([(await connectionRow())?.status, await secrets()], ['revoked', []]);
    assert.equal(at.events.filter(event => event.name === 'connection.revoked').length, 1);
  });

  it('rule 3: a token of another origin is sent nowhere to be revoked, and destroyed all the same', async () => {
    const ada = await connected();
    await at.database.system.updateTable('connection').set({ origin: 'https://api.notion.com' }).execute();
    await end(ada);
    await at.upkeep.doJobs();
    assert.equal(await revocations(), 0);
    assert.deepEqual(await secrets(), []);
    const last = at.events.at(-1);
    assert.deepEqual(
      [last?.name, last?.result, last?.detail.upstream],
      ['connection.revoked', 'error', 'other_origin'],
    );
  });

  it('can be asked for twice, and is done once', async () => {
    const ada = await connected();
    await Promise.all([end(ada), end(ada)]);
    await at.upkeep.doJobs();
    assert.deepEqual(
      at.events.map(event => event.name),
      ['workspace_authorized', 'workspace_deauthorized', 'connection.revoked'],
    );
    await assert.rejects(end(ada), { code: 'not_found' });
  });

  it('rule 4: no id reaches a connection of another workspace', async () => {
    const ada = await connected();
    const bob = await at.aPerson();
    const other = await at.database.system.selectFrom('workspace').select('id').executeTakeFirstOrThrow();
    const elsewhere: WorkspaceId = `${other.id.slice(0, -1)}${other.id.endsWith('0') ? '1' : '0'}` as WorkspaceId;
    await assert.rejects(at.disconnect({ ...ada, id: bob.id, workspaceId: elsewhere }), {
      code: 'not_found',
    });
    await assert.rejects(at.tokens.accessToken(elsewhere, ada.connectionId), { code: 'no_connection' });
    assert.equal((await connectionRow())?.status, 'active');
  });

  it('leaves room for connecting the same workspace again', async () => {
    const ada = await connected();
    await end(ada);
    const browser = await at.anotherBrowser(ada.id);
    assert.equal(titleOf(await browser.reach(ada.workspaceId)), 'This connection is just being removed');
    await at.upkeep.doJobs();
    assert.equal((await browser.answer(await browser.reach(ada.workspaceId))).status, 303);
    const rows = await at.database.system.selectFrom('connection').select('status').orderBy('created_at').execute();
    assert.deepEqual(
      rows.map(row => row.status),
      ['revoked', 'active'],
    );
  });

  it('is listed for members without any secret', async () => {
    const ada = await connected();
    const answer = await (await at.anotherBrowser(ada.id)).api('GET', `/api/workspaces/${ada.workspaceId}/connections`);
    const { connections } = answer.json as { connections: Record<string, unknown>[] };
    assert.equal(connections.length, 1);
    assert.deepEqual(
      [connections[0]?.id, connections[0]?.status, connections[0]?.notionOwnerName],
      [ada.connectionId, 'active', 'Ada Admin'],
    );
    assert.ok(!JSON.stringify(answer).includes('eyJ'), 'a sealed token');
  });

  describe('a connection that nobody confirms', () => {
    it('rule 1: is revoked at Notion after ten minutes and leaves nothing', async () => {
      const { browser } = await at.aPerson();
      const reached = await browser.reach();
      await sweepAttempts(at.connectParts);
      assert.equal((await connectionRow())?.status, 'pending');
      await at.database.system
        .updateTable('connect_attempt')
        .set({ used_at: sql<Date>`now() - interval '10 minutes'` })
        .execute();
      assert.equal(titleOf(await browser.get(pathOf(reached.location))), 'There is nothing to confirm');
      await sweepAttempts(at.connectParts);
      assert.equal((await connectionRow())?.status, 'revoking');
      await at.upkeep.doJobs();
      for (const table of [
        'workspace',
        'connection',
        'connection_secret',
        'workspace_key',
        'connect_attempt',
      ] as const) {
        assert.deepEqual(await at.database.system.selectFrom(table).selectAll().execute(), [], table);
      }
      assert.equal(await revocations(), 2);
      assert.deepEqual(
        at.events.map(event => [event.name, event.detail.reason]),
        [['connect.abandoned', 'unconfirmed']],
      );
      assert.equal((await browser.answer(await browser.reach())).status, 303);
    });

    it('ends at once when it is cancelled', async () => {
      const { browser } = await at.aPerson();
      const cancelled = await browser.answer(await browser.reach(), 'cancel');
      assert.equal(new URL(cancelled.location).pathname, '/workspaces');
      await at.upkeep.doJobs();
      assert.equal(await connectionRow(), undefined);
    });

    it('is never confirmed and ended both', async () => {
      for (let round = 0; round < 3; round++) {
        const { browser } = await at.aPerson();
        const reached = await browser.reach();
        const [confirmed, cancelled] = await Promise.all([browser.answer(reached), browser.answer(reached, 'cancel')]);
        assert.equal([confirmed, cancelled].filter(shown => shown.status === 303).length, 1);
        await at.upkeep.doJobs();
        const row = await at.database.system
          .selectFrom('connection')
          .select('status')
          .where('status', '<>', 'revoked')
          .executeTakeFirst();
        assert.equal(row?.status, confirmed.status === 303 ? 'active' : undefined);
        if (confirmed.status === 303) return;
      }
    });
  });

  it('purges attempts that nobody can go on with', async () => {
    const { browser } = await at.aPerson();
    await browser.start();
    await browser.answer(await browser.reach());
    await at.database.system
      .updateTable('connect_attempt')
      .set({ expires_at: sql<Date>`now() - interval '1 hour'` })
      .execute();
    await sweepAttempts(at.connectParts);
    assert.deepEqual(await at.database.system.selectFrom('connect_attempt').selectAll().execute(), []);
    assert.equal((await connectionRow())?.status, 'active');
  });
});
