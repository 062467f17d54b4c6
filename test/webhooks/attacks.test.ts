import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { request } from 'undici';
import { deliveriesMax } from '../../src/doors/webhooks/webhook-door.ts';
import { type OpenDoor, openDoor } from './door.ts';
import { anEvent, type Hearing, post, startHearing } from './hearing.ts';

const day = 24 * 60 * 60 * 1000;

describe('a sender to a webhook address', () => {
  let hearing: Hearing;
  let url: string;
  let token: string;
  let id: string;
  before(async () => {
    hearing = await startHearing();
    ({ url, token, id } = await hearing.listening());
    await post(url, JSON.stringify(anEvent(hearing)), { token });
  });
  after(() => hearing.close());

  const taken = async () =>
    (await hearing.logOf(hearing.workspaceId)).filter(
      ({ operation, detail }) => operation === 'webhook.event' && detail.subscription === id,
    ).length;
  const summaries = async () => (await hearing.api.log()).filter(({ kind }) => kind === 'summary').length;

  it('gets the same answer whether it is an address or not, and what it lacks', async () => {
    const body = JSON.stringify(anEvent(hearing));
    const { url: waiting } = await hearing.subscribe();
    const answers = await Promise.all(
      [url, waiting, url.replace(/[^/]+$/, 'A'.repeat(43)), url.replace(/[^/]+$/, 'x')].map(async to => {
        const { statusCode, headers, body: answer } = await request(to, { method: 'POST', body });
        return { statusCode, headers: { ...headers, date: '' }, text: await answer.text() };
      }),
    );
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    assert.equal(answers[0]?.statusCode, 401);
  });

  it('is in the log of the deployment, whatever is wrong with what they send', async () => {
    const kinds = [
      () => post(url, 'not JSON'),
      () => post(url, '{}', { headers: { 'content-type': 'text/html' } }),
      () => post(url, JSON.stringify({ verification_token: `secret_${'a'.repeat(32)}` })),
      () => post(url, 'x'.repeat(256 * 1024 + 1)),
    ];
    for (const [index, send] of kinds.entries()) {
      hearing.api.people.clock.advance(60_000);
      const before = await summaries();
      assert.ok([401, 413].includes(await send()));
      assert.ok((await summaries()) > before, `kind ${index}`);
    }
  });

  it('has no say with a body that two parsers may read in two ways, though it is signed', async () => {
    const before = await taken();
    const event = JSON.stringify(anEvent(hearing));
    for (const body of [
      `${event.slice(0, -1)},"workspace_id":"${hearing.notionWorkspaceId}"}`,
      `\uFEFF${event}`,
      `[${event}]`,
      `${event}${event}`,
      `${event.slice(0, -1)},"data":${'['.repeat(100)}${']'.repeat(100)}}`,
      Buffer.concat([Buffer.from(event.slice(0, -1)), Buffer.from(',"x":"\xff"}', 'latin1')]),
    ]) {
      assert.equal(await post(url, body, { token }), 401, String(body).slice(-60));
    }
    assert.equal(await taken(), before);
  });

  it('gets that answer, and an entry, for a text that no database keeps', async () => {
    const event = anEvent(hearing);
    const odd = [
      () => post(url.replace(/[^/]+$/, 'a%00b'), JSON.stringify(event), { token }),
      () => post(url, JSON.stringify({ ...event, integration_id: 'a\0b' }), { token }),
      () => post(url, JSON.stringify({ ...event, type: 'page.\0' }), { token }),
      () => post(url, JSON.stringify({ ...event, entity: { type: 'page', id: '\0' }, workspace_id: '\0' }), { token }),
      () => post(url, JSON.stringify({ verification_token: `secret_${'a'.repeat(32)}\0` })),
      () => post(url, '{}', { headers: { 'content-type': 'text/html', 'x-notion-signature': 'sha256=%00' } }),
    ];
    const before = await taken();
    for (const [index, send] of odd.entries()) {
      hearing.api.people.clock.advance(60_000);
      const counted = await summaries();
      assert.equal(await send(), 401, `kind ${index}`);
      assert.ok((await summaries()) > counted, `kind ${index}`);
    }
    assert.equal(await taken(), before);
    assert.equal(await post(url, JSON.stringify(anEvent(hearing)), { token }), 200);
  });

  it('cannot say the length of a body in two ways', async () => {
    const { port, pathname } = new URL(url);
    const body = JSON.stringify(anEvent(hearing));
    for (const framing of [
      `content-length: ${body.length}\r\ncontent-length: 5`,
      `content-length: ${body.length}\r\ntransfer-encoding: chunked`,
    ]) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(`POST ${pathname} HTTP/1.1\r\nhost: 127.0.0.1\r\n${framing}\r\n\r\n${body}`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      assert.match(answer.toString(), /^HTTP\/1.1 400 /);
      socket.destroy();
    }
  });

  it('does nothing new by sending again what was recorded, however long after', async () => {
    const { system } = hearing.api.people.database;
    const event = anEvent(hearing);
    assert.equal(await post(url, JSON.stringify(event), { token }), 200);
    const before = await taken();
    // The day on which Notion would still repeat it, and the one on which it is forgotten.
    assert.equal(await post(url, JSON.stringify(event), { token }), 200);
    const old = { ...event, id: randomUUID(), timestamp: new Date(Date.now() - 5 * day).toISOString() };
    await system
      .insertInto('webhook_event')
      .values({
        workspace_id: hearing.workspaceId,
        subscription_id: id as `whs_${string}`,
        event_id: old.id,
        received_at: new Date(Date.now() - 5 * day),
        unknown_type: null,
        entity_kind: null,
        entity_id: null,
      })
      .execute();
    await post(url, JSON.stringify(anEvent(hearing)), { token });
    const known = system.selectFrom('webhook_event').select('event_id').where('event_id', '=', old.id);
    assert.equal(await known.executeTakeFirst(), undefined, 'forgotten');
    assert.equal(await post(url, JSON.stringify(old), { token }), 401);
    assert.equal(await taken(), before + 1);
  });

  it('may have a clock that is an hour ahead and no more', async () => {
    const ahead = (ms: number) => anEvent(hearing, { timestamp: new Date(Date.now() + ms).toISOString() });
    assert.equal(await post(url, JSON.stringify(ahead(0.4 * day)), { token }), 401);
    assert.equal(await post(url, JSON.stringify(ahead(0.02 * day)), { token }), 200);
  });

  it('fills nothing with types that nobody knows: a hundred are kept, and none is taken twice', async () => {
    const events = Array.from({ length: 110 }, () => anEvent(hearing, { type: 'page.teleported' }));
    const before = await taken();
    for (const event of [...events, ...events.slice(0, 5)]) {
      assert.equal(await post(url, JSON.stringify(event), { token }), 200);
    }
    assert.equal((await taken()) - before, 110);
    const path = `/api/workspaces/${hearing.workspaceId}/webhooks`;
    const listed = (await hearing.asAdmin('GET', path)).at('subscriptions') as { id: string; keptAside: number }[];
    assert.equal(listed.find(one => one.id === id)?.keptAside, 100);
    const kept = (await hearing.asAdmin('GET', `${path}/${id}/kept-aside`)).at('events') as { eventId: string }[];
    assert.deepEqual(new Set(kept.map(one => one.eventId)), new Set(events.slice(10).map(one => one.id)));
  });

  it('is counted in bounded room, and Notion is heard meanwhile', async () => {
    const before = (await hearing.api.log()).length;
    const flood = Array.from({ length: 1_000 }, (_, index) =>
      post(url.replace(/[^/]+$/, `${index}`.padStart(43, 'A')), JSON.stringify(anEvent(hearing)), { token }),
    );
    const event = anEvent(hearing);
    let status = 0;
    // Notion comes again when it was refused because of the others.
    for (let attempt = 0; status !== 200 && attempt < 100; attempt++) {
      status = await post(url, JSON.stringify(event), { token });
    }
    assert.equal(status, 200);
    for (const refused of await Promise.all(flood)) assert.ok([401, 503].includes(refused));
    assert.ok((await hearing.api.log()).length - before < 10);
  });
});

