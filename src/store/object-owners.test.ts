import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { freshDatabase, type TestDatabase } from '../../test/postgres.ts';
import { newId } from '../domain/ids.ts';
import { type Database, openDatabase } from './database.ts';
import { createObjectOwners } from './object-owners.ts';
import type { Schema } from './schema.ts';

const here = newId('wsp');
const elsewhere = newId('wsp');
const ann = newId('usr');
const bob = newId('usr');
const upload = { kind: 'file_upload', id: '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b' };
const task = { kind: 'async_task', id: 'task_Ab1' };

describe('trap 7: who made an object', () => {
  let server: TestDatabase;
  let database: Database<Schema>;

  before(async () => {
    server = await freshDatabase({ migrated: true });
    database = openDatabase<Schema>(server.connection);
    const principals = [ann, bob].map(id => ({ id, kind: 'user' as const }));
    await database.system.insertInto('principal').values(principals).execute();
    const workspaces = [here, elsewhere].map(id => ({ id, notion_workspace_id: randomUUID(), name: id }));
    await database.system.insertInto('workspace').values(workspaces).execute();
  });
  after(async () => {
    await database.close();
  });

  it('is remembered for the first who is recorded, in one workspace, for one kind', async () => {
    const owners = createObjectOwners(database);
    await owners.record(here, upload, ann);
    await owners.record(here, upload, bob);
    await owners.record(here, task, bob);
    const comment = { kind: 'comment', id: upload.id };
    assert.deepEqual(await owners.ownedAmong(here, ann, [upload, task, comment]), new Set([upload.id]));
    assert.deepEqual(await owners.ownedAmong(here, bob, [upload, task, task]), new Set([task.id]));
    assert.deepEqual(await owners.ownedAmong(here, ann, [comment]), new Set());
    assert.deepEqual(await owners.ownedAmong(elsewhere, ann, [upload]), new Set());
    assert.deepEqual(await owners.ownedAmong(here, ann, []), new Set());
  });
});
