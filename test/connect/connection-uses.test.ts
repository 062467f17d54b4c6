import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createConnectionUses } from '../../src/connect/connection-uses.ts';
import { type ConnectionId, newId, type WorkspaceId } from '../../src/domain/ids.ts';
import { createConnectionUseStore } from '../../src/store/connection-use-store.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import type { Schema } from '../../src/store/schema.ts';
import { freshDatabase, type TestDatabase } from '../postgres.ts';
import { aUser, aWorkspace } from '../store/rows.ts';

describe('the time of a connection’s last use', () => {
  let test: TestDatabase;
  let database: Database<Schema>;
  let workspaceId: WorkspaceId;
  let connectionId: ConnectionId;

  before(async () => {
    test = await freshDatabase({ migrated: true });
    database = openDatabase<Schema>(test.connection);
    workspaceId = await aWorkspace(database);
    connectionId = newId('con');
    await database.system
      .insertInto('connection')
      .values({
        ...{ id: connectionId, workspace_id: workspaceId, kind: 'rest', origin: 'https://api.notion.com' },
        ...{ bot_id: randomUUID(), audience: 'members', connected_by: await aUser(database), status: 'active' },
        ...{ oauth_client_id: null, notion_owner_id: null, notion_owner_name: null, status_reason: null },
        last_used_at: null,
      } as const)
      .execute();
  });
  after(async () => {
    await database.close();
  });

  async function noted(at: string): Promise<string | undefined> {
    const uses = createConnectionUses(createConnectionUseStore(database), assert.ifError);
    uses.note({ workspaceId, connectionId, at: new Date(at) });
    await uses.close();
    const query = database.system.selectFrom('connection').select('last_used_at').where('id', '=', connectionId);
    return (await query.executeTakeFirstOrThrow()).last_used_at?.toISOString();
  }

  it('is written down, and never goes back', async () => {
    assert.equal(await noted('2026-11-22T10:00:00.000Z'), '2026-11-22T10:00:00.000Z');
    assert.equal(await noted('2026-11-22T09:00:00.000Z'), '2026-11-22T10:00:00.000Z');
    assert.equal(await noted('2026-11-22T11:00:00.000Z'), '2026-11-22T11:00:00.000Z');
  });

  it('does not change what decisions depend on', async () => {
    const revision = async () =>
      (
        await database.system
          .selectFrom('workspace')
          .select('policy_revision')
          .where('id', '=', workspaceId)
          .executeTakeFirstOrThrow()
      ).policy_revision;
    const before = await revision();
    await noted('2026-11-22T12:00:00.000Z');
    assert.equal(await revision(), before);
  });
});
