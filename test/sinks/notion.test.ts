/** The Notion sink against the emulator, over a day in simulated time, with everything that goes wrong on such a day. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { parseCheckpoint } from '../../src/audit/proof/checkpoint.ts';
import { hourMs, minuteMs } from '../../src/domain/units.ts';
import { type NotionDemo, openNotionDemo } from './notion-demo.ts';

interface SinksBody {
  readonly sink: { readonly id: string; readonly settings: { readonly databaseId: string } };
  readonly sinks: readonly { readonly id: string }[];
}

type Row = Readonly<Record<string, string>>;

describe('a sink in a Notion database', () => {
  let demo: NotionDemo;
  let sinks: string;

  before(async () => {
    demo = await openNotionDemo();
    sinks = `/api/workspaces/${demo.ready.workspaceId}/sinks`;
  });
  after(() => demo.close());
  beforeEach(async () => {
    await demo.control.clearFaults();
    // Denials that repeat within a minute are collapsed.
    demo.clock.advance(hourMs);
    const { body } = await admin('GET', sinks);
    for (const { id } of body.sinks) await admin('DELETE', `${sinks}/${id}`);
  });

  const admin = (method: string, path: string, body?: unknown) =>
    demo.ask(method, path, demo.ready.keys.admin, body) as Promise<{ status: number; body: SinksBody }>;
  const deliver = () => demo.gateway.upkeep.deliverToSinks();

  async function aSink(settings?: object): Promise<{ id: string; database: string }> {
    const body = {
      kind: 'notion',
      name: 'audit',
      settings: settings ?? { parentPageId: demo.ready.pages.root, reads: true },
    };
    const made = await admin('POST', sinks, body);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return { id: made.body.sink.id, database: made.body.sink.settings.databaseId };
  }

  /** The viewer reads what it may read, and what it may not. */
  async function calls(): Promise<void> {
    const { keys, pages } = demo.ready;
    assert.equal((await demo.ask('GET', `/v1/pages/${pages.public}`, keys.viewer)).status, 200);
    assert.equal((await demo.ask('GET', `/v1/pages/${pages.restricted}`, keys.viewer)).status, 404);
  }

  async function sourceOf(database: string): Promise<string> {
    const { data_sources: sources } = await demo.notionAsk('GET', `/v1/databases/${database}`);
    return (sources as unknown as { id: string }[])[0]?.id ?? '';
  }

  async function rowsOf(database: string): Promise<Row[]> {
    const rows: Row[] = [];
    const source = await sourceOf(database);
    for (let cursor: string | undefined; ; ) {
      const body = { page_size: 100, ...(cursor !== undefined && { start_cursor: cursor }) };
      const page = await demo.notionAsk('POST', `/v1/data_sources/${source}/query`, body);
      for (const { properties } of page.results as unknown as { properties: object }[]) rows.push(valuesOf(properties));
      if (page.has_more !== true) return rows;
      cursor = page.next_cursor;
    }
  }

  /** What ended since the sink was made, as the log says it: a row each, by the ids of their entries. */
  async function expected(since: string, reads: boolean): Promise<string[]> {
    const query = demo.gateway.database.system.selectFrom('audit_entry').select(['id', 'kind', 'intent_id', 'entry']);
    const entries = await query.where('workspace_id', '=', demo.ready.workspaceId as `wsp_${string}`).execute();
    const isOurs = (entry: string) => JSON.parse(entry).principal?.kind === 'system';
    const ours = new Set(entries.filter(({ entry }) => isOurs(entry)).map(({ id }) => id));
    return entries
      .filter(({ kind, id, intent_id: of }) => kind !== 'intent' && !ours.has(id) && !ours.has(of ?? id))
      .filter(({ entry }) => !entry.includes('sink.blocked'))
      .filter(({ id, kind }) => id >= since && (reads || kind !== 'outcome'))
      .map(({ id, intent_id: of, kind }) => (kind === 'outcome' ? String(of) : id));
  }

  async function madeAt(id: string): Promise<string> {
    const query = demo.gateway.database.system.selectFrom('audit_entry').select(['id', 'entry']);
    const entries = await query.where('operation', '=', 'sink.created').execute();
    return entries.find(({ entry }) => entry.includes(id))?.id ?? '';
  }

  const stateOf = async (id: string) => {
    // Not by the API: each look would be a row, and Notion takes three in a second.
    const query = demo.gateway.database.system.selectFrom('sink').select(['state', 'problem']);
    const found = await query.where('id', '=', id as `snk_${string}`).executeTakeFirstOrThrow();
    return [found.state, found.problem];
  };

  async function assertSame(database: string, id: string, reads = true): Promise<void> {
    await deliver();
    const rows = (await rowsOf(database)).map(({ Decision }) => Decision).sort();
    const wanted = await expected(await madeAt(id), reads);
    assert.deepEqual(
      rows.filter((row, n) => row === rows[n - 1]),
      [],
      'no row is there twice',
    );
    assert.deepEqual(
      wanted.filter(one => !rows.includes(one)),
      [],
      'no row is missing',
    );
  }

  it('has the columns of the source system, and a row says who did what to what, and why', async () => {
    const { id, database } = await aSink();
    await calls();
    await deliver();
    const rows = await rowsOf(database);
    const denied = rows.find(({ Result, Action }) => Result === 'denied' && Action === 'pages.get');
    assert.ok(denied !== undefined, JSON.stringify(rows));
    assert.deepEqual(Object.keys(denied).sort(), [
      'Action',
      'Decision',
      'Reason',
      'Resource',
      'Result',
      'Timestamp',
      'User',
    ]);
    assert.equal(denied.Resource, `page:${demo.ready.pages.restricted}`);
    assert.match(denied.User ?? '', /^agt_\S+ for usr_\S+$/);
    assert.match(denied.Decision ?? '', /^evt_/);
    assert.match(denied.Reason ?? '', /^\w+$/);
    const read = rows.find(({ Resource }) => Resource === `page:${demo.ready.pages.public}`);
    assert.equal(read?.Result, 'success');
    await assertSame(database, id);
  });

  it('leaves out what was only read, unless it is asked for', async () => {
    const { database } = await aSink({ parentPageId: demo.ready.pages.root });
    await calls();
    await deliver();
    const rows = await rowsOf(database);
    assert.ok(rows.some(({ Result }) => Result === 'denied'));
    assert.ok(!rows.some(({ Action, Result }) => Action === 'pages.get' && Result === 'success'));
  });

  it('holds the log to its past: a signed checkpoint is a row, once a day', async () => {
    const { database } = await aSink();
    await calls();
    await deliver();
    await calls();
    await deliver();
    const rows = (await rowsOf(database)).filter(({ Action }) => Action === 'log.checkpoint');
    assert.equal(rows.length, 1);
    const checkpoint = parseCheckpoint(rows[0]?.Reason ?? '');
    assert.ok(checkpoint?.origin.endsWith(`/log/${demo.ready.workspaceId}`), rows[0]?.Reason);
    assert.equal(rows[0]?.Decision, `size ${checkpoint?.size}`);
  });

  it('never tells of its own calls', async () => {
    const { id } = await aSink();
    await calls();
    await deliver();
    const before = await demo.control.requests();
    await deliver();
    await deliver();
    assert.equal((await demo.control.requests()).length, before.length);
    assert.deepEqual(await stateOf(id), ['active', null]);
  });

  it('takes a database with five columns as it is, and repeats no row there either', async () => {
    const made = await aSink();
    await admin('DELETE', `${sinks}/${made.id}`);
    const source = await sourceOf(made.database);
    const removed = { properties: { Reason: null, Decision: null } };
    await demo.notionAsk('PATCH', `/v1/data_sources/${source}`, removed);
    const { database } = await aSink({ databaseId: made.database.replaceAll('-', ''), reads: true });
    await demo.control.addFault({ method: 'POST', path: '/v1/pages', kind: 'respond', status: 503, when: 'after' });
    await calls();
    await deliver();
    // Notion may have asked for a pause, too.
    for (let attempt = 0; attempt < 6; attempt++) {
      demo.clock.advance(hourMs);
      await deliver();
    }
    const rows = await rowsOf(database);
    assert.deepEqual(Object.keys(rows[0] ?? {}).sort(), ['Action', 'Resource', 'Result', 'Timestamp', 'User']);
    const denied = rows.filter(({ Resource }) => Resource === `page:${demo.ready.pages.restricted}`);
    assert.equal(denied.length, 1);
  });

  it('has every row once after a day of trouble', async () => {
    const { id, database } = await aSink({ parentPageId: demo.ready.pages.root });
    const hours: (() => Promise<unknown>)[] = [
      () => demo.control.addFault({ method: 'POST', path: '/v1/pages', kind: 'respond', status: 429, times: 2 }),
      () => demo.control.addFault({ method: 'POST', path: '/v1/pages', kind: 'respond', status: 503, when: 'after' }),
      () => demo.control.addFault({ method: 'POST', path: '/v1/pages', kind: 'reset', when: 'after', times: 2 }),
      () => demo.control.addFault({ method: 'POST', path: '/v1/pages', kind: 'truncate', when: 'after' }),
      () => demo.control.addFault({ method: 'POST', path: '/v1/*', kind: 'respond', status: 502, times: 3 }),
      () => demo.control.setTrash({ pageId: database, inTrash: true }),
      () => demo.control.setTrash({ pageId: database, inTrash: false }),
      () => demo.control.addFault({ method: 'POST', path: '/v1/pages', kind: 'respond', status: 504, when: 'after' }),
    ];
    const seen = new Set<string>();
    for (let hour = 0; hour < 24; hour++) {
      await calls();
      await hours[hour % hours.length]?.();
      for (let half = 0; half < 2; half++) {
        await deliver();
        seen.add((await stateOf(id)).join(' '));
        demo.clock.advance(30 * minuteMs);
      }
    }
    await demo.control.clearFaults();
    demo.clock.advance(2 * hourMs);
    await deliver();
    assert.deepEqual(await stateOf(id), ['active', null]);
    assert.ok(seen.has('blocked database_trashed'), [...seen].join(', '));
    await assertSame(database, id, false);
  });

  it('says when its database is not shared, trashed or changed, and goes on when it is back', async () => {
    const { id, database } = await aSink();
    await deliver();
    const source = await sourceOf(database);
    const troubles: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
      [
        'database_trashed',
        () => demo.control.setTrash({ pageId: database, inTrash: true }),
        () => demo.control.setTrash({ pageId: database, inTrash: false }),
      ],
      [
        'database_unshared',
        () => demo.control.unshare({ pageId: demo.ready.pages.root }),
        () => demo.control.share({ pageId: demo.ready.pages.root }),
      ],
      [
        'schema_changed',
        () => demo.notionAsk('PATCH', `/v1/data_sources/${source}`, { properties: { User: { name: 'Who' } } }),
        () => demo.notionAsk('PATCH', `/v1/data_sources/${source}`, { properties: { Who: { name: 'User' } } }),
      ],
      [
        'connection_needs_reauth',
        async () => {
          const all = await demo.control.installations();
          for (const { botId, clientId } of all) if (clientId !== null) await demo.control.revoke({ botId });
        },
        demo.connectAgain,
      ],
    ];
    for (const [problem, breaks, mends] of troubles) {
      await breaks();
      await admin('GET', sinks);
      demo.clock.advance(10 * minuteMs);
      await deliver();
      assert.deepEqual(await stateOf(id), ['blocked', problem]);
      await mends();
      demo.clock.advance(10 * minuteMs);
      await deliver();
      assert.deepEqual(await stateOf(id), ['active', null]);
    }
    await assertSame(database, id);
  });
});

function valuesOf(properties: object): Row {
  type Shown = {
    title?: { plain_text: string }[];
    rich_text?: { plain_text: string }[];
    select?: { name: string };
    date?: { start: string };
  };
  return Object.fromEntries(
    Object.entries(properties as Record<string, Shown>).map(([name, { title, rich_text: text, select, date }]) => [
      name,
      (title ?? text)?.map(piece => piece.plain_text).join('') ?? select?.name ?? date?.start ?? '',
    ]),
  );
}
