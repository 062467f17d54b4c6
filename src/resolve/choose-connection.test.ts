import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newId } from '../domain/ids.ts';
import { chooseConnection } from './choose-connection.ts';
import type { SnapshotConnection } from './snapshot.ts';

const ada = { kind: 'user', id: newId('usr') } as const;
const ben = { kind: 'user', id: newId('usr') } as const;
const bot = { kind: 'agent', id: newId('agt'), owner: ada.id } as const;

const aConnection = (given: Partial<SnapshotConnection> = {}): SnapshotConnection => ({
  id: newId('con'),
  kind: 'rest',
  status: 'active',
  audience: 'members',
  connectedBy: ada.id,
  ...given,
});

describe('rule 2: the choice of a connection', () => {
  it('is the only one there is', () => {
    const only = aConnection();
    assert.deepEqual(chooseConnection([only], ben).connection, { id: only.id, because: 'only_one' });
  });

  it("prefers the caller's own, and never lends it to others", () => {
    const [shared, own] = [aConnection(), aConnection({ kind: 'internal', audience: 'owner' })];
    assert.deepEqual(chooseConnection([shared, own], ada).connection, { id: own.id, because: 'own' });
    assert.deepEqual(chooseConnection([shared, own], ben).connection, { id: shared.id, because: 'only_one' });
    assert.deepEqual(chooseConnection([shared, own], bot).connection, { id: shared.id, because: 'only_one' });
    assert.equal(chooseConnection([own], bot).connection, null);
  });

  it('does not wander between equals', () => {
    const [first, second] = [aConnection(), aConnection()];
    assert.deepEqual(chooseConnection([first, second], ben).connection, { id: first.id, because: 'shared' });
  });

  it('never serves REST calls from a connection to hosted MCP', () => {
    assert.deepEqual(chooseConnection([aConnection({ kind: 'mcp' })], ada), {
      connection: null,
      connectionTrouble: 'none',
    });
  });

  for (const status of ['pending', 'needs_reauth', 'undecryptable', 'revoked'] as const) {
    it(`says what is wrong with the only one: ${status}`, () => {
      const choice = chooseConnection([aConnection({ status })], ada);
      assert.deepEqual(choice, { connection: null, connectionTrouble: status });
    });
  }
});
