import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { sweepAttempts } from '../../src/connect/sweep-attempts.ts';
import { isId, type WorkspaceId } from '../../src/domain/ids.ts';
import { type Browser, titleOf } from './browser.ts';
import { type Connecting, startConnecting } from './connecting.ts';

describe('a pasted token of a workspace that nobody knows', () => {
  let at: Connecting;
  before(async () => {
    at = await startConnecting();
  });
  beforeEach(() => at.startOver());
  after(() => at.close());

  const token = () => at.emulator.internalToken;
  const paste = (browser: Browser, body: object = {}) =>
    browser.api('POST', '/api/connections', { token: token(), ...body });
  /** As after consent: the page that the answer leads to, and its button. */
  const answer = async (browser: Browser, confirmPath: unknown, given?: 'cancel') =>
    browser.answer({ ...(await browser.get(String(confirmPath))), location: at.url + confirmPath }, given);
  const connections = () => at.database.system.selectFrom('connection').selectAll().execute();
  const workspaces = () => at.database.system.selectFrom('workspace').selectAll().execute();
  const members = () => at.database.system.selectFrom('membership').selectAll().execute();
  const secrets = () => at.database.system.selectFrom('connection_secret').selectAll().execute();
  const attempts = () => at.database.system.selectFrom('connect_attempt').selectAll().execute();

  async function connected(): Promise<{ browser: Browser; workspaceId: WorkspaceId }> {
    const { browser } = await at.aPerson();
    const done = await browser.answer(await browser.reach());
    return { browser, workspaceId: new URL(done.location).pathname.split('/').at(-1) as WorkspaceId };
  }

  it('rule 1: stays pending, without members, until the same session confirms; then who pasted it is its admin', async () => {
    const ada = await at.aPerson();
    const pasted = await paste(ada.browser);
    assert.equal(pasted.status, 202);
    assert.ok(isId('con', pasted.json.connectionId));
    assert.deepEqual([(await connections())[0]?.status, await members()], ['pending', []]);
    assert.deepEqual(
      at.events.map(({ name }) => name),
      [],
    );

    const elsewhere = await at.anotherBrowser(ada.id);
    const shown = await elsewhere.get(String(pasted.json.confirmPath));
    assert.equal(titleOf(shown), 'There is nothing to confirm');
    const done = await answer(ada.browser, pasted.json.confirmPath);
    assert.equal(done.status, 303);
    const [connection] = await connections();
    assert.ok(connection);
    assert.deepEqual(
      [connection.kind, connection.status, connection.audience, connection.connected_by],
      ['internal', 'active', 'owner', ada.id],
    );
    assert.deepEqual(
      (await members()).map(one => [one.workspace_id, one.principal_id, one.role]),
      [[connection.workspace_id, ada.id, 'admin']],
    );
    assert.deepEqual((await workspaces())[0]?.name, 'Acme');
    assert.equal((await at.tokens.accessToken(connection.workspace_id, connection.id)).token, token());
    assert.deepEqual(
      at.events.map(({ name, workspaceId, detail }) => [name, workspaceId, detail.kind, detail.isNew]),
      [['workspace_authorized', connection.workspace_id, 'internal', true]],
    );
    assert.deepEqual(at.log.slice(0, 1), ['connection.paste_new allow deployment_right']);
  });

  it('rule 1: is refused if the workspace is known: its admins are notified, and nothing is stored', async () => {
    const { workspaceId } = await connected();
    const [before, ...others] = await connections();
    at.events.length = 0;
    const bob = await at.aPerson();
    const refused = await paste(bob.browser, { name: 'Another' });
    assert.equal(refused.status, 409);
    assert.deepEqual([await connections(), others], [[before], []]);
    assert.deepEqual(
      at.events.map(({ name, workspaceId: told, principalId, detail }) => [name, told, principalId, detail.kind]),
      [['connect.already_known', workspaceId, bob.id, 'internal']],
    );
    assert.deepEqual(
      (await attempts()).filter(one => one.kind === 'internal'),
      [],
    );
  });

  it('rule 1: leaves the connection of the same integration as it is, for every audience', async () => {
    const ada = await connected();
    await ada.browser.api('POST', `/api/workspaces/${ada.workspaceId}/connections`, { token: token() });
    const [before, sealed] = [await connections(), await secrets()];
    assert.equal((await paste((await at.aPerson()).browser)).status, 409);
    // Its admin is led to reconnecting, which changes nothing until it is confirmed.
    const { status, json } = await paste(ada.browser);
    assert.equal(status, 202);
    assert.equal(titleOf(await ada.browser.get(String(json.confirmPath))), 'Reconnect this workspace?');
    await answer(ada.browser, json.confirmPath, 'cancel');
    const same = (await connections()).map(({ last_generation: _one, ...rest }) => rest);
    assert.deepEqual([same, await secrets()], [before.map(({ last_generation: _one, ...rest }) => rest), sealed]);
    await at.upkeep.doJobs();
    assert.equal((await at.control.installations()).filter(one => one.revoked).length, 0);
  });

  it('takes the right to connect new workspaces: to administer another workspace is not enough, nor is nobody asked', async () => {
    const [stranger, { browser }] = [await at.aPerson([]), await at.aPerson(['grants'])];
    for (const one of [stranger.browser, browser]) assert.equal((await paste(one)).status, 403);
    assert.deepEqual([await connections(), await at.control.requests()], [[], []]);
  });

  it('is one workspace when two people paste it at once', async () => {
    const people = await Promise.all([at.aPerson(), at.aPerson(), at.aPerson()]);
    const answers = await Promise.all(people.map(({ browser }) => paste(browser)));
    assert.deepEqual(answers.map(one => one.status).sort(), [202, 409, 409]);
    assert.deepEqual([(await workspaces()).length, (await connections()).length, (await attempts()).length], [1, 1, 1]);
  });

  it('can be pasted again by the person who did not confirm it, also twice at once', async () => {
    const { browser } = await at.aPerson();
    await paste(browser);
    const answers = await Promise.all([paste(browser), paste(browser)]);
    assert.deepEqual(
      answers.map(one => one.status),
      [202, 202],
    );
    assert.deepEqual([(await connections()).length, (await secrets()).length], [1, 1]);
    assert.equal((await answer(browser, answers[0]?.json.confirmPath)).status, 303);
    assert.equal((await connections())[0]?.status, 'active');
  });

  it('goes into one connection when it is pasted twice at once beside consent that waits', async () => {
    const { browser } = await at.aPerson();
    await browser.reach();
    const answers = await Promise.all([paste(browser), paste(browser), paste(browser)]);
    assert.deepEqual(
      answers.map(one => one.status),
      [202, 202, 202],
    );
    assert.deepEqual((await connections()).map(one => one.kind).sort(), ['internal', 'rest']);
  });

  it('is over when consent was confirmed first and the token was pasted into the workspace again', async () => {
    const { browser } = await at.aPerson();
    const consent = await browser.reach();
    const { json } = await paste(browser);
    const done = await browser.answer(consent);
    const path = `/api/workspaces/${new URL(done.location).pathname.split('/').at(-1)}/connections`;
    assert.equal((await browser.api('POST', path, { token: token() })).status, 201);
    const shown = await browser.get(String(json.confirmPath));
    assert.equal(titleOf(shown), 'A later attempt took the place of this one');
    const one = (await connections()).find(({ kind }) => kind === 'internal');
    assert.ok(one);
    assert.equal((await at.tokens.accessToken(one.workspace_id, one.id)).token, token());
  });

  for (const end of ['cancelled', 'overdue'] as const) {
    it(`leaves nothing when it is ${end}`, async () => {
      const { browser } = await at.aPerson();
      const { json } = await paste(browser);
      if (end === 'cancelled') await answer(browser, json.confirmPath, 'cancel');
      else {
        const used_at = sql<Date>`now() - interval '10 minutes'`;
        await at.database.system.updateTable('connect_attempt').set({ used_at }).execute();
        await sweepAttempts(at.connectParts);
      }
      await at.upkeep.doJobs();
      assert.deepEqual([await workspaces(), await secrets(), await attempts()], [[], [], []]);
      const last = at.events.at(-1);
      assert.deepEqual([last?.name, last?.detail.upstream], ['connect.abandoned', 'not_revocable']);
    });
  }

  it('asks for a name where Notion does not say it, and only there', async () => {
    const { browser } = await at.aPerson();
    const { identifyToken } = at.connectParts;
    Object.assign(at.connectParts, {
      identifyToken: async (...asked: Parameters<typeof identifyToken>) => {
        const identity = await identifyToken(...asked);
        return typeof identity === 'string' ? identity : { ...identity, workspaceName: null };
      },
    });
    const nameless = await paste(browser);
    assert.equal(nameless.status, 400);
    assert.deepEqual([await workspaces(), await attempts()], [[], []]);
    assert.equal((await paste(browser, { name: ' \u202eLab ' })).status, 202);
    assert.equal((await workspaces())[0]?.name, 'Lab');
  });

  it('is refused where Notion does not know it, and repeated nowhere', async () => {
    const { browser } = await at.aPerson();
    assert.equal((await paste(browser, { token: 'ntn_made_up_and_long_enough' })).status, 400);
    await at.control.addFault({ kind: 'respond', status: 503, path: '/v1/users/me' });
    assert.equal((await paste(browser)).status, 502);
    assert.deepEqual([await connections(), await attempts()], [[], []]);
    const answers = [await paste(browser), await paste(browser, { audience: token() })];
    const stored = [await connections(), await secrets(), await attempts(), at.events, at.log];
    assert.ok(!JSON.stringify([answers, stored]).includes(token()));
  });
});
