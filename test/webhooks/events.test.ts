import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { signWebhookPayload } from '@notionhq/client';
import { anEvent, type Hearing, post, startHearing } from './hearing.ts';

const day = 24 * 60 * 60 * 1000;

describe('a webhook', () => {
  let hearing: Hearing;
  let url: string;
  let token: string;
  let id: string;
  before(async () => {
    hearing = await startHearing();
  });
  after(() => hearing.close());
  beforeEach(async () => {
    ({ url, token, id } = await hearing.listening());
    await hearing.api.people.database.inWorkspace(hearing.workspaceId, tx => tx.deleteFrom('page_change').execute());
  });

  // A workspace has room for a bounded number of them.
  afterEach(() => hearing.asAdmin('DELETE', `/api/workspaces/${hearing.workspaceId}/webhooks/${id}`));

  const send = (event: object, given: { token?: string } = {}) => post(url, JSON.stringify(event), { token, ...given });
  const changes = async () => {
    const query = hearing.api.people.database.system.selectFrom('page_change').selectAll();
    return (await query.execute()).map(row => `${row.workspace_id} ${row.kind} ${row.notion_id}`);
  };
  const entries = async () =>
    (await hearing.api.log())
      .map(({ entry }) => JSON.parse(entry) as { operation: string; result: string; detail: Record<string, unknown> })
      .filter(({ operation, detail }) => operation === 'webhook.event' && detail.subscription === id);

  for (const kind of ['page', 'database', 'data_source']) {
    for (const change of ['moved', 'deleted', 'undeleted']) {
      it(`says that a ${kind} was ${change}: what was known of where it lies is in doubt`, async () => {
        const event = anEvent(hearing, { type: `${kind}.${change}`, entity: { id: randomUUID(), type: kind } });
        assert.equal(await send(event), 200);
        assert.deepEqual(await changes(), [`${hearing.workspaceId} ${kind} ${event.entity.id}`]);
        const [entry] = await entries();
        assert.equal(entry?.detail.effect, 'page_changed');
        assert.equal(entry?.detail.object, event.entity.id);
        assert.equal(entry?.detail.event, event.id);
      });
    }
  }

  it('moves the time of a change forward with every change, in whatever order they come', async () => {
    const entity = { id: randomUUID(), type: 'page' };
    const at = async () => {
      const query = hearing.api.people.database.system.selectFrom('page_change').select('changed_at');
      return (await query.where('notion_id', '=', entity.id).executeTakeFirstOrThrow()).changed_at.getTime();
    };
    await send(anEvent(hearing, { entity, type: 'page.undeleted' }));
    const first = await at();
    await send(anEvent(hearing, { entity, type: 'page.deleted', timestamp: new Date(Date.now() - day).toISOString() }));
    assert.ok((await at()) > first);
    assert.equal((await changes()).length, 1);
  });

  it('is taken and leads to nothing when nothing moved', async () => {
    assert.equal(await send(anEvent(hearing, { type: 'page.content_updated' })), 200);
    assert.deepEqual(await changes(), []);
    assert.deepEqual(
      (await entries()).map(({ detail }) => detail.effect),
      ['noted'],
    );
  });

  it('is taken once, however often it comes', async () => {
    const event = anEvent(hearing);
    const statuses: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt++) statuses.push(await send({ ...event, attempt_number: attempt }));
    assert.deepEqual(statuses, [200, 200, 200]);
    assert.equal((await entries()).length, 1);
  });

  it('is taken once, also when two gateways get it at the same moment, many times over', async () => {
    const second = await hearing.anotherInstance();
    try {
      for (let round = 0; round < 5; round++) {
        const body = JSON.stringify(anEvent(hearing));
        const sent = [url, second.at(url)].flatMap(to => Array.from({ length: 10 }, () => post(to, body, { token })));
        assert.deepEqual(new Set(await Promise.all(sent)), new Set([200]));
        assert.equal((await entries()).length, round + 1);
        assert.equal((await changes()).length, round + 1);
      }
    } finally {
      await second.close();
    }
  });

  it('is not taken when its signature is missing, wrong, of other bytes, or there twice', async () => {
    const body = JSON.stringify(anEvent(hearing));
    const signature = await signWebhookPayload({ body, verificationToken: token });
    const refused = [
      await post(url, body),
      await post(url, body, { token: `${token}x` }),
      await post(url, `${body} `, { signature }),
      await post(url, body.replace('page.moved', 'page.loved'), { signature }),
      await post(url, body, { signature: signature.replace('sha256=', 'sha1=') }),
      await post(url, body, { signature: signature.toUpperCase() }),
      await post(url, body, { signature: signature.slice(0, -2) }),
      await post(url, body, { signature: `${signature}00` }),
      await post(url, body, { signature: '' }),
      await post(url, body, { signature: [signature, signature] }),
    ];
    assert.deepEqual(refused, Array(refused.length).fill(401));
    assert.deepEqual(await changes(), []);
    assert.equal(await post(url, body, { signature }), 200);
  });

  it('is refused at an address that nobody has, in the same words', async () => {
    const elsewhere = url.replace(/[^/]+$/, 'A'.repeat(43));
    assert.equal(await post(elsewhere, JSON.stringify(anEvent(hearing)), { token }), 401);
  });

  it('is counted and not named in the log when nothing proves that it is from Notion', async () => {
    const before = (await hearing.api.log()).length;
    for (let i = 0; i < 20; i++) await post(url, JSON.stringify(anEvent(hearing)), { token: 'secret_of_somebody' });
    assert.ok((await hearing.api.log()).length - before <= 2);
  });

  it("of another workspace, or of a stranger's connection, is acknowledged and changes nothing", async () => {
    const other = await hearing.another();
    const foreign = anEvent(hearing, { workspace_id: other.notionWorkspaceId });
    const strange = anEvent(hearing, { integration_id: randomUUID() });
    assert.deepEqual([await send(foreign), await send(strange), await send(foreign)], [200, 200, 200]);
    assert.deepEqual(await changes(), []);
    assert.deepEqual(await entries(), []);
    const counted = (await hearing.logOf(null)).filter(({ detail }) => detail.subscription === id);
    assert.deepEqual(
      counted,
      [{ ...counted[0], operation: 'webhook.passed_over', result: 'denied' }],
      'the first, and a count',
    );
    const listed = await hearing.asAdmin('GET', `/api/workspaces/${hearing.workspaceId}/webhooks`);
    const found = (listed.at('subscriptions') as { id: string; state: string }[]).find(one => one.id === id);
    assert.equal(found?.state, 'shown', 'such an event confirms nothing');
  });

  it('signed for one subscription opens no other', async () => {
    const second = await hearing.listening();
    const body = JSON.stringify(anEvent(hearing));
    assert.equal(await post(second.url, body, { token }), 401);
    assert.equal(await post(second.url, body, { token: second.token }), 200);
  });

  it('is not new again when it is older than Notion ever sends it', async () => {
    const old = anEvent(hearing, { timestamp: new Date(Date.now() - 2 * day - 60_000).toISOString() });
    const ahead = anEvent(hearing, { timestamp: new Date(Date.now() + day).toISOString() });
    assert.deepEqual([await send(old), await send(ahead)], [401, 401]);
    assert.equal(await send(anEvent(hearing, { timestamp: new Date(Date.now() - day).toISOString() })), 200);
    assert.deepEqual((await changes()).length, 1);
  });

  it('of a type that nobody here knows is kept aside, bounded, without its content', async () => {
    const unknown = anEvent(hearing, { type: 'page.teleported', data: { title: 'The plan' } });
    assert.equal(await send(unknown), 200);
    const listed = await hearing.asAdmin('GET', `/api/workspaces/${hearing.workspaceId}/webhooks/${id}/kept-aside`);
    const [kept, ...more] = listed.at('events') as Record<string, unknown>[];
    assert.deepEqual(more, []);
    assert.deepEqual(
      { ...kept, receivedAt: null },
      {
        eventId: unknown.id,
        type: 'page.teleported',
        entity: { kind: 'page', id: unknown.entity.id },
        receivedAt: null,
      },
    );
    assert.doesNotMatch(listed.text, /The plan/);
    assert.equal((await entries())[0]?.detail.type, 'unknown');
  });

  it('leaves nothing of names and content in the log', async () => {
    await send(anEvent(hearing, { data: { title: 'The plan' } }));
    const log = JSON.stringify(await hearing.api.log());
    assert.doesNotMatch(log, /The plan|Name of a workspace/);
    assert.ok(!log.includes(token));
    assert.ok(!log.includes(new URL(url).pathname.split('/').at(-1) ?? ''));
  });

  it('is read in no other shape than JSON of an event, and not beyond 256 KiB', async () => {
    const big = JSON.stringify(anEvent(hearing, { data: 'x'.repeat(256 * 1024) }));
    assert.equal(await post(url, big, { token }), 413);
    for (const body of ['{}', 'null', '[]', '{"id":"x"}', '{', JSON.stringify(anEvent(hearing, { id: 7 }))]) {
      assert.equal(await post(url, body, { token }), 401, body);
    }
    assert.deepEqual(await changes(), []);
  });

  it('that cannot be written down is asked for again', async () => {
    const { database } = hearing.api.people;
    await database.asOwner(owner => owner.query('REVOKE INSERT ON page_change FROM portcullis_app'));
    const event = anEvent(hearing);
    assert.equal(await send(event), 503);
    await database.asOwner(owner => owner.query('GRANT INSERT ON page_change TO portcullis_app'));
    assert.equal(await send(event), 200);
    assert.equal((await changes()).length, 1);
  });
});
