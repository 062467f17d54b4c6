import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { uuidNamed } from '../../emulator/identifiers.ts';
import { formOf, pathOf } from './browser.ts';
import { type Connecting, startConnecting } from './connecting.ts';
import { assertPage, connectNew, requestsTo, rowsOf } from './connecting-steps.ts';

const globex = uuidNamed('globex/workspace');

describe('rule 1: an attempt names its target, and nothing is merged', () => {
  let at: Connecting;
  before(async () => {
    at = await startConnecting();
  });
  beforeEach(() => at.startOver());
  after(() => at.close());

  it('rule 1: stays pending, without members, until the same session confirms', async () => {
    const ada = await at.aPerson();
    const reached = await ada.browser.reach();
    const { workspaces, connections } = await rowsOf(at);
    assert.equal(connections[0]?.status, 'pending');
    assert.equal(workspaces[0]?.confirmed_at, null);
    assert.deepEqual(await at.database.system.selectFrom('membership').selectAll().execute(), []);
    const [connection] = connections;
    assert.ok(connection);
    await assert.rejects(at.tokens.accessToken(connection.workspace_id, connection.id), { code: 'no_connection' });
    assertPage(await ada.browser.get(pathOf(reached.location)), 200, 'Connect this workspace?');
  });

  it('rule 1: names the workspace, its admins and who will use it', async () => {
    const ada = await connectNew(at);
    const page = await ada.browser.get(pathOf((await ada.browser.reach(ada.workspaceId)).location));
    for (const text of ['Acme', 'Ada Admin', `${ada.id}@example.test`, 'Every member of the workspace (now 1)']) {
      assert.ok(page.text.includes(text), text);
    }
  });

  it('rule 1: only the session that began can confirm or cancel', async () => {
    const ada = await at.aPerson();
    const reached = await ada.browser.reach();
    const other = await at.anotherBrowser(ada.id);
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
    assert.equal((await rowsOf(at)).connections[0]?.status, 'pending');
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
    const ada = await connectNew(at);
    const before = await rowsOf(at);
    const mallory = await at.aPerson();
    assertPage(await mallory.browser.reach(), 409, 'This workspace is connected already');
    assert.deepEqual(await rowsOf(at), before);
    const told = at.events.at(-1);
    assert.deepEqual(
      [told?.name, told?.workspaceId, told?.principalId],
      ['connect.already_known', ada.workspaceId, mallory.id],
    );
    // Notion gave the same person the same installation: revoking it would end the connection of others.
    assert.equal(told?.detail.upstream, 'kept');
    await at.upkeep.doJobs();
    assert.deepEqual(await requestsTo(at, '/v1/oauth/revoke'), []);
    const [connection] = before.connections;
    assert.ok(connection);
    const { token } = await at.tokens.accessToken(ada.workspaceId, connection.id);
    assert.ok(await at.control.tokenOwner({ token }));
  });

  it('rule 1: revokes the discarded tokens when no stored connection has their bot id', async () => {
    const ada = await connectNew(at);
    const mallory = await at.aPerson();
    const eli = at.emulator.people[1]?.id ?? '';
    assertPage(await mallory.browser.reach(null, { personId: eli }), 409, 'This workspace is connected already');
    assert.equal(at.events.at(-1)?.detail.upstream, 'revoking');
    await at.upkeep.doJobs();
    const installations = await at.control.installations();
    const discarded = installations.find(
      one => one.botId === at.events.find(event => event.detail.upstream === 'revoking')?.detail.botId,
    );
    assert.equal(discarded?.revoked, true);
    const { connections } = await rowsOf(at);
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
    const ada = await connectNew(at);
    const before = await rowsOf(at);
    const shown = await ada.browser.reach(ada.workspaceId, { workspaceId: globex });
    assertPage(shown, 409, 'That was another workspace');
    assert.deepEqual(await rowsOf(at), before);
    assert.equal(at.events.at(-1)?.name, 'connect.workspace_mismatch');
    await at.upkeep.doJobs();
    assert.equal((await requestsTo(at, '/v1/oauth/revoke')).length, 1);
  });

  it('rule 1: of two people who connect the same new workspace at once, one does', async () => {
    const [ada, bob] = [await at.aPerson(), await at.aPerson()];
    const paths = [
      await ada.browser.consent(await ada.browser.start()),
      await bob.browser.consent(await bob.browser.start()),
    ] as const;
    const shown = await Promise.all([ada.browser.get(paths[0]), bob.browser.get(paths[1])]);
    assert.deepEqual(shown.map(one => one.status).sort(), [303, 409]);
    assert.equal((await rowsOf(at)).workspaces.length, 1);
  });

  it('goes on with what the same person left unconfirmed', async () => {
    const ada = await at.aPerson();
    const left = await ada.browser.reach();
    const done = await ada.browser.answer(await ada.browser.reach());
    assert.equal(done.status, 303, done.text);
    const { workspaces, connections, secrets } = await rowsOf(at);
    assert.deepEqual([workspaces.length, connections.length, connections[0]?.status], [1, 1, 'active']);
    assert.deepEqual([...new Set(secrets.map(secret => secret.generation))], [connections[0]?.generation]);
    assert.equal(pathOf(left.location).split('=')[1], connections[0]?.id);
  });

  it('connects two workspaces with the same name side by side', async () => {
    await connectNew(at);
    await connectNew(at, { workspaceId: uuidNamed('other-acme/workspace') });
    const { workspaces } = await rowsOf(at);
    assert.deepEqual(
      workspaces.map(workspace => workspace.name),
      ['Acme', 'Acme'],
    );
  });
});
