/** Questions to the log: pages that never change, by whom and where, counts by the hour, and what comes in as it comes. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { request } from 'undici';
import type { AuditRow } from '../../src/audit/audit-log.ts';
import { decisionRow, eventRow, outcomeRow, sweptRow } from '../../src/audit/entry.ts';
import { createSettledReader } from '../../src/audit/settled-reader.ts';
import { compilePolicy } from '../../src/authorize/compile-policy.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { type AgentId, newId, type UserId, type WorkspaceId } from '../../src/domain/ids.ts';
import type { Demand } from '../../src/domain/operation.ts';
import type { Principal } from '../../src/domain/principal.ts';
import { hourMs } from '../../src/domain/units.ts';
import { createStores } from '../../src/store/stores.ts';
import { type AdminApi, openAdminApi } from '../admin-api.ts';
import { portcullisHere } from '../cli/run.ts';
import { aCall, aCaller, aDecidedCall, anAllowance, anOperation, someFacts } from '../fixtures.ts';
import { publicUrl, signedIn } from '../people.ts';
import { until } from '../until.ts';
import { insertRows } from './insert-rows.ts';

const ending = {
  result: 'done',
  status: 200,
  upstreamRequestId: null,
  withheld: 0,
  upstreamMs: 3,
  requestDigest: null,
  error: null,
} as const;

interface Page {
  readonly entries: readonly { id: string; index: number; operation: string; outcome: { result: string } | null }[];
  readonly nextCursor: string | null;
}

describe('questions to the log', () => {
  let api: AdminApi;
  let workspace: WorkspaceId;
  let admin: UserId;
  let cookie: string;

  before(async () => {
    api = await openAdminApi();
  });
  after(() => api.close());

  /** A workspace of its own for each question, with one who may read its log. */
  async function aLog(): Promise<void> {
    workspace = await api.people.aWorkspace();
    admin = await api.people.aMember(workspace, 'admin');
    cookie = await api.cookieOf(admin);
  }

  interface Given {
    readonly principal?: Principal;
    readonly demands?: readonly Demand[];
    readonly decision?: Partial<Decision>;
    readonly at?: Date;
    /** How it ended; null leaves it open. */
    readonly ending?: Parameters<typeof outcomeRow>[1] | null;
    readonly endedAt?: Date;
  }

  function aCallOf(given: Given = {}): { id: string; rows: AuditRow[]; close: () => AuditRow } {
    const { at = new Date(), principal = { kind: 'user', id: admin } } = given;
    const decided = aDecidedCall({
      call: aCall({ operation: anOperation({ demands: given.demands ?? [] }) }),
      caller: aCaller({ principal }),
      facts: someFacts({ workspaceId: workspace }),
      decision: anAllowance(given.decision),
      decidedAt: at,
    });
    const close = () => outcomeRow(decided, given.ending ?? ending, given.endedAt ?? at);
    const rows = [decisionRow(decided, null)];
    if (decided.decision.effect === 'allow' && given.ending !== null) rows.push(close());
    return { id: decided.id, rows, close };
  }

  async function called(given: Given = {}): Promise<string> {
    const { id, rows } = aCallOf(given);
    await insertRows(api.database, rows);
    return id;
  }

  async function page(query: Record<string, string> = {}): Promise<Page> {
    const address = `/api/audit?${new URLSearchParams({ workspace, activity: 'notion', ...query })}`;
    const reply = await api.send('GET', address, { cookie });
    assert.equal(reply.status, 200, reply.text);
    return JSON.parse(reply.text) as Page;
  }
  const ids = async (query: Record<string, string>) => (await page(query)).entries.map(({ id }) => id);

  it('a page that was read once never changes, whatever is written later', async () => {
    await aLog();
    const first = await called();
    const open = aCallOf({ ending: null });
    await insertRows(api.database, open.rows);
    const second = await called();
    const newest = await page({ limit: '1' });
    assert.deepEqual(
      newest.entries.map(({ id }) => id),
      [second],
    );
    const older = () => page({ limit: '5', cursor: String(newest.nextCursor) });
    const past = await older();
    assert.deepEqual(
      past.entries.map(({ id }) => id),
      [first],
      'what is open is in no page',
    );
    await insertRows(api.database, [open.close()]);
    await called();
    assert.deepEqual((await page({})).entries.map(({ id }) => id).includes(open.id), true, 'and is, once it is closed');
    assert.deepEqual(await older(), past);
  });

  it('tells which calls are open, and of each entry where it stands', async () => {
    await aLog();
    const open = aCallOf({ ending: null });
    await insertRows(api.database, open.rows);
    const [found] = (await page({ result: 'open' })).entries;
    assert.deepEqual([found?.id, found?.outcome], [open.id, null]);
    await insertRows(api.database, [sweptRow(open.rows[0] as AuditRow, new Date())]);
    assert.deepEqual(await ids({ result: 'open' }), []);
    const [closed] = (await page({ result: 'unknown' })).entries;
    assert.equal(closed?.id, open.id);
    assert.ok((closed?.index ?? 0) > (found?.index ?? 0), 'a call stands where it was closed');
  });

  it('finds a call by when it was decided, however late it was closed', async () => {
    await aLog();
    const ago = (hours: number) => new Date(Date.now() - hours * hourMs);
    const late = await called({ at: ago(50), endedAt: ago(1) });
    await called({ at: ago(2) });
    await page();
    const then = { since: ago(51).toISOString(), until: ago(49).toISOString() };
    assert.deepEqual(await ids(then), [late]);
    assert.deepEqual(await ids({ until: ago(51).toISOString() }), []);
    assert.deepEqual(await ids({ since: ago(0.5).toISOString() }), []);
  });

  it('a clock that steps back hides nothing: places go on, and each call is found by its own time', async () => {
    await aLog();
    const at = (hoursAgo: number) => new Date(Date.now() - hoursAgo * hourMs);
    const calls: string[] = [];
    for (const hoursAgo of [1, 9, 2, 8]) {
      calls.push(await called({ at: at(hoursAgo), endedAt: at(hoursAgo) }));
      await page();
    }
    const [one, nine, two, eight] = calls;
    assert.deepEqual(await ids({}), [eight, two, nine, one]);
    const between = (from: number, to: number) => ids({ since: at(from).toISOString(), until: at(to).toISOString() });
    assert.deepEqual(await between(10, 7), [eight, nine]);
    assert.deepEqual(await between(3, 0.5), [two, one]);
    assert.deepEqual(await between(8.5, 7), [eight]);
    const { entries } = await page();
    assert.deepEqual(
      entries.map(({ index }) => index),
      entries.map(({ index }) => index).toSorted((a, b) => b - a),
    );
  });

  it('finds the human behind agents, an action, a reason, and what is below a page', async () => {
    await aLog();
    const agent = newId('agt') as AgentId;
    const [top, middle, leaf, other] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    for (const [id, parent] of [
      [middle, top],
      [leaf, middle],
    ] as const) {
      const row = { workspace_id: workspace, notion_id: id, kind: 'page', parent_kind: 'page', parent_id: parent };
      const unknown = { title: null, in_trash: null, has_children: null, properties: null, properties_at: null };
      const learned = { learned_at: new Date(), doubted_at: null, missing_at: null, missing_to: null };
      await api.database.system
        .insertInto('page_index')
        .values({ ...row, ...unknown, ...learned })
        .execute();
    }
    const on = (id: string, action: Demand['action']) => [{ action, object: { kind: 'page', id } }] as const;
    const byAgent = await called({ principal: { kind: 'agent', id: agent, owner: admin }, demands: on(leaf, 'read') });
    const byOther = await called({ principal: { kind: 'user', id: newId('usr') }, demands: on(top, 'update') });
    const denied = await called({
      decision: { effect: 'deny', because: 'role_lacks_action', demand: null } as Partial<Decision>,
      demands: on(other, 'read'),
    });
    assert.deepEqual(await ids({ person: admin }), [denied, byAgent]);
    assert.deepEqual(await ids({ action: 'update' }), [byOther]);
    assert.deepEqual(await ids({ reason: 'LACKS' }), [denied]);
    assert.deepEqual(await ids({ subtree: top }), [byOther, byAgent]);
    assert.deepEqual(await ids({ subtree: middle.replaceAll('-', '') }), [byAgent]);
    assert.deepEqual(await ids({ page: top }), [byOther]);
    const failed = await called({ ending: { ...ending, result: 'failed', error: 'upstream_unknown' } });
    assert.deepEqual(await ids({ reason: 'upstream_un' }), [failed]);
  });

  it('an entry with a NUL in it breaks no question', async () => {
    await aLog();
    const event = { name: 'user.created', workspaceId: workspace, principalId: admin, result: 'success' } as const;
    await insertRows(api.database, [
      eventRow({ ...event, detail: { note: 'a\u0000b', because: 'odd "one"' } }, new Date()),
    ]);
    const read = async (query: Record<string, string>) =>
      (await page({ ...query, activity: 'administration' })).entries;
    assert.equal((await read({ reason: 'odd "' }))[0]?.operation, 'user.created');
    assert.deepEqual(await read({ subtree: randomUUID() }), []);
  });

  it('counts by the hour what a filter finds', async () => {
    await aLog();
    const hour = Math.floor(Date.now() / hourMs) * hourMs - 5 * hourMs;
    const denial = { effect: 'deny', because: 'role_lacks_action', demand: null } as Partial<Decision>;
    for (const minutes of [0, 30, 59]) await called({ at: new Date(hour + minutes * 60_000) });
    await called({ at: new Date(hour + 1), decision: denial });
    await called({ at: new Date(hour + 2 * hourMs) });
    const counts = async (query: Record<string, string>) => {
      const given = new URLSearchParams({ workspace, activity: 'notion', ...query });
      const reply = await api.send('GET', `/api/audit/counts?${given}`, { cookie });
      assert.equal(reply.status, 200, reply.text);
      return JSON.parse(reply.text);
    };
    const [first, second] = [new Date(hour).toISOString(), new Date(hour + 2 * hourMs).toISOString()];
    assert.deepEqual(await counts({}), {
      hours: [
        { hour: first, allowed: 3, denied: 1, events: 0 },
        { hour: second, allowed: 1, denied: 0, events: 0 },
      ],
      since: null,
    });
    const { hours } = await counts({ effect: 'deny', since: first });
    assert.deepEqual(hours, [{ hour: first, allowed: 0, denied: 1, events: 0 }]);
    assert.deepEqual(await counts({ text: 'nowhere to be found' }), { hours: [], since: null });
  });

  /** How a tail itself ended is in the log too. */
  const ofCalls = (entries: readonly { id: string; operation: string }[]) =>
    entries.filter(({ operation }) => operation !== 'stream.closed').map(({ id }) => id);

  /** Listens to a tail; what it said is in `data`. */
  async function listen(query: Record<string, string>, headers: Record<string, string> = {}) {
    const address = new URL(`/api/audit/tail?${new URLSearchParams({ workspace, ...query })}`, api.url);
    const ours = { origin: publicUrl, 'sec-fetch-site': 'same-origin', 'x-portcullis': '1', cookie };
    const { statusCode, body } = await request(address, { headers: { ...ours, ...headers } });
    const data: { entries: { id: string; operation: string }[]; next: number }[] = [];
    let ended = false;
    const reading = (async () => {
      let text = '';
      for await (const piece of body) {
        text += String(piece);
        const events = text.split('\n\n');
        text = events.pop() ?? '';
        data.push(...events.map(event => JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? 'null')));
      }
    })();
    const end = reading.then(
      () => (ended = true),
      () => (ended = true),
    );
    return {
      statusCode,
      heard: () => ofCalls(data.flatMap(({ entries }) => entries)),
      next: () => data.at(-1)?.next,
      hasEnded: () => ended,
      async stop() {
        body.destroy();
        await end;
      },
    };
  }

  it('a tail tells what comes in once it is closed, and goes on where another ended', async () => {
    await aLog();
    const before = await called();
    await page();
    const tail = await listen({ activity: 'notion' });
    await until('the tail has begun', () => tail.next() !== undefined);
    const open = aCallOf({ ending: null });
    await insertRows(api.database, open.rows);
    const first = await called();
    await page();
    await until('the first call', () => tail.heard().length > 0);
    await insertRows(api.database, [open.close()]);
    await page();
    await until('the one that was open', () => tail.heard().length > 1);
    assert.deepEqual(tail.heard(), [first, open.id]);
    const next = tail.next();
    await tail.stop();
    const missed = await called();
    await page();
    const again = await listen({ activity: 'notion' }, { 'last-event-id': String(next) });
    await until('what was missed', () => again.heard().length > 0);
    assert.deepEqual(again.heard(), [missed]);
    await again.stop();
    const whole = await listen({ activity: 'notion', from: '0' });
    await until('all', () => whole.heard().length === 4);
    assert.deepEqual(whole.heard(), [before, first, open.id, missed]);
    await whole.stop();
    await until('the log says that somebody listened', async () => (await ids({ activity: 'notion' })).length > 0);
    const views = (await page({ activity: 'view' })).entries.map(({ operation }) => operation);
    assert.ok(views.includes('audit.tail') && views.includes('audit.read'));
  });

  it('a tail ends with the right to read the log, and nobody else has one', async () => {
    await aLog();
    const own = { ...{ workspace, cookie } };
    const tail = await listen({});
    await until('the tail has begun', () => tail.next() !== undefined);
    await api.database.system
      .deleteFrom('membership')
      .where('workspace_id', '=', workspace)
      .where('principal_id', '=', admin)
      .execute();
    await until('it ended', tail.hasEnded);
    assert.equal((await listen({})).statusCode, 404);
    await aLog();
    for (const route of ['', '/counts', '/tail', '/export']) {
      const address = `/api/audit${route}?workspace=${own.workspace}`;
      assert.equal((await api.send('GET', address, { cookie })).status, 404, route);
    }
  });

  it('shows nothing of another workspace', async () => {
    await aLog();
    const foreign = await called();
    await aLog();
    await called();
    const { entries } = await page({ activity: 'notion,view,administration', limit: '200' });
    assert.ok(entries.every(({ id }) => id !== foreign));
    const { auditReader } = createStores(api.database, { compile: compilePolicy });
    assert.equal(await auditReader.size(workspace), 3, 'a call, how it ended, and that somebody began to read');
  });

  it('the command line counts by the hour, and follows what comes in', async () => {
    await aLog();
    const key = { name: 'lantern', principalId: admin, limitTo: 'admin' } as const;
    const { secret } = await api.people.accounts.keys.mint(signedIn(admin), workspace, key);
    const ask = (...words: string[]) =>
      portcullisHere(['audit', ...words], { PORTCULLIS_URL: api.url, PORTCULLIS_KEY: secret });
    const call = await called();
    await page();
    const hour = new Date(Math.floor(Date.now() / hourMs) * hourMs).toISOString().slice(0, 16);
    const counted = await ask('counts', '--person', admin, '--operation', anOperation().name);
    assert.match(counted.out, new RegExp(`^${hour}Z {2}allowed 1 {2}denied 0 {2}events 0$`, 'm'), counted.err);
    const followed = await ask('tail', '--from', '0', '--limit', '1', '--json');
    assert.equal(JSON.parse(followed.out).id, call, followed.err);
    assert.equal(followed.code, 0);
  });

  it('a log that cannot be sequenced can still be read', async () => {
    await aLog();
    const placed = await called();
    await page();
    const waiting = await called();
    const { auditReader } = createStores(api.database, { compile: compilePolicy });
    const stuck = createSettledReader(auditReader, async () => false);
    const { records } = await stuck.read(workspace, { activity: ['notion'] }, { before: null, limit: 10 });
    assert.deepEqual(
      records.map(({ entry, index }) => [entry.id, index === null]),
      [
        [waiting, true],
        [placed, false],
      ],
    );
  });
});
