import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { newId, type RegistrationId } from '../../src/domain/ids.ts';
import { connectMcp } from './connected-mcp.ts';
import { type ConnectingIndependently, startIndependently } from './connecting-independently.ts';

describe('C16: clients that nothing uses', () => {
  let independently: ConnectingIndependently;
  let server: ConnectingIndependently['server'];
  let at: ConnectingIndependently['at'];
  before(async () => {
    independently = await startIndependently();
    ({ server, at } = independently);
  });
  beforeEach(() => independently.startOver());
  after(() => independently.close());

  const system = () => at.database.system;
  const registrations = () => system().selectFrom('client_registration').selectAll().orderBy('id').execute();
  const deletions = () => system().selectFrom('job').selectAll().where('kind', '=', 'delete_client').execute();
  const pressConnect = async () => (await at.aPerson()).browser.start(null, 'mcp');

  /** A week passes: for clients, for ends of connections, and for attempts, which are forgotten. */
  async function aWeekLater(): Promise<void> {
    const before = sql<Date>`now() - interval '8 days'`;
    await system().updateTable('client_registration').set({ used_at: before }).execute();
    await system().updateTable('connection').set({ status_changed_at: before }).execute();
    await system().updateTable('connect_attempt').set({ expires_at: before }).execute();
    await at.connectParts.attempts.purge();
  }

  /** The client of an attempt that was given up. */
  async function anAbandonedClient() {
    await pressConnect();
    const client = (await registrations()).at(-1);
    assert.ok(client);
    await aWeekLater();
    return client;
  }

  it('are deleted at their server (RFC 7592), once they have not been used for a week', async () => {
    await pressConnect();
    const [client] = await registrations();
    assert.ok(client?.sealed_management_token && client.management_uri?.startsWith(server.mcpUrl.replace('/mcp', '/')));
    await at.hosted.removeUnusedClients();
    assert.equal((await registrations()).length, 1);
    await aWeekLater();
    await at.hosted.removeUnusedClients();
    assert.deepEqual(await registrations(), []);
    assert.equal(await server.knows(client.client_id), true);
    await at.upkeep.doJobs();
    assert.equal(await server.knows(client.client_id), false);
    const { detail } = at.events.find(({ name }) => name === 'connect.client_deleted') ?? {};
    assert.deepEqual(detail, { issuer: client.issuer, clientId: client.client_id, upstream: 'deleted' });
    const [job] = await deletions();
    assert.deepEqual([job?.payload, job?.done_at !== null], [{}, true]);
  });

  it('are tried again when their server is away, by a job that outlives the row', async () => {
    const { client_id: clientId } = await anAbandonedClient();
    await at.hosted.removeUnusedClients();
    await server.hidden(() => at.upkeep.doJobs());
    assert.deepEqual([await server.knows(clientId), (await deletions())[0]?.done_at], [true, null]);
    await system().updateTable('job').set({ run_at: sql<Date>`now()` }).execute();
    await at.upkeep.doJobs();
    assert.equal(await server.knows(clientId), false);
  });

  it('are given up after a week of trying', async () => {
    await anAbandonedClient();
    await at.hosted.removeUnusedClients();
    await system().updateTable('job').set({ attempts: 179 }).execute();
    await server.hidden(() => at.upkeep.doJobs());
    assert.deepEqual(at.events.at(-1)?.detail.upstream, 'unclear');
    assert.notEqual((await deletions())[0]?.done_at, null);
  });

  it('are managed with a token that is sealed for their own row', async () => {
    const first = await anAbandonedClient();
    const second = await anAbandonedClient();
    assert.equal(first.sealed_management_token?.split('.').length, 5);
    const { sealed_management_token } = second;
    await system()
      .updateTable('client_registration')
      .set({ sealed_management_token })
      .where('id', '=', first.id)
      .execute();
    await at.hosted.removeUnusedClients();
    await at.upkeep.doJobs();
    const ends = at.events.filter(({ name }) => name === 'connect.client_deleted');
    assert.deepEqual(ends.map(({ detail }) => detail.upstream).sort(), ['deleted', 'undecryptable']);
    assert.deepEqual([await server.knows(first.client_id), await server.knows(second.client_id)], [true, false]);
  });

  it('are never those that a connection uses, in any state of it', async () => {
    const connection = await connectMcp(at, server.consent);
    for (const status of ['active', 'refreshing', 'suspect', 'needs_reauth', 'needs_reregister', 'revoking'] as const) {
      await system().updateTable('connection').set({ status }).execute();
      await aWeekLater();
      await at.hosted.removeUnusedClients();
      assert.equal((await registrations()).length, 1, status);
    }
    await system().updateTable('connection').set({ status: 'active' }).execute();
    await connection.expire();
    assert.ok(await server.opens(await connection.token()));
  });

  it('are not those of an attempt that is still there, however old they are', async () => {
    await pressConnect();
    await system().updateTable('client_registration').set({ used_at: sql<Date>`now() - interval '8 days'` }).execute();
    await at.hosted.removeUnusedClients();
    assert.equal((await registrations()).length, 1);
  });

  it('are not those that an attempt has taken up again, whatever became of it', async () => {
    const { browser } = await at.aPerson();
    for (const _press of [1, 2]) {
      await browser.get('/auth/notion-mcp');
      const [client] = await registrations();
      await system().deleteFrom('connect_attempt').execute();
      await at.hosted.removeUnusedClients();
      assert.deepEqual((await registrations())[0]?.id, client?.id);
      await aWeekLater();
    }
    await at.hosted.removeUnusedClients();
    assert.deepEqual(await registrations(), []);
  });

  it('are those of connections that ended a week ago, and no younger ones', async () => {
    const { workspaceId, connectionId, row } = await connectMcp(at, server.consent);
    const userId = (await row()).connected_by;
    await at.disconnect({ id: userId, workspaceId, connectionId });
    await at.upkeep.doJobs();
    await system().updateTable('client_registration').set({ used_at: sql<Date>`now() - interval '8 days'` }).execute();
    await at.hosted.removeUnusedClients();
    assert.equal((await registrations()).length, 1);
    await aWeekLater();
    await at.hosted.removeUnusedClients();
    assert.deepEqual(await registrations(), []);
    // The tombstone stays.
    assert.deepEqual([(await row()).status, (await row()).registration_id], ['revoked', null]);
  });

  it('wait for what is still to be revoked with them', async () => {
    const { id: registrationId } = await anAbandonedClient();
    const job = { id: newId('job'), kind: 'revoke_token', payload: { registrationId }, workspaceId: null };
    await at.connectParts.jobs.add(job);
    await at.hosted.removeUnusedClients();
    assert.equal((await registrations()).length, 1);
    await at.connectParts.jobs.finish(job.id);
    await at.hosted.removeUnusedClients();
    assert.deepEqual(await registrations(), []);
  });

  it('are left alone while something that refers to them is on its way into the database', async () => {
    const { id } = await anAbandonedClient();
    const { workspaceId } = await connectMcp(at, server.consent);
    await system()
      .transaction()
      .execute(async tx => {
        await tx
          .updateTable('connection')
          .set({ registration_id: id })
          .where('workspace_id', '=', workspaceId)
          .execute();
        await at.hosted.removeUnusedClients();
      });
    assert.ok((await registrations()).some(row => row.id === id));
    await at.hosted.removeUnusedClients();
    assert.ok((await registrations()).some(row => row.id === id));
  });

  it('are taken up or removed, never both, however attempts and removals fall together', async () => {
    for (let round = 0; round < 10; round++) {
      const { browser } = await at.aPerson();
      await browser.get('/auth/notion-mcp');
      await aWeekLater();
      const [pressed] = await Promise.all([
        browser.get('/auth/notion-mcp'),
        ...[1, 2].map(() => at.hosted.removeUnusedClients()),
      ]);
      assert.equal(pressed.status, 302, pressed.text);
      const clientId = new URL(pressed.location).searchParams.get('client_id');
      await at.upkeep.doJobs();
      assert.ok((await registrations()).some(row => row.client_id === clientId));
      assert.ok(await server.knows(clientId ?? ''));
    }
  });

  it('are removed twenty at a time, each once, by however many processes', async () => {
    const { id: userId } = await at.aPerson();
    await anAbandonedClient();
    const [template] = await registrations();
    assert.ok(template);
    const more = Array.from({ length: 50 }, () => ({
      ...template,
      id: newId('reg') as RegistrationId,
      user_id: userId,
    }));
    await system().insertInto('client_registration').values(more).execute();
    await at.hosted.removeUnusedClients();
    assert.equal((await registrations()).length, 31);
    await Promise.all([at.hosted.removeUnusedClients(), at.hosted.removeUnusedClients()]);
    assert.ok((await registrations()).length <= 11);
    await at.hosted.removeUnusedClients();
    assert.deepEqual([(await registrations()).length, (await deletions()).length], [0, 51]);
  });
});
