/** Who learns what of connections, with the real decisions and a real database. Of Notion there is nothing. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ConnectionId, newId, type UserId, type WorkspaceId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createCapabilityStore } from '../../src/store/capability-store.ts';
import { type AdminApi, openAdminApi } from '../admin-api.ts';
import { nowhere } from '../in-process.ts';
import { aConnection } from '../webhooks/hearing.ts';

type Finding = { capability: string; state: string; verdict: string };

describe('who learns what of the connections of a workspace', () => {
  let api: AdminApi;
  let workspaceId: WorkspaceId;
  let [admin, editor, viewer, stranger]: UserId[] = [];
  let shared: ConnectionId;
  let own: ConnectionId;

  before(async () => {
    api = await openAdminApi();
    const { people } = api;
    workspaceId = await people.aWorkspace();
    admin = await people.aMember(workspaceId, 'admin');
    editor = await people.aMember(workspaceId, 'editor');
    viewer = await people.aMember(workspaceId, 'viewer');
    stranger = await people.aMember(await people.aWorkspace(), 'admin');
    shared = await connect({ connected_by: admin });
    own = await connect({ connected_by: editor, audience: 'owner', notion_owner_name: 'Private Person' });
  });
  after(() => api.close());

  async function connect(given: Omit<Parameters<typeof aConnection>[0], 'workspace_id' | 'oauth_client_id'>) {
    const row = aConnection({ workspace_id: workspaceId, oauth_client_id: null, origin: nowhere, ...given });
    const { system } = api.database;
    await system.insertInto('connection').values(row).execute();
    const sealer = await api.connectParts.vault.forWorkspace(workspaceId);
    const sealed = await sealer.seal(row.id, 1, { accessToken: new Secret('a-token'), refreshToken: null });
    const secrets = sealed.map(token => ({ workspace_id: workspaceId, connection_id: row.id, ...token }));
    await system.insertInto('connection_secret').values(secrets).execute();
    return row.id;
  }

  /** Through which connections the report asked Notion, or tried to. */
  async function asked(): Promise<ConnectionId[]> {
    const entries = (await api.log()).filter(({ kind }) => kind === 'intent').map(({ entry }) => JSON.parse(entry));
    return entries.filter(({ principal }) => principal.id === 'access_report').map(({ connection }) => connection.id);
  }

  const get = async (who: UserId | undefined, path: string) =>
    api.send('GET', `/api/workspaces/${workspaceId}${path}`, { cookie: await api.cookieOf(who ?? assert.fail()) });
  const listedFor = async (who: UserId | undefined) =>
    ((await get(who, '/connections')).at('connections') as { id: string }[]).map(({ id }) => id);
  const findingsOf = async (id: ConnectionId) => {
    const answer = await get(admin, '/report/capabilities');
    const connections = answer.at('connections') as { id: string; capabilities: Finding[] }[];
    const found = connections.find(one => one.id === id)?.capabilities ?? assert.fail();
    return (capability: string) => found.find(one => one.capability === capability);
  };
  const learn = (connectionId: ConnectionId, capability: 'update_content', held: boolean, learnedAt = new Date()) =>
    createCapabilityStore(api.people.database).save([
      { workspaceId, connectionId, capability, held, shownBy: 'pages.update', learnedAt },
    ]);

  it('rule 2: lists what is one person’s alone for that person, and for who manages connections', async () => {
    assert.deepEqual(await listedFor(admin), [shared, own]);
    assert.deepEqual(await listedFor(editor), [shared, own]);
    assert.deepEqual(await listedFor(viewer), [shared]);
    assert.doesNotMatch((await get(viewer, '/connections')).text, /Private Person/);
  });

  it('rule 11: lists for a key no more than for who it is limited to be', async () => {
    const { people } = api;
    const caller = { principal: { kind: 'user' as const, id: admin ?? assert.fail() }, ceiling: null };
    const author = {
      ...caller,
      credential: newId('ses'),
      epoch: null,
      boundTo: null,
      under: null,
      signIn: null,
      deploymentRights: new Set<never>(),
    };
    const { secret } = await people.accounts.keys.mint(author, workspaceId, {
      name: 'reads',
      limitTo: ['read'],
      expiresInDays: 1,
    });
    const answer = await api.send('GET', `/api/workspaces/${workspaceId}/connections`, { key: secret });
    assert.deepEqual(
      (answer.at('connections') as { id: string }[]).map(({ id }) => id),
      [shared],
    );
  });

  it('tells nothing to the admin of another workspace, and nothing of capabilities to who does not manage them', async () => {
    for (const path of [
      '/connections',
      '/report/access',
      '/report/capabilities',
      `/report/access?connection=${shared}`,
    ]) {
      assert.equal((await get(stranger, path)).status, 404, path);
    }
    for (const who of [viewer, editor]) {
      for (const path of ['/report/access', '/report/capabilities'])
        assert.equal((await get(who, path)).status, 403, path);
    }
    assert.deepEqual(await asked(), [], 'Notion was asked for none of them');
  });

  it('rule 2: asks Notion through no connection but those that serve who asks', async () => {
    const report = await get(admin, '/report/access');
    assert.deepEqual([report.status, report.at('stopped')], [200, 'unavailable']);
    assert.deepEqual([...new Set(await asked())], [shared]);
    const reaches = (report.at('connections') as { id: string; reach: string }[]).map(({ id, reach }) => [id, reach]);
    assert.deepEqual(reaches, [
      [shared, 'listed'],
      [own, 'private'],
    ]);
  });

  it('measures a connection by whom it serves: its owner alone, or all members', async () => {
    const before = (await asked()).length;
    const alone = await connect({ connected_by: viewer ?? assert.fail(), audience: 'owner' });
    for (const id of [shared, alone]) await learn(id, 'update_content', true);
    assert.equal((await findingsOf(shared))('update_content')?.verdict, 'spare');
    assert.equal((await findingsOf(alone))('update_content')?.verdict, 'excess');
    assert.equal((await asked()).length, before, 'known capabilities are shown without asking Notion');
  });

  it('forgets what was learned before a person agreed to the connection anew', async () => {
    await learn(own, 'update_content', false);
    assert.equal((await findingsOf(own))('update_content')?.state, 'lacking');
    const later = new Date(Date.now() + 60_000);
    await api.people.database.system
      .updateTable('connection')
      .set({ authorized_at: later })
      .where('id', '=', own)
      .execute();
    assert.equal((await findingsOf(own))('update_content')?.state, 'unknown');
  });

  it('keeps in which order a Notion checks for each Notion, from any connection', async () => {
    const store = createCapabilityStore(api.people.database);
    const other = await connect({ connected_by: admin ?? assert.fail(), origin: 'https://another.example' });
    await store.saveCheckedFirst({ workspaceId, connectionId: shared }, 'pages.update');
    await store.saveCheckedFirst({ workspaceId, connectionId: shared }, 'pages.update');
    const known = (connectionId: ConnectionId, operation: string) =>
      store.isCheckedFirst({ workspaceId, connectionId }, operation);
    assert.deepEqual(
      await Promise.all([known(own, 'pages.update'), known(own, 'comments.create'), known(other, 'pages.update')]),
      [true, false, false],
    );
  });
});
