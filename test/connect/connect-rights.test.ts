import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { formOf, pathOf } from './browser.ts';
import { type Connecting, startConnecting } from './connecting.ts';
import { assertPage, connectNew, requestsTo, rowsOf } from './connecting-steps.ts';

describe('who may connect a workspace', () => {
  let at: Connecting;
  before(async () => {
    at = await startConnecting();
  });
  beforeEach(() => at.startOver());
  after(() => at.close());

  it('A3: asks people to sign in, and brings them back, at start and at callback', async () => {
    const shown = await fetch(`${at.url}/auth/notion`, { redirect: 'manual' });
    assert.equal(shown.status, 401);
    assert.match(await shown.text(), /href="\/sign-in\?next=%2Fauth%2Fnotion"/);
    const ada = await at.aPerson();
    const callback = await ada.browser.consent(await ada.browser.start());
    const stranger = await fetch(at.url + callback, { redirect: 'manual' });
    assert.equal(stranger.status, 401);
    assert.match(await stranger.text(), /href="\/sign-in\?next=%2Fworkspaces"/);
    assert.deepEqual(await requestsTo(at, '/v1/oauth/token'), []);
    const denied = at.log.filter(line => line.endsWith('deny no_credentials'));
    assert.deepEqual(denied, ['connect.start deny no_credentials', 'connect.finish deny no_credentials']);
  });

  it('A3: takes the deployment right to connect a new workspace, checked at start and at callback', async () => {
    const vic = await at.aPerson([]);
    assertPage(await vic.browser.get('/auth/notion'), 403, 'You may not connect this workspace');
    const ada = await at.aPerson();
    const callback = await ada.browser.consent(await ada.browser.start());
    await at.database.system
      .updateTable('user_account')
      .set({ deployment_rights: [] })
      .where('id', '=', ada.id)
      .execute();
    assertPage(await ada.browser.get(callback), 403, 'You may not connect this workspace');
    assert.deepEqual(await requestsTo(at, '/v1/oauth/token'), []);
  });

  it('A3: takes `connect` in the workspace to reconnect it, checked at start and at callback', async () => {
    const ada = await connectNew(at);
    const vic = await at.aPerson();
    assertPage(
      await vic.browser.get(`/auth/notion?workspace=${ada.workspaceId}`),
      404,
      'You may not connect this workspace',
    );
    const callback = await ada.browser.consent(await ada.browser.start(ada.workspaceId));
    await at.database.system
      .updateTable('membership')
      .set({ role: 'editor' })
      .where('principal_id', '=', ada.id)
      .execute();
    const exchanges = (await requestsTo(at, '/v1/oauth/token')).length;
    assertPage(await ada.browser.get(callback), 403, 'You may not connect this workspace');
    assert.equal((await requestsTo(at, '/v1/oauth/token')).length, exchanges);
  });

  it('A3: checks the right once more at the confirmation', async () => {
    const ada = await at.aPerson();
    const reached = await ada.browser.reach();
    const page = await ada.browser.get(pathOf(reached.location));
    await at.database.system
      .updateTable('user_account')
      .set({ deployment_rights: [] })
      .where('id', '=', ada.id)
      .execute();
    const form = { ...formOf(page.text), answer: 'confirm' };
    assertPage(await ada.browser.post('/auth/notion/confirm', form), 403, 'You may not connect this workspace');
    assert.equal((await rowsOf(at)).connections[0]?.status, 'pending');
  });

  it('refuses a form that another site made, or that has no token', async () => {
    const ada = await at.aPerson();
    const reached = await ada.browser.reach();
    const { text } = await ada.browser.get(pathOf(reached.location));
    const form = { ...formOf(text), answer: 'confirm' };
    const forged = 'This was not sent by our page';
    assertPage(await ada.browser.post('/auth/notion/confirm', form, { origin: 'https://evil.example' }), 400, forged);
    assertPage(await ada.browser.post('/auth/notion/confirm', { ...form, token: '' }), 400, forged);
    assertPage(await ada.browser.post('/auth/notion/confirm', {}), 400, forged);
    assert.equal((await rowsOf(at)).connections[0]?.status, 'pending');
    assert.equal((await ada.browser.post('/auth/notion/confirm', form, { origin: at.url })).status, 303);
  });

  it('lets no other site start an attempt', async () => {
    const ada = await at.aPerson();
    const shown = await ada.browser.get('/auth/notion', { 'sec-fetch-site': 'cross-site' });
    assertPage(shown, 200, 'Connect a Notion workspace?');
    assert.deepEqual(await at.database.system.selectFrom('connect_attempt').selectAll().execute(), []);
  });
});
