import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ConnectionSummary } from '../../domain/connection.ts';
import { newId, type UserId } from '../../domain/ids.ts';
import type { CommandContext } from '../../domain/operation.ts';
import { createAccessReport } from './access-report.ts';

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
    deploymentRights: new Set(),
  },
  workspaceId,
  clientAddress: '127.0.0.1',
  requestId: '33333333-3333-4333-8333-333333333333',
});

async function reportFor(reader: UserId, connection: ConnectionSummary) {
  const asked: string[] = [];
  const { report } = createAccessReport({
    connections: async () => [connection],
    holders: async () => [],
    capabilities: noLessons,
    now: () => new Date(0),
    monotonicMs: () => 0,
    flushLessons: async () => {},
    ask: async (_place, { name }) => {
      asked.push(name);
      const body = { results: [], has_more: false, next_cursor: null };
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) };
    },
  });
  const { connections } = await report({ workspaceId, only: null, from: null, itemsMax: 10 }, contextOf(reader));
  return { reach: connections[0]?.reach, asked };
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
