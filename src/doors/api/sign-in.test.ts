import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type AdminApi, openAdminApi } from '../../../test/admin-api.ts';
import { publicUrl, tokenOf } from '../../../test/people.ts';
import { failuresPerAccountMax, failuresPerAddressMax, limitWindowMs } from '../../accounts/sign-in-limits.ts';

const password = 'correct horse battery';

describe('signing in over HTTP', () => {
  let api: AdminApi;
  before(async () => {
    api = await openAdminApi();
  });
  after(() => api.close());

  /** A person with a password, and the cookie of the browser in which it was chosen. */
  async function somebody(email: string) {
    const id = await api.people.aUser({ email });
    const cookie = await api.cookieOf(id);
    assert.equal((await api.send('POST', '/api/me/password', { cookie, body: { password } })).status, 204);
    return { id, cookie };
  }
  const signIn = (email: string, typed = password, headers = {}) =>
    api.send('POST', '/api/sign-in', { body: { email, password: typed }, headers });
  const events = async () =>
    (await api.log()).filter(({ kind }) => kind === 'event').map(({ entry }) => JSON.parse(entry));

  it('defect A23: sets a __Host- cookie that is Secure, HttpOnly and SameSite=Lax', async () => {
    await somebody('cookie@acme.test');
    const reply = await signIn('cookie@acme.test');
    assert.equal(reply.status, 200);
    assert.equal(reply.at('user.email'), 'cookie@acme.test');
    const [session, device] = (reply.headers.get('set-cookie') ?? '').split(',');
    assert.match(
      session ?? '',
      /^__Host-portcullis=[\w-]{43}; Max-Age=604800; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    );
    assert.match(
      device ?? '',
      /^__Host-portcullis-device=usr_[\w-]+\.[\w-]{22}\.[\w-]{43}; Max-Age=15552000; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    );
    assert.ok(!reply.text.includes('argon2'));
  });

  it('logs every sign-in, whether it worked or not, without the password', async () => {
    const { id } = await somebody('logged@acme.test');
    await signIn('logged@acme.test');
    const started = (await events()).at(-1);
    assert.equal(started.operation, 'session.started');
    assert.equal(started.principal.id, id);
    await signIn('logged@acme.test', 'wrong password 1');
    const refused = (await events()).at(-1);
    assert.deepEqual(refused.detail, { account: id, why: 'bad_password' });
    assert.equal(refused.result, 'denied');
    const everything = (await api.log()).map(({ entry }) => entry).join('\n');
    assert.ok(!everything.includes(password) && !everything.includes('wrong password 1'));
  });

  it('answers a wrong password and an unknown account with the same words', async () => {
    await somebody('same@acme.test');
    const wrong = await signIn('same@acme.test', 'wrong password');
    const unknown = await signIn('nobody@acme.test');
    for (const reply of [wrong, unknown]) {
      assert.equal(reply.status, 401);
      assert.equal(reply.headers.get('set-cookie'), null);
    }
    assert.equal(wrong.at('detail'), unknown.at('detail'));
  });

  it('takes no sign-in from other sites: nobody is signed in as somebody else', async () => {
    await somebody('victim@acme.test');
    for (const headers of [
      { origin: 'https://evil.test' },
      { 'x-portcullis': null },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const reply = await signIn('victim@acme.test', password, headers);
      assert.equal(reply.status, 403);
      assert.equal(reply.headers.get('set-cookie'), null);
    }
    assert.equal((await events()).at(-1).detail.why, 'malformed');
    api.people.clock.advance(limitWindowMs);
  });

  it('rule 27: a link works by POST, once', async () => {
    const id = await api.people.aUser();
    const token = tokenOf(await api.people.accounts.links.issue(id, 'invitation'));
    assert.equal((await api.send('GET', `/api/sign-in/link?token=${token}`)).status, 401);
    const first = await api.send('POST', '/api/sign-in/link', { body: { token } });
    assert.equal(first.status, 200);
    assert.equal(first.at('passwordNeeded'), true);
    assert.equal((await api.send('POST', '/api/sign-in/link', { body: { token } })).status, 401);
  });

  it('makes the browser forget its session at sign-out, and ends it', async () => {
    const { cookie } = await somebody('out@acme.test');
    assert.equal((await api.send('GET', '/api/me', { cookie })).status, 200);
    const forged = await api.send('POST', '/api/sign-out', { cookie, body: {}, headers: { 'x-portcullis': null } });
    assert.equal(forged.status, 403);
    const reply = await api.send('POST', '/api/sign-out', { cookie, body: {} });
    assert.equal(reply.status, 204);
    assert.match(reply.headers.get('set-cookie') ?? '', /^__Host-portcullis=; Max-Age=0;/);
    assert.equal((await api.send('GET', '/api/me', { cookie })).status, 401);
    assert.equal((await events()).at(-1).operation, 'session.ended');
  });

  it('rule 23: a flood of attempts is answered with Retry-After, and does not flood the log', async () => {
    await somebody('flooded@acme.test');
    // Choosing a password counts as a guess at the address.
    api.people.clock.advance(limitWindowMs);
    for (let i = 0; i < failuresPerAccountMax; i++) await signIn('flooded@acme.test', 'a wrong guess');
    const before = (await api.log()).length;
    for (let i = 0; i < 15; i++) {
      const reply = await signIn('flooded@acme.test');
      assert.equal(reply.status, 429);
      assert.ok(Number(reply.headers.get('retry-after')) > 0);
    }
    assert.equal((await api.log()).length, before + 1);
    api.people.clock.advance(limitWindowMs);
  });

  it('rule 23: so is a flood of nonsense', async () => {
    const before = (await api.log()).length;
    const statuses = new Set<number>();
    for (let i = 0; i < failuresPerAddressMax + 10; i++) {
      statuses.add((await api.send('POST', '/api/sign-in', { raw: '{"email":' })).status);
    }
    assert.deepEqual([...statuses], [400, 429]);
    assert.equal((await api.log()).length, before + failuresPerAddressMax + 1);
    api.people.clock.advance(limitWindowMs);
  });

  it('bounds the unfinished bodies of an address, and leaves room to others behind the same proxy', async () => {
    await somebody('behind@acme.test');
    const { hostname, port } = new URL(api.url);
    const begin = (bytes: number) => {
      const socket = connect(Number(port), hostname).on('error', () => {});
      const head = ['POST /api/sign-in HTTP/1.1', `host: ${hostname}`, `origin: ${publicUrl}`, 'x-portcullis: 1'];
      const body = ['x-forwarded-for: 198.51.100.1', 'content-type: application/json', 'content-length: 16384', '', ''];
      socket.write([...head, ...body].join('\r\n') + 'x'.repeat(bytes));
      return socket;
    };
    // Together as much as one address may, to the last hundred bytes, and one that is too many.
    const held = [...Array.from({ length: 129 }, () => begin(16_383)), begin(100)];
    try {
      const refusal = await Promise.race(held.map(socket => once(socket, 'data')));
      assert.match(String(refusal[0]), /^HTTP\/1\.1 429/);
      const other = await signIn('behind@acme.test', password, { 'x-forwarded-for': '203.0.113.9' });
      assert.equal(other.status, 200);
    } finally {
      for (const socket of held) socket.destroy();
    }
  });

  it('says 503 and opens nothing when the log cannot be written', async () => {
    await somebody('unlogged@acme.test');
    await api.people.database.asOwner(owner => owner.query('ALTER TABLE audit_entry RENAME TO audit_entry_away'));
    try {
      const reply = await signIn('unlogged@acme.test');
      assert.equal(reply.status, 503);
      assert.equal(reply.headers.get('set-cookie'), null);
    } finally {
      await api.people.database.asOwner(owner => owner.query('ALTER TABLE audit_entry_away RENAME TO audit_entry'));
    }
  });
});
