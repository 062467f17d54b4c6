import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ConnectionSummary } from '../domain/connection.ts';
import { type ConnectionId, newId, type UserId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import { type AccessReportInput, createAccessReport } from './access-report.ts';

const workspaceId = newId('wsp');
const [ada, ben] = [newId('usr'), newId('usr')];

const aConnection = (given: Partial<ConnectionSummary>): ConnectionSummary => ({
  id: newId('con'),
  kind: 'rest',
  botId: '22222222-2222-4222-8222-222222222222',
  audience: 'members',
  status: 'active',
  statusReason: null,
  statusChangedAt: new Date(0),
  notionOwnerName: null,
  connectedBy: ada,
  connectedByName: 'Ada',
  createdAt: new Date(0),
  authorizedAt: new Date(0),
  lastUsedAt: null,
  refreshedAt: null,
  accessExpiresAt: null,
  ...given,
});

const noLessons = {
  save: async () => {},
  of: async () => [],
  saveCheckedFirst: async () => {},
  isCheckedFirst: async () => false,
};

const contextOf = (id: UserId): CommandContext => ({
  caller: {
    principal: { kind: 'user', id },
    credential: newId('ses'),
    epoch: 1,
    boundTo: null,
    ceiling: null,
    under: null,
    signIn: null,
    deploymentRights: new Set(),
  },
  workspaceId,
  clientAddress: '127.0.0.1',
  requestId: '33333333-3333-4333-8333-333333333333',
  may: () => false,
  confirm: async () => {},
});

const nothingFound = { results: [], has_more: false, next_cursor: null };

/** A report on connections for which Notion answers searches in this way. */
function reporting(
  connections: readonly ConnectionSummary[],
  search: (connection: ConnectionId) => { status: number; body: object } = () => ({ status: 200, body: nothingFound }),
) {
  const asked: string[] = [];
  const { report } = createAccessReport({
    connections: async () => [...connections],
    holders: async () => [],
    capabilities: noLessons,
    now: () => new Date(0),
    monotonicMs: () => 0,
    flushLessons: async () => {},
    ask: async ({ connectionId }, { name }) => {
      asked.push(name);
      const { status, body } = search(connectionId);
      return { status, headers: {}, body: Buffer.from(JSON.stringify(body)) };
    },
  });
  const ask = (reader: UserId, given: Partial<AccessReportInput> = {}) =>
    report({ workspaceId, only: null, from: null, itemsMax: 10, ...given }, contextOf(reader));
  return { ask, asked };
}

async function reportFor(reader: UserId, connection: ConnectionSummary) {
  const { ask, asked } = reporting([connection]);
  return { reach: (await ask(reader)).connections[0]?.reach, asked };
}

describe('rule 2: an access report', () => {
  it("asks nothing through a connection that is somebody else's alone", async () => {
    const own = aConnection({ audience: 'owner', connectedBy: ada });
    assert.deepEqual(await reportFor(ben, own), { reach: 'private', asked: [] });
    assert.equal((await reportFor(ada, own)).reach, 'listed');
  });

  it('asks nothing through a connection that does not work, or that is no REST connection', async () => {
    assert.deepEqual(await reportFor(ada, aConnection({ status: 'needs_reauth' })), {
      reach: 'not_working',
      asked: [],
    });
    assert.deepEqual(await reportFor(ada, aConnection({ kind: 'mcp' })), { reach: 'hosted_mcp', asked: [] });
  });

  it('shows no connection that has ended', async () => {
    assert.deepEqual(await reportFor(ada, aConnection({ status: 'revoked' })), { reach: undefined, asked: [] });
  });
});

describe('an access report on several connections', () => {
  const [first, second] = [aConnection({ id: 'con_1' }), aConnection({ id: 'con_2' })];
  const page = { object: 'page', id: '44444444-4444-4444-8444-444444444444', parent: { type: 'workspace' } };
  const found = { status: 200, body: { ...nothingFound, results: [page] } };

  const dead = [
    { stopped: 'refused', answer: { status: 403, body: { code: 'restricted_resource' } } },
    { stopped: 'inconsistent', answer: { status: 200, body: { ...nothingFound, has_more: true } } },
  ];
  for (const { stopped, answer } of dead) {
    it(`goes on with the next one after one whose list was ${stopped}`, async () => {
      const { ask } = reporting([first, second], id => (id === first.id ? answer : found));
      const start = await ask(ada);
      assert.deepEqual([start.stopped, start.stoppedAt, start.items], [stopped, first.id, []]);
      const rest = await ask(ada, { from: start.next });
      assert.deepEqual([rest.stopped, rest.next, rest.items.length], ['complete', null, 1]);
      assert.equal(rest.items[0]?.connection, second.id);
    });
  }

  it('has nowhere to go on after the last one was refused', async () => {
    const { ask } = reporting([first, second], id => (id === first.id ? found : { status: 403, body: {} }));
    const { stopped, next, items } = await ask(ada);
    assert.deepEqual([stopped, next, items.length], ['refused', null, 1]);
  });

  it('does not call a list complete that goes on in a connection that was not asked for', async () => {
    const { ask } = reporting([first, second], () => found);
    const elsewhere = { connection: second.id, cursor: null, skip: 0 };
    await assert.rejects(ask(ada, { only: first.id, from: elsewhere }), { code: 'invalid_request' });
  });
});
