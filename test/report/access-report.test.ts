import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';

interface Finding {
  readonly capability: string;
  readonly state: string;
  readonly need: string;
  readonly verdict: string;
  readonly advice: string | null;
  readonly learnedBy: string | null;
  readonly shownBy: string | null;
}

interface Report {
  readonly connections: { id: string; reach: string; userInformation: string; capabilities: Finding[] }[];
  readonly items: { id: string; connection: string; title: string; root: boolean | null; publicUrl: string | null }[];
  readonly stopped: string;
  readonly nextCursor: string | null;
}

describe('the access report', () => {
  let demo: DemoInProcess;
  let botId: string;
  before(async () => {
    demo = await startDemoInProcess();
    const installations = await demo.emulator.installations();
    botId = installations.find(one => one.clientId !== null && !one.revoked)?.botId ?? '';
  });
  after(() => demo.stop());

  const get = (path: string, role: keyof DemoInProcess['ready']['keys'] = 'admin') =>
    fetch(demo.ready.url + path, { headers: { authorization: `Bearer ${demo.ready.keys[role]}` } });
  /** The cookie of the admin's browser, by the one-time link. */
  const signedIn = async () => {
    const { origin, hash } = new URL(demo.ready.signInUrl);
    const answer = await fetch(`${origin}/api/sign-in/link`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-portcullis': '1' },
      body: JSON.stringify({ token: new URLSearchParams(hash.slice(1)).get('token') }),
    });
    return { cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
  };
  const address = (query = '') => `/api/workspaces/${demo.ready.workspaceId}/report/access${query}`;
  const report = async (query = '') => (await (await get(address(query))).json()) as Report;
  const findings = async () => {
    const [connection] = (await report('?limit=1')).connections;
    return new Map(connection?.capabilities.map(finding => [finding.capability, finding]));
  };

  it('lists what the connection sees, tells what was shared itself, and leaves out what was not shared', async () => {
    const { items, stopped, nextCursor } = await report('?limit=100');
    assert.deepEqual([stopped, nextCursor], ['complete', null]);
    const roots = items.filter(({ root }) => root !== false).map(({ id }) => id);
    assert.deepEqual(roots, [demo.ready.pages.root]);
    const ids = new Set(items.map(({ id }) => id));
    assert.ok(ids.has(demo.ready.pages.restricted));
    assert.ok(!ids.has(demo.ready.pages.unshared));
  });

  it('calls an inner page a root when it is shared and what it lies in is not', async () => {
    const { pages } = demo.ready;
    await demo.emulator.unshare({ pageId: pages.root, botId });
    await demo.emulator.share({ pageId: pages.public, botId });
    const { items } = await report('?limit=100');
    assert.deepEqual(
      items.filter(({ root }) => root !== false).map(({ id }) => id),
      [pages.public],
    );
    await demo.emulator.share({ pageId: pages.root, botId });
    await demo.emulator.unshare({ pageId: pages.public, botId });
  });

  it('is bounded, and goes on where it stopped', async () => {
    const whole = (await report('?limit=100')).items.map(({ id }) => id);
    const parts: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Report = await report(`?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
      assert.ok(page.items.length <= 3);
      parts.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    assert.deepEqual(parts, whole);
  });

  it('says of a capability for writing that nobody knows, until an answer of Notion shows it', async () => {
    const before = await findings();
    assert.equal(before.get('insert_comments')?.state, 'unknown');
    assert.equal(before.get('insert_comments')?.verdict, 'unknown');
    assert.match(before.get('insert_comments')?.learnedBy ?? '', /^Known once a caller does it/);
    await fetch(`${demo.ready.url}/v1/comments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${demo.ready.keys.editor}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        parent: { page_id: demo.ready.pages.public },
        rich_text: [{ text: { content: 'Hello' } }],
      }),
    });
    const after = (await findings()).get('insert_comments');
    assert.deepEqual([after?.state, after?.shownBy, after?.verdict], ['held', 'comments.create', 'fits']);
  });

  it('says what is missing, and what to change at Notion', async () => {
    const capabilities = { read_comments: false, user_information: 'none' } as const;
    await demo.emulator.setCapabilities({ botId, capabilities });
    const lacking = await findings();
    for (const name of ['read_comments', 'user_information']) {
      assert.deepEqual([lacking.get(name)?.state, lacking.get(name)?.verdict], ['lacking', 'missing'], name);
      assert.match(lacking.get(name)?.advice ?? '', /^(Turn on|Choose) "Read .*notion\.so/);
    }
    assert.equal(lacking.get('user_emails')?.state, 'lacking', 'who may not see people sees no addresses');
    assert.equal(lacking.get('read_content')?.verdict, 'fits');
    const all = { read_comments: true, user_information: 'with_email' } as const;
    await demo.emulator.setCapabilities({ botId, capabilities: all });
    const held = await findings();
    for (const name of ['read_comments', 'user_information', 'user_emails']) {
      assert.deepEqual([held.get(name)?.state, held.get(name)?.verdict], ['held', 'fits'], name);
    }
  });

  it('learns by a probe what may be written, from the first connection on that was refused', async () => {
    const writing = ['update_content', 'insert_content'] as const;
    const set = (held: boolean) =>
      demo.emulator.setCapabilities({ botId, capabilities: { update_content: held, insert_content: held } });
    const found = async () => {
      const all = await findings();
      return writing.map(name => [all.get(name)?.state, all.get(name)?.verdict, all.get(name)?.shownBy]);
    };
    assert.deepEqual(await found(), Array(2).fill(['unknown', 'unknown', null]));
    await set(false);
    const operations = ['pages.update', 'blocks.children.append'];
    assert.deepEqual(
      await found(),
      operations.map(name => ['lacking', 'missing', name]),
    );
    await set(true);
    assert.deepEqual(
      await found(),
      operations.map(name => ['held', 'fits', `probe of ${name}`]),
    );
  });

  it('tells how much of people the connection sees', async () => {
    for (const level of ['none', 'without_email', 'with_email'] as const) {
      await demo.emulator.setCapabilities({ botId, capabilities: { user_information: level } });
      assert.equal((await report('?limit=1')).connections[0]?.userInformation, level);
    }
  });

  it('says so when the connection may not even search', async () => {
    await demo.emulator.setCapabilities({ botId, capabilities: { read_content: false } });
    const { items, stopped, nextCursor, connections } = await report();
    assert.deepEqual([items, stopped, nextCursor], [[], 'refused', null]);
    assert.equal(
      connections[0]?.capabilities.find(({ capability }) => capability === 'read_content')?.verdict,
      'missing',
    );
    await demo.emulator.setCapabilities({ botId, capabilities: { read_content: true } });
  });

  it('stops where Notion does not go along, keeps what it has, and goes on from there', async () => {
    // The first search is the probe's, the second the list's.
    await demo.emulator.addFault({ kind: 'respond', path: '/v1/search', status: 503, times: 2 });
    const stopped = await report('?limit=5');
    assert.deepEqual([stopped.stopped, stopped.items], ['unavailable', []]);
    const resumed = await report(`?limit=5&cursor=${stopped.nextCursor}`);
    assert.equal(resumed.items.length, 5);
    assert.deepEqual(resumed.items, (await report('?limit=5')).items);
  });

  it('changes nothing at Notion: what it writes to does not exist', async () => {
    const { state: before } = await demo.emulator.snapshot();
    await demo.emulator.clearRequests();
    await report('?limit=100');
    const sent = await demo.emulator.requests();
    const writes = sent.filter(({ method, path }) => method !== 'GET' && path !== '/v1/search');
    assert.deepEqual(
      writes.map(({ status }) => status),
      [404, 404, 404],
    );
    assert.equal((await demo.emulator.snapshot()).state, before);
  });

  it('is asked for by the system, on the path and in the log that every call has', async () => {
    await report('?limit=1');
    const log = await get('/api/audit?operation=search&limit=1');
    const { entries } = (await log.json()) as { entries: Record<string, Record<string, unknown>>[] };
    const [entry] = entries;
    assert.deepEqual(entry?.principal, { id: 'access_report', kind: 'system', owner: null });
    assert.equal(entry?.connection?.because, 'named');
    assert.equal(entry?.outcome?.result, 'done');
  });

  it('is for those who hold `connect` and `read`, in their own workspace', async () => {
    for (const role of ['editor', 'viewer'] as const) assert.equal((await get(address(), role)).status, 403, role);
    const elsewhere = '/api/workspaces/wsp_00000000-0000-7000-8000-000000000000/report/access';
    assert.equal((await get(elsewhere)).status, 404);
  });

  it('is not for an agent without the role, nor for a key that is limited to something else', async () => {
    const base = `/api/workspaces/${demo.ready.workspaceId}`;
    const headers = { ...(await signedIn()), 'content-type': 'application/json', 'x-portcullis': '1' };
    const post = async (path: string, body: object) => {
      const answer = await fetch(demo.ready.url + base + path, { method: 'POST', headers, body: JSON.stringify(body) });
      return (await answer.json()) as { member: { principalId: string }; secret: string };
    };
    const statusFor = async ({ secret }: { secret: string }) =>
      (await fetch(demo.ready.url + address(), { headers: { authorization: `Bearer ${secret}` } })).status;
    const { member } = await post('/agents', { name: 'reporter', role: 'editor' });
    const ofAgent = await post('/keys', { name: 'agent', principalId: member.principalId });
    const readsOnly = await post('/keys', { name: 'reads', limitTo: ['read'] });
    const connectsOnly = await post('/keys', { name: 'connects', limitTo: ['connect'] });
    for (const key of [ofAgent, readsOnly, connectsOnly]) assert.equal(await statusFor(key), 403);
    assert.equal(await statusFor(await post('/keys', { name: 'both', limitTo: ['connect', 'read'] })), 200);
  });

  it('answers 404 for a connection that the workspace does not have', async () => {
    assert.equal((await get(address('?connection=con_00000000-0000-7000-8000-000000000000'))).status, 404);
    assert.equal((await get(address('?connection=con_x'))).status, 400);
  });

  it('takes no cursor that it did not make', async () => {
    for (const cursor of ['x', Buffer.from('{"connection":"con_x"}').toString('base64url')]) {
      assert.equal((await get(address(`?cursor=${cursor}`))).status, 400, cursor);
    }
  });
});