describe('the door of webhooks', () => {
  it('lets few deliveries look into the database at once, some wait, and refuses the rest unread', async () => {
    let opened = () => {};
    const gate = new Promise<void>(resolve => {
      opened = resolve;
    });
    let inside = 0;
    let most = 0;
    const door = await openDoor({
      async receive() {
        inside += 1;
        most = Math.max(most, inside);
        await gate;
        inside -= 1;
        return 'taken';
      },
    });
    const { atOnce, waiting } = deliveriesMax;
    const beyond = 10;
    try {
      const sent = Array.from({ length: atOnce + waiting + beyond }, () => post(door.url, '{}'));
      assert.deepEqual(await firstOf(sent, beyond), Array(beyond).fill(503));
      assert.equal(inside, atOnce);
      opened();
      const statuses = (await Promise.all(sent)).sort();
      assert.deepEqual(statuses, [...Array(atOnce + waiting).fill(200), ...Array(beyond).fill(503)]);
      assert.equal(most, atOnce);
      assert.equal(await post(door.url, '{}'), 200);
    } finally {
      await door.close();
    }
  });

  it('cuts off a client that sends a body too slowly, and takes none of it', async () => {
    let received = 0;
    const door: OpenDoor = await openDoor({
      bodyMsMax: 500,
      async receive() {
        received += 1;
        return 'taken';
      },
    });
    try {
      const { port, pathname } = new URL(door.url);
      const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
      socket.write(`POST ${pathname} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100\r\n\r\n{"id":`);
      socket.resume();
      await once(socket, 'close');
      assert.equal(received, 0);
      assert.equal(await post(door.url, '{}'), 200);
    } finally {
      await door.close();
    }
  });
});

/** The first results of many. */
function firstOf<T>(all: readonly Promise<T>[], count: number): Promise<T[]> {
  const results: T[] = [];
  return new Promise((resolve, reject) => {
    for (const one of all) {
      one.then(result => {
        results.push(result);
        if (results.length === count) resolve([...results]);
      }, reject);
    }
  });
}
