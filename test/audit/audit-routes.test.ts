/** Reading the log over the admin API: what people and agents did, by name, and as a file. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { AuditRow } from '../../src/audit/audit-log.ts';
import { decisionRow, eventRow, outcomeRow } from '../../src/audit/entry.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { AgentId, UserId, WorkspaceId } from '../../src/domain/ids.ts';
import type { Call, Demand } from '../../src/domain/operation.ts';
import { type AdminApi, openAdminApi, type Reply } from '../admin-api.ts';
import { aCall, aCaller, aDecidedCall, anAllowance, anOperation, someFacts } from '../fixtures.ts';
import { signedIn } from '../people.ts';
import { insertRows } from './insert-rows.ts';

const page = '12345678-1234-4234-8234-123456789abc';
const hostile = '=HYPERLINK("https://evil.example")\u202e';
const ending = {
  result: 'done',
  status: 200,
  upstreamRequestId: null,
  withheld: 0,
  upstreamMs: 3,
  requestDigest: null,
  error: null,
} as const;
/** Entries that one reading looks at here: few, so that a test can go past them. */
const lookAt = 40;

interface Entry {
  readonly id: string;
  readonly operation: string;
  readonly door?: string;
}

describe('the log over the admin API', () => {
  let api: AdminApi;
  let workspace: WorkspaceId;
  let admin: UserId;
  let agent: AgentId;
  let cookie: string;
  let key: { readonly id: string; readonly secret: string };

  before(async () => {
    api = await openAdminApi({ auditLookAt: lookAt });
    const { people } = api;
    workspace = await people.aWorkspace();
    admin = await people.aUser({ rights: ['audit'] });
    await people.join(workspace, admin, 'admin');
    cookie = await api.cookieOf(admin);
    const made = await people.accounts.agents.create(signedIn(admin), workspace, {
      name: 'night watch',
      role: 'admin',
    });
    agent = made.principalId as AgentId;
    const request = { name: 'lantern', principalId: agent, limitTo: 'admin' } as const;
    const minted = await people.accounts.keys.mint(signedIn(admin), workspace, request);
    key = { id: minted.key.id, secret: minted.secret };
  });
  after(() => api.close());

  const insert = (rows: readonly AuditRow[]) => insertRows(api.database, rows);

  /** A call of the agent, as the REST door would have logged it. */
  async function agentCalled(
    given: { call?: Partial<Call>; demands?: readonly Demand[]; decision?: Partial<Decision>; in?: WorkspaceId } = {},
  ): Promise<string> {
    const demands = given.demands ?? [{ action: 'read', object: { kind: 'page', id: page } }];
    const decided = aDecidedCall({
      call: aCall({ operation: anOperation({ demands }), ...given.call }),
      caller: aCaller({ principal: { kind: 'agent', id: agent, owner: admin }, credential: key.id as `key_${string}` }),
      facts: someFacts({ workspaceId: given.in ?? workspace }),
      decision: anAllowance(given.decision),
      decidedAt: new Date(),
    });
    const rows = [decisionRow(decided, null)];
    if (decided.decision.effect === 'allow') rows.push(outcomeRow(decided, ending, new Date()));
    await insert(rows);
    return decided.id;
  }

  const read = (query: Record<string, string>, by: object = { cookie }): Promise<Reply> =>
    api.send('GET', `/api/audit?${new URLSearchParams({ workspace, ...query })}`, by);
  const entriesOf = (reply: Reply) => reply.at('entries') as Entry[];
  const found = async (query: Record<string, string>) => entriesOf(await read({ limit: '200', ...query }));
  const ids = async (query: Record<string, string>) => (await found(query)).map(({ id }) => id);

  it('D4: tells what the dashboard read by itself from what people and agents do', async () => {
    const call = await agentCalled();
    await api.send('GET', `/api/workspaces/${workspace}/members`, { cookie });
    await api.send('GET', `/api/workspaces/${workspace}/members`, { key: key.secret });
    const views = await found({ activity: 'view' });
    assert.ok(views.length > 0 && views.every(({ door }) => door === 'dashboard'));
    const done = await found({ activity: 'notion,administration' });
    assert.ok(done.some(({ id }) => id === call));
    assert.deepEqual(
      done.filter(({ operation }) => operation === 'members.list').map(({ door }) => door),
      ['api'],
      'what a key reads is what somebody did',
    );
    assert.deepEqual(await ids({ activity: 'notion' }), [call]);
  });

  it('D4: never folds a refused reading away', async () => {
    const viewer = await api.people.aMember(workspace, 'viewer');
    assert.equal((await read({}, { cookie: await api.cookieOf(viewer) })).status, 403);
    const [newest] = await found({ activity: 'administration', effect: 'deny' });
    assert.equal(newest?.operation, 'audit.read');
  });

  it('names people, agents and keys of this workspace, and nobody of another', async () => {
    const elsewhere = await api.people.aWorkspace();
    const stranger = await api.people.aMember(elsewhere, 'admin');
    await insert([eventRow(anEvent({ member: stranger }), new Date())]);
    await agentCalled();
    const names = (await read({})).at('names') as Record<string, string>;
    assert.equal(names[agent], 'night watch');
    assert.equal(names[key.id], 'lantern');
    assert.ok(names[admin]);
    assert.equal(names[stranger], undefined);
  });

  const anEvent = (detail: Record<string, string>) =>
    ({ name: 'member.removed', workspaceId: workspace, principalId: admin, result: 'success', detail }) as const;

  it('finds the calls about a page by its id in any spelling, and by its address', async () => {
    const about = randomUUID();
    const call = await agentCalled({ demands: [{ action: 'update', object: { kind: 'page', id: about } }] });
    const bare = about.replaceAll('-', '');
    for (const spelled of [about, bare, about.toUpperCase(), `https://www.notion.so/acme/Plans-${bare}?pvs=4`]) {
      assert.deepEqual(await ids({ page: spelled }), [call], spelled);
    }
    assert.equal((await read({ page: 'Plans' })).status, 400);
  });

  it('finds by any value, by the name of who called, by door and by key', async () => {
    const call = await agentCalled({ call: { clientAddress: '203.0.113.77' } });
    assert.deepEqual(await ids({ text: '203.0.113.77' }), [call]);
    assert.ok((await ids({ text: 'NIGHT wat' })).includes(call), 'by name');
    assert.ok((await ids({ credential: key.id, activity: 'notion' })).includes(call));
    assert.ok((await ids({ door: 'rest' })).includes(call));
    assert.ok(!(await ids({ door: 'dashboard' })).includes(call));
  });

  it('takes what is searched for as it stands: no pattern, no name of a member, no way to imitate another value', async () => {
    await agentCalled();
    const imitation = await agentCalled({ call: { clientAddress: '","door":"mcp","x":"' } });
    assert.deepEqual(await ids({ text: 'clientAddress' }), []);
    assert.deepEqual(await ids({ text: '%' }), []);
    assert.deepEqual(await ids({ text: '","door":"mcp' }), [imitation]);
    assert.deepEqual(await ids({ door: 'mcp' }), []);
    await insert([eventRow(anEvent({ note: '100% \\ "sure" \u0000' }), new Date())]);
    for (const text of ['100%', '\\ "sure"']) {
      assert.deepEqual(
        (await found({ text })).map(({ operation }) => operation),
        ['member.removed'],
        text,
      );
    }
  });

  it('looks at a bounded number of entries at once, and says where to go on', async () => {
    const call = await agentCalled({ call: { clientAddress: '198.51.100.9' } });
    for (let at = 0; at < lookAt; at++) await agentCalled();
    const first = await read({ text: '198.51.100.9' });
    assert.deepEqual(entriesOf(first), []);
    let [next, readings] = [first, 1];
    for (; entriesOf(next).length === 0 && next.at('nextCursor') !== null; readings++) {
      next = await read({ text: '198.51.100.9', cursor: String(next.at('nextCursor')) });
    }
    assert.deepEqual(
      entriesOf(next).map(({ id }) => id),
      [call],
    );
    assert.ok(readings > 2, 'a call and how it ended are two entries');
  });

  it('keeps to a time', async () => {
    const from = new Date();
    const call = await agentCalled();
    const to = new Date(Date.now() + 1);
    assert.ok((await ids({ since: from.toISOString() })).includes(call));
    assert.ok(!(await ids({ since: to.toISOString() })).includes(call));
    assert.ok(!(await ids({ until: from.toISOString() })).includes(call));
  });

  it('exports all that matches, also beyond one reading, as JSON lines and as a table that no spreadsheet runs', async () => {
    const about = randomUUID();
    const demands = [{ action: 'read', object: { kind: 'page', id: about } }] as const;
    for (let at = 0; at < lookAt + 10; at++) await agentCalled({ demands });
    await agentCalled({ demands, call: { clientAddress: hostile } });
    const asFile = (format: string) =>
      api.send('GET', `/api/audit/export?${new URLSearchParams({ workspace, page: about, format })}`, { cookie });

    const lines = await asFile('jsonl');
    assert.match(lines.headers.get('content-disposition') ?? '', /^attachment; /);
    const entries = lines.text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    assert.equal(entries.length, lookAt + 11);
    assert.equal(entries[0].clientAddress, hostile);
    assert.equal(entries[0].outcome.result, 'done');

    const table = (await asFile('csv')).text.split('\r\n');
    assert.equal(table.length, lookAt + 13, 'a heading, the entries, and the end of the last line');
    assert.match(table[0] ?? '', /^time,effect,activity,operation,who,/);
    assert.match(table[1] ?? '', /,night watch,/);
    assert.match(table[1] ?? '', /"'=HYPERLINK\(""https:/);
    const skill = (await asFile('skill')).text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    assert.equal(skill.length, lookAt + 11);
    assert.deepEqual([skill[0].resource, skill[0].result], [{ type: 'page', id: about }, 'success']);
    const streamed = (await found({ activity: 'view' })).find(({ operation }) => operation === 'audit.export');
    assert.ok(streamed, 'the export itself is in the log');
  });

  it('shows the log of the deployment to those who hold the right, by session, and to no key', async () => {
    const at = '/api/deployment/audit';
    const log = await api.send('GET', `${at}?text=session.started`, { cookie });
    assert.equal(log.status, 200);
    assert.equal((entriesOf(log)[0] as Entry).operation, 'session.started');
    assert.ok((log.at('names') as object)[admin as keyof object]);
    const file = await api.send('GET', `${at}/export?format=csv`, { cookie });
    assert.match(file.text, /session\.started/);
    for (const path of [at, `${at}/export`]) {
      assert.equal((await api.send('GET', path, { key: key.secret })).status, 403);
      const other = await api.people.aMember(workspace, 'admin');
      assert.equal((await api.send('GET', path, { cookie: await api.cookieOf(other) })).status, 403);
    }
  });
});
