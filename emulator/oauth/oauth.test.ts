import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from '@notionhq/client';
import { authorize, CALLBACK, consent, rawCall, tokenRequest } from '../authorized.ts';
import { type EmulatorControl, emulatorControl } from '../control.ts';
import { type Emulator, startEmulator } from '../server.ts';

describe('OAuth', () => {
  let emulator: Emulator;
  let control: EmulatorControl;
  before(async () => {
    emulator = await startEmulator({ redirectUris: [CALLBACK] });
    control = emulatorControl(emulator.url, emulator.controlToken);
  });
  after(() => emulator.close());

  const refusal = async (answer: Response | Promise<Response>) => {
    const response = await answer;
    const { error, error_description } = (await response.json()) as Record<string, string>;
    return { status: response.status, error, description: error_description };
  };
  const authorizeUrl = (changes: Record<string, string | null> = {}) => {
    const params = new URLSearchParams({
      client_id: emulator.clientId,
      redirect_uri: CALLBACK,
      response_type: 'code',
      owner: 'user',
      state: 's t&te',
    });
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) params.delete(name);
      else params.set(name, value);
    }
    return `${emulator.url}/v1/oauth/authorize?${params}`;
  };

  it('shows a consent page with who is asking, for which pages', async () => {
    const response = await fetch(authorizeUrl());
    const page = await response.text();
    assert.equal(response.status, 200);
    assert.match(page, /<h1>Portcullis wants to connect to Notion<\/h1>/);
    assert.match(page, new RegExp(`name="page_id" value="${emulator.pages.root}" checked`));
    assert.match(page, new RegExp(`name="page_id" value="${emulator.pages.unshared}">`));
  });

  it('sends nobody to an address that is not registered', async () => {
    for (const url of [authorizeUrl({ redirect_uri: `${CALLBACK}/` }), authorizeUrl({ client_id: 'nobody' })]) {
      const response = await fetch(url, { redirect: 'manual' });
      assert.equal(response.status, 400);
      assert.equal(response.headers.get('location'), null);
    }
  });

  it('answers a wrong request at the registered address, with the state', async () => {
    for (const [changes, error] of [
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ owner: null }, 'invalid_request'],
    ] as const) {
      const response = await fetch(authorizeUrl(changes), { redirect: 'manual' });
      const location = new URL(response.headers.get('location') ?? '');
      assert.equal(location.searchParams.get('error'), error);
      assert.equal(location.searchParams.get('state'), 's t&te');
    }
  });

  it('reports a cancelled consent as access_denied', async () => {
    const form = new URLSearchParams({
      client_id: emulator.clientId,
      redirect_uri: CALLBACK,
      state: 'x',
      decision: 'cancel',
    });
    const response = await fetch(`${emulator.url}/v1/oauth/authorize`, {
      method: 'POST',
      body: form,
      redirect: 'manual',
    });
    assert.equal(response.headers.get('location'), `${CALLBACK}?error=access_denied&state=x`);
  });

  it('grants nothing until the code is exchanged', async () => {
    const before = (await control.installations()).length;
    await consent(emulator, { personId: emulator.people[2]?.id ?? '' });
    assert.equal((await control.installations()).length, before);
  });

  it('works with the official client from code to revocation', async () => {
    const code = await consent(emulator);
    const notion = new Client({ baseUrl: emulator.url });
    const client = { client_id: emulator.clientId, client_secret: emulator.clientSecret };
    const tokens = await notion.oauth.token({
      ...client,
      grant_type: 'authorization_code',
      code,
      redirect_uri: CALLBACK,
    });
    assert.match(tokens.access_token, /^ntn_/);
    assert.match(tokens.refresh_token ?? '', /^nrt_/);
    assert.ok(tokens.owner.type === 'user' && 'person' in tokens.owner.user);
    assert.equal(tokens.owner.user.person.email, 'ada@acme.example');
    assert.equal((await notion.oauth.introspect({ ...client, token: tokens.access_token })).active, true);
    await notion.oauth.revoke({ ...client, token: tokens.access_token });
    assert.equal((await notion.oauth.introspect({ ...client, token: tokens.access_token })).active, false);
    const call = await rawCall(emulator, '/v1/users/me', { token: tokens.access_token });
    assert.deepEqual([call.status, call.body.code, call.body.message], [401, 'unauthorized', 'API token is invalid.']);
    const refresh = tokenRequest(emulator, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
    assert.equal((await refusal(refresh)).error, 'invalid_grant');
  });

  it('takes each code once, for its own client, address and ten minutes', async () => {
    const code = await consent(emulator);
    const exchange = (body: object) => tokenRequest(emulator, { grant_type: 'authorization_code', code, ...body });
    assert.equal((await refusal(exchange({}))).error, 'invalid_request');
    assert.equal((await refusal(exchange({ redirect_uri: `${CALLBACK}x` }))).error, 'invalid_grant');
    assert.equal((await exchange({ redirect_uri: CALLBACK })).status, 200);
    assert.deepEqual(await refusal(exchange({ redirect_uri: CALLBACK })), {
      status: 400,
      error: 'invalid_grant',
      description: 'Invalid code: this code has been revoked.',
    });
    const late = await consent(emulator);
    await control.setClock({ advanceMs: 11 * 60_000 });
    const expired = tokenRequest(emulator, { grant_type: 'authorization_code', code: late, redirect_uri: CALLBACK });
    assert.equal((await refusal(expired)).error, 'invalid_grant');
  });

  it('accepts Basic credentials only, and answers in the OAuth dialect', async () => {
    const token = `${emulator.url}/v1/oauth/token`;
    const body = JSON.stringify({
      grant_type: 'refresh_token',
      refresh_token: 'x',
      client_id: emulator.clientId,
      client_secret: emulator.clientSecret,
    });
    const json = { 'content-type': 'application/json' };
    const inBody = await refusal(fetch(token, { method: 'POST', headers: json, body }));
    assert.deepEqual([inBody.status, inBody.error, inBody.description], [401, 'invalid_client', undefined]);
    const wrong = { ...json, authorization: `Basic ${Buffer.from(`${emulator.clientId}:wrong`).toString('base64')}` };
    assert.equal((await refusal(fetch(token, { method: 'POST', headers: wrong, body }))).error, 'invalid_client');
    assert.equal((await refusal(tokenRequest(emulator, { grant_type: 'password' }))).error, 'unsupported_grant_type');
    assert.equal((await refusal(tokenRequest(emulator, {}))).error, 'invalid_request');
  });
});

