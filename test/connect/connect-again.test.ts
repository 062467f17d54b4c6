import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { uuidNamed } from '../../emulator/identifiers.ts';
import type { WorkspaceId } from '../../src/domain/ids.ts';
import { type Browser, type Consent, formOf, pathOf, titleOf } from './browser.ts';
import { type Connecting, startConnecting } from './connecting.ts';
import { assertPage, connectNew, rowsOf } from './connecting-steps.ts';

describe('connecting a workspace again, to add pages', () => {
  let at: Connecting;
  before(async () => {
    at = await startConnecting();
  });
  beforeEach(() => at.startOver());
  after(() => at.close());

  const eli = () => at.emulator.people[1]?.id ?? '';
  const connections = async () => (await rowsOf(at)).connections;

  /** From the button that names no workspace to the callback. */
  async function again(browser: Browser, kind: 'rest' | 'mcp', given: Consent = {}) {
    return browser.get(await browser.consent(await browser.start(null, kind), given));
  }

  async function answer(browser: Browser, reached: { location: string }, extra: Record<string, string> = {}) {
    const { text } = await browser.get(pathOf(reached.location));
    return browser.post('/auth/notion/confirm', { ...formOf(text), answer: 'confirm', ...extra });
  }

  async function join(workspaceId: WorkspaceId, role: string) {
    const person = await at.aPerson();
    const membership = { workspace_id: workspaceId, principal_id: person.id, role, created_by: person.id };
    await at.database.system.insertInto('membership').values(membership).execute();
    return person;
  }

  for (const kind of ['rest', 'mcp'] as const) {
    it(`leads its admin to reconnecting by ${kind}: tokens are replaced once that is confirmed`, async () => {
      const ada = await at.aPerson();
      const first = await answer(ada.browser, await again(ada.browser, kind));
      const [before] = await connections();
      assert.ok(before);
      const reached = await again(ada.browser, kind);
      assert.equal(reached.status, 303, reached.text);
      assertPage(await ada.browser.get(pathOf(reached.location)), 200, 'Reconnect this workspace?');
      assert.deepEqual(await connections(), [{ ...before, last_generation: before.last_generation + 1 }]);
      const done = await answer(ada.browser, reached);
      assert.equal(done.location, first.location);
      const [now, ...others] = await connections();
      assert.deepEqual([now?.id, now?.status, others], [before.id, 'active', []]);
      assert.ok((now?.generation ?? 0) > before.generation);
      assert.ok(await at.tokens.accessToken(before.workspace_id, before.id));
      assert.deepEqual(
        at.events.map(({ name }) => name),
        ['workspace_authorized', 'workspace_authorized'],
      );
      // What is confirmed there is decided there.
      assert.equal(at.log.at(-1), 'connect.confirm allow role');
    });

    it(`lets another admin add a connection by ${kind}, from another account at Notion`, async () => {
      const ada = await connectNew(at);
      const bob = await join(ada.workspaceId, 'admin');
      const reached = await again(bob.browser, kind, { personId: eli() });
      const page = await bob.browser.get(pathOf(reached.location));
      assertPage(page, 200, 'Add another connection to this workspace?');
      assert.equal((await answer(bob.browser, reached)).status, 303);
      const all = await connections();
      assert.deepEqual(
        all.map(one => [one.workspace_id, one.status]),
        all.map(() => [ada.workspaceId, 'active']),
      );
      assert.equal(all.length, 2);
    });

    for (const role of ['editor', 'viewer', 'guest', null] as const) {
      it(`rule 1: is refused by ${kind} to ${role ?? 'a stranger'}, who changes nothing`, async () => {
        const ada = await connectNew(at);
        const bob = role === null ? await at.aPerson() : await join(ada.workspaceId, role);
        const before = await rowsOf(at);
        const shown = await again(bob.browser, kind, { personId: eli() });
        assertPage(shown, 409, 'This workspace is connected already');
        assert.deepEqual(await rowsOf(at), before);
        assert.equal(at.events.at(-1)?.name, 'connect.already_known');
      });
    }
  }

  it('rule 1: is not confirmed by somebody who is no admin any more', async () => {
    const ada = await connectNew(at);
    const bob = await join(ada.workspaceId, 'admin');
    const reached = await again(bob.browser, 'rest');
    const form = formOf((await bob.browser.get(pathOf(reached.location))).text);
    await at.database.system.deleteFrom('membership').where('principal_id', '=', bob.id).execute();
    const [before] = await connections();
    const refused = await bob.browser.post('/auth/notion/confirm', { ...form, answer: 'confirm' });
    assertPage(refused, 404, 'You may not connect this workspace');
    assert.deepEqual(await connections(), [before]);
  });

  it('gives up what was added when it is cancelled, and nothing else', async () => {
    const ada = await connectNew(at);
    const reached = await again(ada.browser, 'rest', { personId: eli() });
    await ada.browser.answer(reached, 'cancel');
    await at.upkeep.doJobs();
    const all = await connections();
    assert.deepEqual(all.map(({ status }) => status).sort(), ['active', 'revoked']);
    const installations = await at.control.installations();
    const revoked = all.map(({ bot_id }) => installations.find(({ botId }) => botId === bot_id)?.revoked);
    assert.deepEqual(
      revoked,
      all.map(({ status }) => status === 'revoked'),
    );
  });

  describe('from another account at Notion', () => {
    it('asks whether the new connection takes the place of the one before, and then it does', async () => {
      const ada = await connectNew(at);
      const [old] = await connections();
      const reached = await again(ada.browser, 'rest', { personId: eli() });
      const { text } = await ada.browser.get(pathOf(reached.location));
      assert.ok(text.includes(`value="${old?.id}"`) && text.includes('Keep them all'), text);
      const done = await answer(ada.browser, reached, { replacing: old?.id ?? '' });
      assert.equal(new URL(done.location).pathname, `/workspaces/${ada.workspaceId}`);
      await at.upkeep.doJobs();
      const all = await connections();
      assert.equal(all.find(({ id }) => id === old?.id)?.status, 'revoked');
      const [now] = all.filter(({ status }) => status === 'active');
      assert.ok(now && (await at.tokens.accessToken(ada.workspaceId, now.id)));
      assert.deepEqual(
        at.events.map(({ name }) => name).filter(name => name.startsWith('workspace_')),
        ['workspace_authorized', 'workspace_authorized', 'workspace_deauthorized'],
      );
      // Pressed twice, it leads to the same place and ends nothing more.
      const fields = formOf(text);
      const twice = { ...fields, answer: 'confirm', replacing: old?.id ?? '' };
      assert.equal((await ada.browser.post('/auth/notion/confirm', twice)).location, done.location);
      assert.equal((await connections()).filter(({ status }) => status === 'active').length, 1);
    });

    it('replaces no connection of another workspace, of another kind, or of another person', async () => {
      const stranger = await connectNew(at, { workspaceId: uuidNamed('globex/workspace') });
      const ada = await connectNew(at);
      const bob = await join(ada.workspaceId, 'admin');
      await answer(bob.browser, await again(bob.browser, 'mcp'));
      const before = (await connections()).map(({ id, status }) => [id, status]);
      const reached = await again(ada.browser, 'rest', { personId: eli() });
      const [mine] = before.splice(1, 1);
      for (const [id] of before) {
        const refused = await answer(ada.browser, reached, { replacing: String(id) });
        assertPage(refused, 400, 'This address is incomplete');
      }
      const kept = (await connections()).filter(({ status }) => status === 'active');
      assert.deepEqual(
        kept.map(({ id, status }) => [id, status]),
        [before[0], mine, before[1]],
      );
      assert.ok(stranger.workspaceId !== ada.workspaceId);
    });

    it('is a second connection by hosted MCP, with a client of its own, and a reconnect by the client of before is not', async () => {
      const ada = await at.aPerson();
      await answer(ada.browser, await again(ada.browser, 'mcp'));
      const [first] = await connections();
      assert.ok(first);
      const reached = await again(ada.browser, 'mcp', { personId: eli() });
      assert.equal((await answer(ada.browser, reached)).status, 303);
      const all = await connections();
      assert.deepEqual([all.length, new Set(all.map(one => one.registration_id)).size], [2, 2]);
      const other = await ada.browser.start(first.workspace_id, 'mcp');
      const shown = await ada.browser.get(
        await ada.browser.consent(other, { personId: at.emulator.people[2]?.id ?? '' }),
      );
      assert.equal(titleOf(shown), 'That was another account at Notion');
    });
  });
});
