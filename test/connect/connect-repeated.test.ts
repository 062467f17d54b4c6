import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { sweepAttempts } from '../../src/connect/sweep-attempts.ts';
import { formOf, pathOf, titleOf } from './browser.ts';
import { type Connecting, startConnecting } from './connecting.ts';
import { assertPage, requestsTo, rowsOf } from './connecting-steps.ts';

/** What browsers and what stands before them send when they ask before a person does. */
const early = [
  { 'sec-purpose': 'prefetch' },
  { 'sec-purpose': 'prefetch;prerender' },
  { 'sec-purpose': 'prefetch;anonymous-client-ip' },
  { purpose: 'prefetch' },
  { 'x-purpose': 'preview' },
  { 'x-moz': 'prefetch' },
] as const;

describe('a step of connecting that a browser takes more than once', () => {
  let at: Connecting;
  before(async () => {
    at = await startConnecting();
  });
  beforeEach(() => at.startOver());
  after(() => at.close());

  const exchanges = async () => (await requestsTo(at, '/v1/oauth/token')).length;
  const attempts = () => at.database.system.selectFrom('connect_attempt').selectAll().execute();
  const outcomes = () => at.database.system.selectFrom('connect_outcome').selectAll().execute();

  describe('the callback', () => {
    it('leads to the same connection when it is aborted on the way and asked for again', async () => {
      const ada = await at.aPerson();
      const callback = await ada.browser.consent(await ada.browser.start());
      await at.control.addFault({ kind: 'delay', path: '/v1/oauth/token', delayMs: 600 });
      const aborted = fetch(at.url + callback, {
        headers: { cookie: ada.browser.cookie },
        redirect: 'manual',
        signal: AbortSignal.timeout(200),
      });
      await assert.rejects(aborted, { name: 'TimeoutError' });
      const again = await ada.browser.get(callback);
      assert.equal(again.status, 303);
      assert.equal((await ada.browser.answer(again)).status, 303);
      assert.equal(await exchanges(), 1);
    });

    it('leads to the workspace once the connection is in use', async () => {
      const ada = await at.aPerson();
      const callback = await ada.browser.consent(await ada.browser.start());
      const done = await ada.browser.answer(await ada.browser.get(callback));
      const again = await ada.browser.get(callback);
      const { status, location } = await ada.browser.get(pathOf(again.location));
      assert.deepEqual([status, location], [303, done.location]);
      assert.deepEqual([await exchanges(), (await rowsOf(at)).connections.length], [1, 1]);
    });

    for (const [what, query, status, title] of [
      ['consent that was refused', 'error=access_denied', 400, 'Access was not allowed'],
      ['an error of the server', 'error=server_error', 502, 'Notion ended the attempt'],
      ['a code that Notion does not accept', 'code=made-up', 502, 'Notion did not accept the code'],
      ['no code', '', 400, 'The answer from Notion is incomplete'],
    ] as const) {
      it(`shows the same page again after ${what}, whatever it says then`, async () => {
        const ada = await at.aPerson();
        const state = (await ada.browser.start()).searchParams.get('state');
        const path = `/auth/notion/callback?state=${state}`;
        for (const next of [query, query, 'code=another']) {
          assertPage(await ada.browser.get(`${path}&${next}`), status, title);
        }
        assert.equal(await exchanges(), query === 'code=made-up' ? 1 : 0);
        const stranger = await at.aPerson();
        const [other, elsewhere] = [stranger.browser, await at.anotherBrowser(ada.id)];
        for (const browser of [other, elsewhere]) {
          assertPage(await browser.get(`${path}&${query}`), 400, 'This attempt is no longer valid');
        }
      });
    }

    it('says that it was interrupted if the process that carried it out is gone', async () => {
      const ada = await at.aPerson();
      const callback = await ada.browser.consent(await ada.browser.start());
      const used_at = sql<Date>`now() - interval '30 seconds'`;
      await at.database.system.updateTable('connect_attempt').set({ state: 'redeeming', used_at }).execute();
      assertPage(await ada.browser.get(callback), 502, 'The attempt was interrupted');
    });

    it('is forgotten after a while, and bounded for each person', async () => {
      const ada = await at.aPerson();
      const refuse = async () => {
        const state = (await ada.browser.start()).searchParams.get('state');
        const path = `/auth/notion/callback?state=${state}&error=access_denied`;
        await ada.browser.get(path);
        return path;
      };
      const first = await refuse();
      for (let more = 0; more < 20; more++) await refuse();
      assert.equal((await outcomes()).length, 20);
      assertPage(await ada.browser.get(first), 400, 'This attempt is no longer valid');
      const ended_at = sql<Date>`now() - interval '11 minutes'`;
      await at.database.system.updateTable('connect_outcome').set({ ended_at }).execute();
      await sweepAttempts(at.connectParts);
      assert.deepEqual([await outcomes(), await attempts()], [[], []]);
    });
  });

  describe('asked for before the person does', () => {
    for (const headers of early) {
      it(`spends nothing: ${Object.entries(headers).flat().join(': ')}`, async () => {
        const ada = await at.aPerson();
        const consent = await ada.browser.start();
        const callback = await ada.browser.consent(consent);
        const before = await attempts();
        for (const path of ['/auth/notion', '/auth/notion-mcp', callback]) {
          const { status, text, headers: answered } = await ada.browser.get(path, headers);
          assert.deepEqual([status, text, answered.get('cache-control')], [503, '', 'no-store'], path);
        }
        assert.deepEqual([await attempts(), await exchanges()], [before, 0]);
        const reached = await ada.browser.get(callback);
        assert.equal((await ada.browser.get(pathOf(reached.location), headers)).status, 503);
        assert.equal((await ada.browser.answer(reached)).status, 303);
      });
    }

    it('spends nothing by HEAD', async () => {
      const ada = await at.aPerson();
      const callback = await ada.browser.consent(await ada.browser.start());
      const before = await attempts();
      for (const path of ['/auth/notion', '/auth/notion-mcp', callback, '/auth/notion/confirm?connection=con_x']) {
        const headers = { cookie: ada.browser.cookie };
        const { status, headers: answered } = await fetch(at.url + path, { method: 'HEAD', headers });
        assert.deepEqual([status, answered.get('allow')], [405, 'GET'], path);
      }
      assert.deepEqual([await attempts(), await exchanges()], [before, 0]);
      assert.equal((await ada.browser.get(callback)).status, 303);
    });
  });

  describe('the page that asks for confirmation', () => {
    it('is confirmed once by two presses at once, and both lead to the workspace', async () => {
      const ada = await at.aPerson();
      const reached = await ada.browser.reach();
      const form = { ...formOf((await ada.browser.get(pathOf(reached.location))).text), answer: 'confirm' };
      const pressed = await Promise.all([1, 2, 3].map(() => ada.browser.post('/auth/notion/confirm', form)));
      assert.deepEqual([...new Set(pressed.map(({ location }) => new URL(location).pathname))].length, 1);
      assert.equal(at.events.filter(({ name }) => name === 'workspace_authorized').length, 1);
      // Back in the history of the browser.
      const back = await ada.browser.get(pathOf(reached.location));
      assert.deepEqual([back.status, back.location], [303, pressed[0]?.location]);
    });

    it('stays cancelled, and tells so to another tab that confirms', async () => {
      const ada = await at.aPerson();
      const reached = await ada.browser.reach();
      const form = formOf((await ada.browser.get(pathOf(reached.location))).text);
      for (const _press of [1, 2]) {
        const cancelled = await ada.browser.post('/auth/notion/confirm', { ...form, answer: 'cancel' });
        assert.deepEqual([cancelled.status, new URL(cancelled.location).pathname], [303, '/workspaces']);
      }
      const confirmed = await ada.browser.post('/auth/notion/confirm', { ...form, answer: 'confirm' });
      assertPage(confirmed, 400, 'This connection was given up');
      assertPage(await ada.browser.get(pathOf(reached.location)), 400, 'This connection was given up');
      await at.upkeep.doJobs();
      // The row of the connection is gone by now.
      assertPage(await ada.browser.get(pathOf(reached.location)), 400, 'This connection was given up');
      assert.deepEqual((await rowsOf(at)).workspaces, []);
    });

    it('is not undone by a tab that cancels later', async () => {
      const ada = await at.aPerson();
      const reached = await ada.browser.reach();
      const form = formOf((await ada.browser.get(pathOf(reached.location))).text);
      await ada.browser.post('/auth/notion/confirm', { ...form, answer: 'confirm' });
      const cancelled = await ada.browser.post('/auth/notion/confirm', { ...form, answer: 'cancel' });
      assertPage(cancelled, 409, 'This connection is in use');
      assert.equal((await rowsOf(at)).connections[0]?.status, 'active');
    });

    it('says that its time has passed', async () => {
      const ada = await at.aPerson();
      const reached = await ada.browser.reach();
      const used_at = sql<Date>`now() - interval '11 minutes'`;
      await at.database.system.updateTable('connect_attempt').set({ used_at }).execute();
      await sweepAttempts(at.connectParts);
      assertPage(await ada.browser.get(pathOf(reached.location)), 400, 'There is nothing to confirm');
    });

    it('goes on with the later of two attempts, in either tab', async () => {
      const ada = await at.aPerson();
      const callback = await ada.browser.consent(await ada.browser.start());
      const first = await ada.browser.get(callback);
      const second = await ada.browser.reach();
      assert.equal(pathOf(first.location), pathOf(second.location));
      assert.equal((await ada.browser.get(callback)).location, second.location);
      assert.equal((await ada.browser.answer(first)).status, 303);
      assert.equal((await rowsOf(at)).connections[0]?.generation, 2);
    });
  });

  it('tells the first of two tabs with one client that the second took its place', async () => {
    const ada = await at.aPerson();
    const [first, second] = [await ada.browser.start(null, 'mcp'), await ada.browser.start(null, 'mcp')];
    const shown = await ada.browser.get(await ada.browser.consent(first));
    assert.equal(titleOf(shown), 'A later attempt took the place of this one');
    assert.equal((await ada.browser.get(await ada.browser.consent(second))).status, 303);
  });
});
