import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { sweepAttempts } from '../../src/connect/sweep-attempts.ts';
import { until } from '../until.ts';
import { type ConnectedMcp, connectMcp } from './connected-mcp.ts';
import { type Connecting, startConnecting } from './connecting.ts';
import { startIndependentServer } from './independent-server.ts';

describe('tokens that a connection leaves behind', () => {
  let at: Connecting;
  let connection: ConnectedMcp;
  beforeEach(async () => {
    at = await startConnecting();
    connection = await connectMcp(at);
    at.events.length = 0;
  });
  afterEach(() => at.close());

  const system = () => at.database.system;
  /** What another public URL comes to: the client that there is has another redirect URI. */
  const useAnotherClient = () =>
    system().updateTable('client_registration').set({ redirect_uri: 'https://before.example/callback' }).execute();
  const reach = async (workspace: string | null = connection.workspaceId) => {
    const { browser } = connection;
    const consent = await browser.get(`/auth/notion-mcp${workspace === null ? '' : `?workspace=${workspace}`}`);
    return browser.get(await browser.consent(new URL(consent.location)));
  };
  const answer = async (reached: Awaited<ReturnType<typeof reach>>, given?: 'cancel') =>
    assert.equal((await connection.browser.answer(reached, given)).status, 303);
  /** Of each grant at Notion, oldest first. */
  const revoked = async () => (await at.control.mcpGrants()).map(grant => grant.revoked);
  const openJobs = () =>
    system().selectFrom('job').selectAll().where('kind', '=', 'revoke_token').where('state', '<>', 'done').execute();
  const makeJobsDue = () => system().updateTable('job').set({ run_at: sql<Date>`now()` }).execute();
  const discarded = () =>
    at.events
      .filter(({ name }) => name === 'connect.discarded')
      .map(({ workspaceId, result, detail }) => [workspaceId, result, detail.connection, detail.upstream]);

  it('are revoked once a reconnect with another client is confirmed, and not before', async () => {
    await useAnotherClient();
    const reached = await reach();
    await at.upkeep.doJobs();
    assert.deepEqual(await revoked(), [false, false]);
    await answer(reached);
    await at.upkeep.doJobs();
    assert.deepEqual(await revoked(), [true, false]);
    await connection.expire();
    assert.match(await connection.token(), /./);
    assert.deepEqual(discarded(), [[connection.workspaceId, 'success', connection.connectionId, 'revoked']]);
  });

  it('stay sealed where they are until then, and are nowhere when it is done', async () => {
    const token = await connection.token();
    const secrets = () => system().selectFrom('connection_secret').select(['job_id', 'sealed']).execute();
    await useAnotherClient();
    await answer(await reach());
    const [job, ...others] = await openJobs();
    assert.deepEqual(others, []);
    assert.ok(!JSON.stringify(job).includes(token) && !JSON.stringify(job).includes('eyJ'));
    assert.deepEqual((await secrets()).map(secret => secret.job_id).sort(), [job?.id, null, null].sort());
    await at.upkeep.doJobs();
    assert.deepEqual(
      (await secrets()).map(secret => secret.job_id),
      [null, null],
    );
    const rows = await system().selectFrom('job').select('payload').where('kind', '=', 'revoke_token').execute();
    assert.deepEqual(rows, [{ payload: {} }]);
  });

  it('are revoked later when Notion is away, or the process dies after the confirmation', async () => {
    await useAnotherClient();
    await answer(await reach());
    const attempts = 3;
    await at.control.addFault({ kind: 'respond', status: 503, path: '/token', times: attempts });
    for (let attempt = 0; attempt < attempts; attempt++) {
      await at.upkeep.doJobs();
      assert.deepEqual([await revoked(), (await openJobs()).length], [[false, false], 1]);
      await makeJobsDue();
    }
    // Only the database remembers anything.
    await at.upkeep.doJobs();
    assert.deepEqual([await revoked(), await openJobs()], [[true, false], []]);
  });

  it('are added to nothing when the confirmation does not come to be', async () => {
    await useAnotherClient();
    const reached = await reach();
    const permit = (verb: 'GRANT' | 'REVOKE') =>
      at.database.asOwner(owner =>
        owner.query(`${verb} INSERT ON audit_entry ${verb === 'GRANT' ? 'TO' : 'FROM'} portcullis_system`),
      );
    await permit('REVOKE');
    assert.notEqual((await connection.browser.answer(reached)).status, 303);
    assert.deepEqual(await openJobs(), []);
    await permit('GRANT');
    await answer(reached);
    await at.upkeep.doJobs();
    assert.deepEqual(await revoked(), [true, false]);
  });

  it('rule 1: stay alone where the client stays: its grant before is replaced by Notion', async () => {
    await answer(await reach());
    assert.deepEqual(await openJobs(), []);
    await at.upkeep.doJobs();
    await connection.expire();
    assert.match(await connection.token(), /./);
  });

  for (const end of ['cancelled', 'overdue'] as const) {
    it(`are those of a reconnect with another client that is ${end}`, async () => {
      await useAnotherClient();
      const reached = await reach();
      if (end === 'cancelled') await answer(reached, 'cancel');
      else {
        const used_at = sql<Date>`now() - interval '10 minutes'`;
        await system().updateTable('connect_attempt').set({ used_at }).where('state', '=', 'waiting').execute();
        await sweepAttempts(at.connectParts);
      }
      await at.upkeep.doJobs();
      assert.deepEqual(await revoked(), [false, true]);
      await connection.expire();
      assert.match(await connection.token(), /./);
    });
  }

  it('are also those that the old client gets by a refresh under way, whose grant they would keep alive', async () => {
    await useAnotherClient();
    const reached = await reach();
    await connection.expire();
    await at.control.addFault({ kind: 'stall', path: '/token' });
    const refreshed = connection.token();
    await until('the refresh is under way', async () => (await connection.row()).status === 'refreshing');
    // Nothing but the new tokens can end the grant.
    await system().updateTable('connection_secret').set({ sealed: 'eyJ' }).where('generation', '=', 1).execute();
    await system()
      .updateTable('client_registration')
      .set({ used_at: new Date(0) })
      .execute();
    await answer(reached);
    await at.hosted.removeUnusedClients();
    await until('the answer is on its way', async () => (await at.control.release({})).released > 0);
    await refreshed;
    await at.upkeep.doJobs();
    assert.deepEqual(await revoked(), [true, false]);
    const unopened = [connection.workspaceId, 'error', connection.connectionId, 'undecryptable'];
    assert.deepEqual(new Set(discarded()), new Set([unopened, [null, 'success', undefined, 'revoked']]));
    assert.deepEqual(await openJobs(), []);
  });

  it('are those of a reconnect with another client that waits when the connection is disconnected', async () => {
    await useAnotherClient();
    const reached = await reach();
    await at.disconnect({ ...connection, id: connection.userId });
    await at.upkeep.doJobs();
    assert.deepEqual([await revoked(), (await connection.row()).status], [[true, true], 'revoked']);
    assert.notEqual((await connection.browser.answer(reached)).status, 303);
  });

  it('are those of a reconnect that another one takes the place of', async () => {
    await useAnotherClient();
    await reach();
    const second = await reach();
    await at.upkeep.doJobs();
    assert.deepEqual(await revoked(), [false, true, false]);
    await answer(second);
    await at.upkeep.doJobs();
    assert.deepEqual(await revoked(), [true, true, false]);
  });

  it('are not those of a client that is asked again meanwhile: it is left alone until it is revoked', async () => {
    await useAnotherClient();
    await answer(await reach(), 'cancel');
    const { browser } = connection;
    const clients = async () => {
      const { location } = await browser.get(`/auth/notion-mcp?workspace=${connection.workspaceId}`);
      return new URL(location).searchParams.get('client_id');
    };
    const cancelled = (await at.control.mcpGrants()).at(-1)?.clientId;
    assert.notEqual(await clients(), cancelled);
    await at.upkeep.doJobs();
    await answer(await reach());
    assert.deepEqual((await revoked()).at(-1), false);
  });

  it('end with a new workspace that was begun twice and given up', async () => {
    // Nothing is connected yet.
    await at.close();
    at = await startConnecting();
    const { browser } = await at.aPerson();
    const begin = async () => {
      const { location } = await browser.get('/auth/notion-mcp');
      return browser.get(await browser.consent(new URL(location)));
    };
    await begin();
    const second = await begin();
    assert.equal((await browser.answer(second, 'cancel')).status, 303);
    await at.upkeep.doJobs();
    assert.deepEqual(await revoked(), [true, true]);
    assert.deepEqual(await system().selectFrom('connection_secret').selectAll().execute(), []);
  });

  it('do not stand in the way when they no longer open, and the log says that they may still work', async () => {
    await system().updateTable('connection_secret').set({ sealed: 'eyJ' }).execute();
    await useAnotherClient();
    await answer(await reach());
    assert.equal((await connection.row()).status, 'active');
    await at.upkeep.doJobs();
    assert.deepEqual(await openJobs(), []);
    assert.deepEqual(discarded(), [[connection.workspaceId, 'error', connection.connectionId, 'undecryptable']]);
  });

  it('outlive the end of their connection', async () => {
    await useAnotherClient();
    await answer(await reach());
    await at.disconnect({ ...connection, id: connection.userId });
    await system()
      .updateTable('job')
      .set({ run_at: sql<Date>`now() + interval '1 hour'` })
      .where('kind', '=', 'revoke_token')
      .execute();
    await at.upkeep.doJobs();
    assert.equal((await connection.row()).status, 'revoked');
    const kept = await system().selectFrom('connection_secret').select('job_id').execute();
    assert.deepEqual(
      kept.map(({ job_id }) => job_id),
      (await openJobs()).map(({ id }) => id),
    );
    await makeJobsDue();
    await at.upkeep.doJobs();
    assert.deepEqual(
      [await revoked(), await system().selectFrom('connection_secret').selectAll().execute()],
      [[true, true], []],
    );
  });
});

describe('tokens that a connection leaves behind at a server of somebody else', () => {
  it('end with their grant, and the new ones go on', async () => {
    const server = await startIndependentServer();
    const at = await startConnecting({ notion: { mcpUrl: server.mcpUrl } });
    try {
      const connection = await connectMcp(at, server.consent);
      const old = await connection.token();
      await at.database.system.updateTable('client_registration').set({ refused_at: new Date() }).execute();
      const { browser, workspaceId } = connection;
      const consent = await browser.start(workspaceId, 'mcp');
      await browser.answer(await browser.get(await server.consent(consent)));
      assert.equal(await server.opens(old), true);
      await server.hidden(() => at.upkeep.doJobs());
      assert.equal(await server.opens(old), true);
      await at.database.system.updateTable('job').set({ run_at: new Date() }).execute();
      await at.upkeep.doJobs();
      assert.equal(await server.opens(old), false);
      await connection.expire();
      assert.equal(await server.opens(await connection.token()), true);
    } finally {
      await at.close();
      await server.close();
    }
  });
});
