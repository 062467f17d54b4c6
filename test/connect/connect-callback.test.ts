import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Connecting, startConnecting } from './connecting.ts';
import { assertPage, requestsTo, rowsOf } from './connecting-steps.ts';

const invalid = 'This attempt is no longer valid';

describe('what Notion sends back when a workspace is connected', () => {
  let at: Connecting;
  before(async () => {
    at = await startConnecting();
  });
  beforeEach(() => at.startOver());
  after(() => at.close());

  it('A16: looks at the state, then at the error, then at the code', async () => {
    const ada = await at.aPerson();
    assertPage(await ada.browser.get('/auth/notion/callback?error=access_denied&code=x'), 400, invalid);
    const state = async () => (await ada.browser.start()).searchParams.get('state');
    const denied = await ada.browser.get(`/auth/notion/callback?error=access_denied&code=x&state=${await state()}`);
    assertPage(denied, 400, 'Access was not allowed');
    for (const code of ['', '&code=', '&code=a&code=b']) {
      const missing = await ada.browser.get(`/auth/notion/callback?state=${await state()}${code}`);
      assertPage(missing, 400, 'The answer from Notion is incomplete');
    }
    assert.deepEqual(await requestsTo(at, '/v1/oauth/token'), []);
  });

  it('tells who cancelled at Notion what to do, and the attempt is over', async () => {
    const ada = await at.aPerson();
    const callback = await ada.browser.consent(await ada.browser.start(), { decision: 'cancel' });
    for (const _again of [1, 2]) assertPage(await ada.browser.get(callback), 400, 'Access was not allowed');
    assertPage(await ada.browser.get(callback.replace(/error=[^&]*/, 'code=x')), 400, 'Access was not allowed');
    assert.deepEqual(await requestsTo(at, '/v1/oauth/token'), []);
  });

  it('A15: shows nothing of the request, whatever it says', async () => {
    const ada = await at.aPerson();
    const hostile = encodeURIComponent('<script>alert(1)</script>"\'>marker');
    const state = async () => (await ada.browser.start()).searchParams.get('state');
    const paths = [
      `/auth/notion?workspace=${hostile}`,
      `/auth/notion/callback?state=${hostile}&error=${hostile}`,
      `/auth/notion/callback?state=${await state()}&error=${hostile}`,
      `/auth/notion/callback?state=${await state()}&error=${hostile}&error=${hostile}`,
      `/auth/notion/callback?state=${await state()}&code=${hostile}`,
      `/auth/notion/confirm?connection=${hostile}`,
    ];
    for (const path of paths) {
      const shown = await ada.browser.get(path);
      assert.ok(shown.status >= 400, path);
      assert.ok(!shown.text.includes('marker') && !shown.text.includes('<script'), path);
      const policy = shown.headers.get('content-security-policy') ?? '';
      assert.match(
        policy,
        /^default-src 'none'; style-src 'nonce-[\w+/=]+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      );
    }
  });

  it('explains a code that Notion does not accept', async () => {
    const ada = await at.aPerson();
    const state = (await ada.browser.start()).searchParams.get('state');
    const shown = await ada.browser.get(`/auth/notion/callback?state=${state}&code=made-up`);
    assertPage(shown, 502, 'Notion did not accept the code');
    assert.match(shown.text, /redirect URI/);
  });

  it('A17 and A29: exchanges a code once, whatever happens, and answers with a page', async () => {
    for (const kind of ['reset', 'truncate', 'respond'] as const) {
      const ada = await at.aPerson();
      const callback = await ada.browser.consent(await ada.browser.start());
      await at.control.clearRequests();
      const status = kind === 'respond' ? { status: 503 as const } : {};
      await at.control.addFault({ kind, path: '/v1/oauth/token', times: 5, when: 'after', ...status });
      assertPage(await ada.browser.get(callback), 502, 'Notion could not be reached');
      await at.control.clearFaults();
      assert.equal((await requestsTo(at, '/v1/oauth/token')).length, 1, kind);
      assert.deepEqual((await rowsOf(at)).connections, []);
    }
  });

  it('A24: leads to an opaque id, with no name and no secret in any address', async () => {
    const ada = await at.aPerson();
    const callback = await ada.browser.consent(await ada.browser.start());
    const reached = await ada.browser.get(callback);
    assert.match(reached.location, /\/auth\/notion\/confirm\?connection=con_[0-9a-f-]{36}$/);
    const done = await ada.browser.answer(reached);
    assert.match(done.location, /\/workspaces\/wsp_[0-9a-f-]{36}$/);
    assert.equal(reached.headers.get('referrer-policy'), 'no-referrer');
    assert.equal(reached.headers.get('cache-control'), 'no-store');
  });
});
