import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { PortcullisError } from '../../src/domain/errors.ts';
import { createSubscriptionStore } from '../../src/store/subscription-store.ts';
import { createSubscriptionCommands } from '../../src/webhooks/subscriptions.ts';
import { anEvent, type Hearing, post, startHearing, subscriptionRequests } from './hearing.ts';

const aToken = () => `secret_${randomUUID().replaceAll('-', '')}`;
const handshake = (token: string) => JSON.stringify({ verification_token: token });

describe('the handshake of a webhook', () => {
  let hearing: Hearing;
  before(async () => {
    hearing = await startHearing();
  });
  after(() => hearing.close());

  const path = (id: string, more = '') => `/api/workspaces/${hearing.workspaceId}/webhooks/${id}${more}`;
  const takeToken = (id: string) => hearing.asAdmin('POST', path(id, '/token'));
  const stateOf = async (id: string) => {
    const listed = await hearing.asAdmin('GET', `/api/workspaces/${hearing.workspaceId}/webhooks`);
    const all = listed.at('subscriptions') as { id: string; state: string }[];
    return all.find(one => one.id === id)?.state;
  };
  const events = async (id: string) =>
    (await hearing.api.log())
      .map(({ entry }) => JSON.parse(entry) as { operation: string; detail?: Record<string, unknown> })
      .filter(({ operation, detail }) => operation.startsWith('webhook.') && detail?.subscription === id)
      .map(({ operation, detail }) => (detail?.because === undefined ? operation : `${operation} ${detail.because}`));

  it('keeps the token sealed and shows it to one admin, once', async () => {
    const { id, url } = await hearing.subscribe();
    const token = aToken();
    assert.equal(await stateOf(id), 'waiting');
    assert.equal(await post(url, handshake(token), { token }), 200);
    assert.equal(await stateOf(id), 'offered');
    const stored = await hearing.api.people.database.system
      .selectFrom('webhook_subscription')
      .selectAll()
      .where('id', '=', id as `whs_${string}`)
      .executeTakeFirstOrThrow();
    assert.doesNotMatch(JSON.stringify(stored), new RegExp(token));
    assert.equal((await takeToken(id)).at('verificationToken'), token);
    assert.equal((await takeToken(id)).at('code'), 'conflict');
    assert.equal(await stateOf(id), 'shown');
    assert.deepEqual(await events(id), ['webhook.created', 'webhook.handshake', 'webhook.token_shown']);
  });

  it('shows the token later when its key is out of reach at first', async () => {
    const { id, url } = await hearing.subscribe();
    const token = aToken();
    await post(url, handshake(token), { token });
    const store = createSubscriptionStore(hearing.api.people.database);
    const away = { open: () => Promise.reject(new PortcullisError('keys_unavailable')) };
    const named = { owner: hearing.workspaceId, id: id as `whs_${string}` };
    const commands = createSubscriptionCommands({ store, vault: away });
    await assert.rejects(commands.takeToken(named), { code: 'keys_unavailable' });
    assert.equal(await stateOf(id), 'offered');
    const both = await Promise.all([takeToken(id), takeToken(id)]);
    assert.deepEqual(both.map(reply => reply.at('verificationToken') ?? reply.at('code')).sort(), ['conflict', token]);
  });

  it('may be repeated by Notion, and then changes nothing', async () => {
    const { id, url, token } = await hearing.listening();
    assert.equal(await post(url, handshake(token), { token }), 200);
    assert.equal(await stateOf(id), 'shown');
  });

  it('is worth nothing once a second one shows that a stranger knows the address, in either order', async () => {
    for (const shown of [false, true]) {
      const { id, url } = await hearing.subscribe();
      const forged = aToken();
      assert.equal(await post(url, handshake(forged), { token: forged }), 200);
      if (shown) await takeToken(id);
      const notions = aToken();
      assert.equal(await post(url, handshake(notions), { token: notions }), 401);
      assert.equal(await stateOf(id), 'contested');
      assert.equal((await takeToken(id)).at('code'), 'conflict');
      assert.equal(await post(url, JSON.stringify(anEvent(hearing)), { token: forged }), 401);
      assert.equal(await post(url, handshake(notions), { token: notions }), 401);
      assert.equal((await events(id)).at(-1), 'webhook.contested another_handshake');
    }
  });

  it('is not believed when events come before an admin could have pasted the token at Notion', async () => {
    const { id, url } = await hearing.subscribe();
    const forged = aToken();
    await post(url, handshake(forged), { token: forged });
    assert.equal(await post(url, JSON.stringify(anEvent(hearing)), { token: forged }), 401);
    assert.equal(await stateOf(id), 'contested');
    assert.equal((await events(id)).at(-1), 'webhook.contested event_before_token_was_shown');
    const moved = await hearing.api.people.database.system.selectFrom('page_change').selectAll().execute();
    assert.deepEqual(moved, []);
  });

  it('is found out in the log and in the state, or in neither and then again', async () => {
    const { id, url } = await hearing.subscribe();
    const [forged, notions] = [aToken(), aToken()];
    const { database } = hearing.api.people;
    const logged = (may: 'GRANT INSERT ON audit_entry TO' | 'REVOKE INSERT ON audit_entry FROM') =>
      database.asOwner(owner => owner.query(`${may} portcullis_system`));
    await logged('REVOKE INSERT ON audit_entry FROM');
    const unwritten = await post(url, handshake(forged), { token: forged });
    await logged('GRANT INSERT ON audit_entry TO');
    assert.equal(unwritten, 503);
    assert.equal(await stateOf(id), 'waiting');
    assert.equal(await post(url, handshake(forged), { token: forged }), 200);
    await logged('REVOKE INSERT ON audit_entry FROM');
    const unseen = await post(url, handshake(notions), { token: notions });
    await logged('GRANT INSERT ON audit_entry TO');
    assert.equal(unseen, 503);
    assert.equal(await stateOf(id), 'offered');
    await post(url, handshake(notions), { token: notions });
    assert.deepEqual(await events(id), ['webhook.created', 'webhook.handshake', 'webhook.contested another_handshake']);
  });

  it('leaves a token that must open: one that was tampered with proves nothing, and the log says so', async () => {
    const { id, url, token } = await hearing.listening();
    const { system } = hearing.api.people.database;
    const of = system.updateTable('webhook_subscription').where('id', '=', id as `whs_${string}`);
    await of.set({ generation: 7 }).execute();
    for (let i = 0; i < 5; i++) assert.equal(await post(url, JSON.stringify(anEvent(hearing)), { token }), 401);
    assert.equal(await post(url, handshake(aToken())), 401);
    assert.deepEqual((await events(id)).slice(3), ['webhook.undecryptable']);
    assert.equal(await stateOf(id), 'shown');
    await of.set({ generation: 1 }).execute();
    assert.equal(await post(url, JSON.stringify(anEvent(hearing)), { token }), 200);
  });

  it('cannot be repeated with another token once an event has confirmed it', async () => {
    const { id, url, token } = await hearing.listening();
    assert.equal(await post(url, JSON.stringify(anEvent(hearing)), { token }), 200);
    assert.equal(await stateOf(id), 'confirmed');
    const forged = aToken();
    assert.equal(await post(url, handshake(forged), { token: forged }), 401);
    assert.equal(await post(url, JSON.stringify(anEvent(hearing)), { token: forged }), 401);
    assert.equal(await post(url, JSON.stringify(anEvent(hearing)), { token }), 200);
    assert.equal(await stateOf(id), 'confirmed');
  });

  it('starts over at another address after a reset; the old one and its token are worth nothing', async () => {
    const { id, url, token } = await hearing.listening();
    const renewed = await hearing.asAdmin('POST', path(id, '/reset'));
    assert.equal(renewed.at('state'), 'waiting');
    const next = String(renewed.at('url')).replace(/^.*\/webhooks/, `${hearing.api.url}/webhooks`);
    assert.notEqual(next, url);
    assert.equal(await post(url, JSON.stringify(anEvent(hearing)), { token }), 401);
    assert.equal(await post(next, JSON.stringify(anEvent(hearing)), { token }), 401);
    assert.equal(await post(next, handshake(token), { token }), 200);
    assert.equal(await stateOf(id), 'offered');
  });

  it('keeps its token through a rotation of the workspace key', async () => {
    const { id, url } = await hearing.subscribe();
    const token = aToken();
    await post(url, handshake(token), { token });
    assert.ok((await hearing.rotateKeys()) > 0);
    assert.equal((await takeToken(id)).at('verificationToken'), token);
    assert.equal(await post(url, JSON.stringify(anEvent(hearing)), { token }), 200);
    assert.equal(await stateOf(id), 'confirmed');
  });

  it('comes too late after a day', async () => {
    const { id, url } = await hearing.subscribe();
    await hearing.api.people.database.system
      .updateTable('webhook_subscription')
      .set({ handshake_until: new Date(Date.now() - 1) })
      .where('id', '=', id as `whs_${string}`)
      .execute();
    const token = aToken();
    assert.equal(await post(url, handshake(token), { token }), 401);
    assert.equal(await stateOf(id), 'waiting');
  });

  it('is one token and nothing else', async () => {
    const { id, url } = await hearing.subscribe();
    const token = aToken();
    const bodies = [
      JSON.stringify({ verification_token: token, more: 1 }),
      JSON.stringify({ verification_token: 'secret_' }),
      JSON.stringify({ verification_token: `hunter2${token}` }),
      JSON.stringify({ verification_token: `secret_${'a'.repeat(300)}` }),
      `{"verification_token":"${token}","verification_token":"${aToken()}"}`,
      `[${handshake(token)}]`,
      '',
    ];
    for (const body of bodies) assert.equal(await post(url, body), 401, body);
    // Signed, but not with the token that it offers.
    assert.equal(await post(url, handshake(token), { token: aToken() }), 401);
    assert.equal(await stateOf(id), 'waiting');
  });

  it('is taken once when two come at the same moment', async () => {
    const { id, url } = await hearing.subscribe();
    const statuses = await Promise.all([aToken(), aToken()].map(token => post(url, handshake(token), { token })));
    assert.deepEqual(statuses.sort(), [200, 401]);
    assert.match((await stateOf(id)) ?? '', /^(offered|contested)$/);
  });

  it('is administered by those who hold `connect` alone, in their own workspace', async () => {
    const { id } = await hearing.listening();
    const { people } = hearing.api;
    const cookie = await hearing.api.cookieOf(await people.aMember(hearing.workspaceId, 'editor'));
    for (const [method, at] of [
      ['GET', `/api/workspaces/${hearing.workspaceId}/webhooks`],
      ['POST', `/api/workspaces/${hearing.workspaceId}/webhooks`],
      ...subscriptionRequests.map(([method, more]) => [method, path(id, more)] as const),
    ] as const) {
      assert.equal((await hearing.api.send(method, at, { cookie })).status, 403, `${method} ${at}`);
    }
    const other = await hearing.another();
    for (const [method, more] of subscriptionRequests) {
      const reply = await other.asAdmin(method, `/api/workspaces/${other.workspaceId}/webhooks/${id}${more}`);
      assert.equal(reply.status, 404, `${method} ${more}`);
    }
    assert.equal((await hearing.asAdmin('DELETE', path(id))).status, 204);
    assert.equal((await hearing.asAdmin('DELETE', path(id))).status, 404);
  });

  it('is had for a bounded number of addresses', async () => {
    const other = await hearing.another();
    const create = () => other.asAdmin('POST', `/api/workspaces/${other.workspaceId}/webhooks`);
    const statuses = await Promise.all(Array.from({ length: 22 }, async () => (await create()).status));
    assert.deepEqual(
      statuses.sort(),
      Array.from({ length: 22 }, (_, index) => (index < 20 ? 201 : 409)),
    );
  });
});