describe('refreshing', () => {
  const refresh = (emulator: Emulator, token: string) =>
    tokenRequest(emulator, { grant_type: 'refresh_token', refresh_token: token });
  const pair = async (response: Response) => {
    const body = (await response.json()) as { access_token: string; refresh_token: string };
    return { status: response.status, access: body.access_token, refresh: body.refresh_token };
  };

  it('gives a new pair each time and ends the old one', async () => {
    const emulator = await startEmulator({ redirectUris: [CALLBACK] });
    const first = await authorize(emulator);
    const second = await pair(await refresh(emulator, first.refreshToken));
    assert.notEqual(second.access, first.accessToken);
    assert.equal((await rawCall(emulator, '/v1/users/me', { token: first.accessToken })).status, 401);
    assert.equal((await rawCall(emulator, '/v1/users/me', { token: second.access })).status, 200);
    assert.equal((await refresh(emulator, first.refreshToken)).status, 400);
    assert.equal((await refresh(emulator, second.refresh)).status, 200);
    await emulator.close();
  });

  it('can let the previous token work once more', async () => {
    const emulator = await startEmulator({ redirectUris: [CALLBACK] });
    const control = emulatorControl(emulator.url, emulator.controlToken);
    await control.settings({ rotation: { reuse: 'previous_once', revokeOldAccess: false } });
    const first = await authorize(emulator);
    const lost = await pair(await refresh(emulator, first.refreshToken));
    const second = await pair(await refresh(emulator, first.refreshToken));
    assert.equal(second.status, 200);
    assert.equal((await refresh(emulator, first.refreshToken)).status, 200, 'it is the one before the newest still');
    assert.equal((await refresh(emulator, lost.refresh)).status, 400);
    assert.equal((await rawCall(emulator, '/v1/users/me', { token: first.accessToken })).status, 200);
    await emulator.close();
  });

  it('can end the whole connection when an old token comes back', async () => {
    const emulator = await startEmulator({ redirectUris: [CALLBACK] });
    const control = emulatorControl(emulator.url, emulator.controlToken);
    await control.settings({ rotation: { reuse: 'revoke_family', revokeOldAccess: true } });
    const first = await authorize(emulator);
    const second = await pair(await refresh(emulator, first.refreshToken));
    assert.equal((await refresh(emulator, first.refreshToken)).status, 400);
    assert.equal((await refresh(emulator, second.refresh)).status, 400);
    assert.equal((await rawCall(emulator, '/v1/users/me', { token: second.access })).status, 401);
    await emulator.close();
  });

  it('can lose its answer after the rotation happened', async () => {
    const emulator = await startEmulator({ redirectUris: [CALLBACK] });
    const control = emulatorControl(emulator.url, emulator.controlToken);
    const first = await authorize(emulator);
    await control.addFault({ path: '/v1/oauth/token', kind: 'reset', when: 'after' });
    await assert.rejects(refresh(emulator, first.refreshToken));
    assert.equal((await refresh(emulator, first.refreshToken)).status, 400, 'the token was spent all the same');
    await emulator.close();
  });
});
