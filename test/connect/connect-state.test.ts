import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { uuidNamed } from '../../emulator/identifiers.ts';
import { type Connecting, startConnecting } from './connecting.ts';
import { assertPage, requestsTo, rowsOf } from './connecting-steps.ts';

const globex = uuidNamed('globex/workspace');
const invalid = 'This attempt is no longer valid';

describe('the state of an attempt to connect', () => {
  let at: Connecting;
  before(async () => {
    at = await startConnecting();
  });
  beforeEach(() => at.startOver());
  after(() => at.close());

  it('A1: is required: absent, empty, repeated or made up never passes', async () => {
    const ada = await at.aPerson();
    await ada.browser.start();
    const states = ['', '?state=', '?state=undefined', '?state=a&state=a', '?state[]=x', `?state=${'A'.repeat(43)}`];
    for (const query of states) {
      const path = `/auth/notion/callback${query}${query === '' ? '?' : '&'}code=abc`;
      assertPage(await ada.browser.get(path), 400, invalid);
    }
    assert.deepEqual(await requestsTo(at, '/v1/oauth/token'), []);
  });

  it('is refused, like any other value, where it has U+0000, and each refusal is in the log', async () => {
    const ada = await at.aPerson();
    await ada.browser.start();
    at.log.length = 0;
    for (const [path, status, title] of [
      ['/auth/notion?workspace=%00', 400, 'This address is incomplete'],
      ['/auth/notion-mcp?%00=1', 400, 'This address is incomplete'],
      ['/auth/notion/callback?state=%00&code=a', 400, 'This address is incomplete'],
      [`/auth/notion-mcp/callback?state=${'A'.repeat(43)}&code=a%00`, 400, 'This address is incomplete'],
      ['/auth/notion/confirm?connection=con_%00', 400, 'This address is incomplete'],
    ] as const) {
      assertPage(await ada.browser.get(path), status, title);
    }
    const form = { connection: 'con_\0', token: '\0', answer: '\0' };
    assertPage(await ada.browser.post('/auth/notion/confirm', form), 400, 'This was not sent by our page');
    assert.deepEqual(
      at.log,
      ['start', 'start', 'finish', 'finish', 'review', 'confirm'].map(step => `connect.${step} deny malformed`),
    );
    assert.deepEqual(await requestsTo(at, '/v1/oauth/token'), []);
  });

  it('A1: belongs to the session and the person that began: a callback planted in another browser is refused', async () => {
    const [ada, mallory] = [await at.aPerson(), await at.aPerson()];
    const callback = await mallory.browser.consent(await mallory.browser.start());
    assertPage(await ada.browser.get(callback), 400, invalid);
    assertPage(await (await at.anotherBrowser(mallory.id)).get(callback), 400, invalid);
    assert.deepEqual(await requestsTo(at, '/v1/oauth/token'), []);
    // A foreign try does not use it up.
    assert.equal((await mallory.browser.get(callback)).status, 303);
  });

  it('A2: is used once, also by callbacks that arrive at once', async () => {
    const ada = await at.aPerson();
    const callback = await ada.browser.consent(await ada.browser.start());
    const shown = await Promise.all(Array.from({ length: 6 }, () => ada.browser.get(callback)));
    assert.deepEqual(shown.map(one => one.status).sort(), [303, 303, 303, 303, 303, 303]);
    // Its owner sees the same outcome, and no one else does.
    assert.equal((await ada.browser.get(callback)).location, shown[0]?.location);
    assertPage(await (await at.anotherBrowser(ada.id)).get(callback), 400, invalid);
    assert.equal((await requestsTo(at, '/v1/oauth/token')).length, 1);
  });

  it('A2: expires after ten minutes', async () => {
    const ada = await at.aPerson();
    const callback = await ada.browser.consent(await ada.browser.start());
    const { expires_at, created_at } = await at.database.system
      .selectFrom('connect_attempt')
      .selectAll()
      .executeTakeFirstOrThrow();
    assert.equal(expires_at.getTime() - created_at.getTime(), 600_000);
    await at.database.system.updateTable('connect_attempt').set({ expires_at: created_at }).execute();
    assertPage(await ada.browser.get(callback), 400, invalid);
  });

  it('A2: each tab has its own', async () => {
    const ada = await at.aPerson();
    const [one, two] = [await ada.browser.start(), await ada.browser.start()];
    assert.notEqual(one.searchParams.get('state'), two.searchParams.get('state'));
    const second = await ada.browser.get(await ada.browser.consent(two, { workspaceId: globex }));
    const first = await ada.browser.get(await ada.browser.consent(one));
    assert.equal((await ada.browser.answer(first)).status, 303);
    assert.equal((await ada.browser.answer(second)).status, 303);
    assert.deepEqual((await rowsOf(at)).workspaces.map(workspace => workspace.name).sort(), ['Acme', 'Globex']);
  });

  it('is kept as a hash, and the session too', async () => {
    const ada = await at.aPerson();
    const state = (await ada.browser.start()).searchParams.get('state') ?? '';
    assert.equal(Buffer.from(state, 'base64url').length, 32);
    const row = await at.database.system.selectFrom('connect_attempt').selectAll().executeTakeFirstOrThrow();
    for (const value of Object.values(row)) assert.ok(!String(value).includes(state));
    assert.equal(row.state_hash.length, 32);
  });

  it('bounds the attempts that one person can have open', async () => {
    const ada = await at.aPerson();
    const first = await ada.browser.consent(await ada.browser.start());
    for (let more = 0; more < 20; more++) await ada.browser.start();
    const count = await at.database.system.selectFrom('connect_attempt').select('state_hash').execute();
    assert.equal(count.length, 20);
    assertPage(await ada.browser.get(first), 400, invalid);
  });
});
