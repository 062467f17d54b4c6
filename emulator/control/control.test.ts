import assert from 'node:assert/strict';
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { APIErrorCode, isNotionClientError } from '@notionhq/client';
import { CALLBACK, officialClient, rawCall } from '../authorized.ts';
import { type EmulatorControl, emulatorControl } from '../control.ts';
import { type Emulator, startEmulator } from '../server.ts';

describe('the control API', () => {
  let emulator: Emulator;
  let control: EmulatorControl;
  before(async () => {
    emulator = await startEmulator({ redirectUris: [CALLBACK] });
    control = emulatorControl(emulator.url, emulator.controlToken);
  });
  after(() => emulator.close());

  /** `fetch` does not let a test choose Host and Origin. */
  const steer = (headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      const call = request(`${emulator.url}/_emulator/installations`, { method: 'POST', headers }, response => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      call.on('error', reject);
      call.end('{}');
    });

  it('rule 28: wants the random token of this start, a local Host and no web page', async () => {
    const token = { 'x-emulator-token': emulator.controlToken };
    assert.equal(await steer(token), 200);
    assert.equal(await steer({}), 401);
    assert.equal(await steer({ 'x-emulator-token': `${emulator.controlToken}x` }), 401);
    assert.equal(await steer({ ...token, host: 'evil.example' }), 403);
    assert.equal(await steer({ ...token, origin: 'https://evil.example' }), 403);
    assert.equal(await steer({ ...token, origin: emulator.url }), 403);
    const other = await startEmulator();
    assert.notEqual(other.controlToken, emulator.controlToken);
    await other.close();
  });

  it('rule 28: is not part of the Notion surface, and is on loopback only', async () => {
    const { hostname } = new URL(emulator.url);
    assert.equal(hostname, '127.0.0.1');
    const answer = await rawCall(emulator, '/v1/_emulator/installations', { body: {} });
    assert.equal(answer.body.code, 'invalid_request_url');
  });

  const elsewhere = Object.values(networkInterfaces())
    .flatMap(addresses => addresses ?? [])
    .find(one => !one.internal && one.family === 'IPv4')?.address;
  const skip = elsewhere === undefined ? 'this machine has no address but loopback' : false;
  it('rule 28: does not exist off loopback, where the rest does if it listens there', { skip }, async () => {
    await assert.rejects(fetch(emulator.url.replace('127.0.0.1', String(elsewhere))), 'only loopback unless told');
    const open = await startEmulator({ host: '0.0.0.0' });
    const outside = { ...open, url: open.url.replace('127.0.0.1', String(elsewhere)) };
    assert.equal((await rawCall(outside, '/v1/users/me')).status, 200);
    const headers = { 'x-emulator-token': open.controlToken, host: 'localhost' };
    const refused = await rawCall(outside, '/_emulator/installations', { body: {}, headers });
    assert.equal(refused.body.code, 'invalid_request_url');
    assert.deepEqual((await emulatorControl(open.url, open.controlToken).installations()).length, 1);
    await open.close();
  });

  it('logs requests with the bot that they came from and without the token', async () => {
    await control.clearRequests();
    await rawCall(emulator, `/v1/pages/${emulator.pages.root}?filter_properties=title`);
    await rawCall(emulator, '/v1/users/me', { token: 'ntn_unknown' });
    const log = await control.requests();
    assert.deepEqual(
      log.map(entry => [entry.method, entry.path, entry.status, entry.credential]),
      [
        ['GET', `/v1/pages/${emulator.pages.root}`, 200, 'token'],
        ['GET', '/v1/users/me', 401, 'unknown'],
      ],
    );
    const owner = await control.tokenOwner({ token: emulator.internalToken });
    assert.equal(log[0]?.botId, owner?.botId);
    assert.ok(!JSON.stringify(log).includes('ntn_'));
  });

  it('answers the next requests with the error that was ordered, and then works again', async () => {
    const notion = officialClient(emulator, emulator.internalToken);
    const read = () => notion.pages.retrieve({ page_id: emulator.pages.root });
    await control.addFault({ path: '/v1/pages/*', kind: 'respond', status: 429, retryAfterSeconds: 7 });
    await assert.rejects(
      read(),
      (error: unknown) => isNotionClientError(error) && error.code === APIErrorCode.RateLimited,
    );
    await read();
    await control.addFault({ kind: 'respond', status: 529 });
    const overload = await rawCall(emulator, '/v1/users/me');
    assert.deepEqual(
      [overload.status, overload.body.code, overload.headers.get('retry-after')],
      [529, 'service_overload', '1'],
    );
  });

  it('can let a write happen and lose its answer', async () => {
    const body = { properties: { title: { title: [{ text: { content: 'Renamed anyway' } }] } } };
    const patch = () => rawCall(emulator, `/v1/pages/${emulator.pages.unshared}`, { method: 'PATCH', body });
    await control.share({ pageId: emulator.pages.unshared });
    await control.addFault({ method: 'PATCH', kind: 'respond', status: 503, when: 'after' });
    assert.equal((await patch()).status, 503);
    assert.equal((await control.node({ id: emulator.pages.unshared }))?.title, 'Renamed anyway');
    for (const kind of ['reset', 'truncate'] as const) {
      await control.addFault({ kind });
      await assert.rejects(patch());
    }
  });

  it('holds a request until it is released', async () => {
    await control.addFault({ path: '/v1/users/me', kind: 'stall' });
    const waiting = rawCall(emulator, '/v1/users/me');
    let released = 0;
    while (released === 0) ({ released } = await control.release());
    assert.equal((await waiting).status, 200);
  });

  it('sets the clock, by which everything is dated', async () => {
    await control.setClock({ freezeAtMs: Date.UTC(2030, 0, 1, 12, 30, 45) });
    const created = await rawCall(emulator, '/v1/pages', { body: { parent: { page_id: emulator.pages.root } } });
    assert.equal(created.body.created_time, '2030-01-01T12:30:00.000Z');
    await control.setClock({ freezeAtMs: null });
  });

  it('goes back to a snapshot', async () => {
    const { state } = await control.snapshot();
    const created = await rawCall(emulator, '/v1/pages', { body: { parent: { page_id: emulator.pages.root } } });
    await control.restore({ state });
    assert.equal((await rawCall(emulator, `/v1/pages/${created.body.id}`)).status, 404);
    assert.equal((await rawCall(emulator, `/v1/pages/${emulator.pages.root}`)).status, 200);
  });

  it('refuses a command that makes no sense with a sentence', async () => {
    await assert.rejects(control.revoke({ botId: 'nobody' }), /there is no installation nobody/);
  });
});
