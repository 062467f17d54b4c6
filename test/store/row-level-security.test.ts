import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { newId, type WorkspaceId } from '../../src/domain/ids.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import type { Schema } from '../../src/store/schema.ts';
import { freshDatabase, type TestDatabase } from '../postgres.ts';
import { aWorkspace } from './rows.ts';

describe('rule 4: row-level security', () => {
  let test: TestDatabase;
  let database: Database<Schema>;
  let acme: WorkspaceId;
  let globex: WorkspaceId;

  before(async () => {
    test = await freshDatabase({ migrated: true });
    database = openDatabase<Schema>(test.connection);
    acme = await aWorkspace(database);
    globex = await aWorkspace(database);
  });
  after(async () => {
    await database.close();
  });

  it('is enabled and forced on every table that carries a workspace', async () => {
    const { rows } = await sql<{ name: string; enabled: boolean; forced: boolean }>`
      SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
         AND (c.relname = 'workspace' OR EXISTS (
           SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id'))`.execute(
      database.system,
    );
    assert.ok(rows.length >= 9, `only ${rows.length} tables found`);
    assert.deepEqual(
      rows.filter(row => !row.enabled || !row.forced),
      [],
    );
  });

  it('binds roles that own nothing and cannot pass it', async () => {
    const { rows } = await sql<{ name: string; owns: boolean }>`
      SELECT r.rolname AS name, r.rolbypassrls OR r.rolsuper OR EXISTS (
               SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relkind = 'r') AS owns
        FROM pg_roles r WHERE r.rolname IN ('portcullis_app', 'portcullis_system') ORDER BY 1`.execute(database.system);
    assert.deepEqual(rows, [
      { name: 'portcullis_app', owns: false },
      { name: 'portcullis_system', owns: false },
    ]);
  });

  it('shows the rows of the workspace that is set, and no others', async () => {
    const seen = await database.inWorkspace(acme, tx => tx.selectFrom('workspace').select('id').execute());
    assert.deepEqual(seen, [{ id: acme }]);
  });

  it('shows no rows when no workspace is set, also after one was', async () => {
    await database.inWorkspace(acme, tx => tx.selectFrom('workspace').select('id').execute());
    assert.deepEqual(await database.app.selectFrom('workspace').select('id').execute(), []);
  });

  it('refuses to write into another workspace', async () => {
    const principal = newId('agt');
    await database.system.insertInto('principal').values({ id: principal, kind: 'agent', disabled_at: null }).execute();
    const intrude = database.inWorkspace(acme, tx =>
      tx
        .insertInto('membership')
        .values({ workspace_id: globex, principal_id: principal, role: 'admin', created_by: null })
        .execute(),
    );
    await assert.rejects(intrude, /row-level security/);
    const changed = await database.inWorkspace(acme, tx =>
      tx.updateTable('workspace').set({ name: 'taken over' }).where('id', '=', globex).executeTakeFirst(),
    );
    assert.equal(changed.numUpdatedRows, 0n);
  });

  for (const role of ['app', 'system'] as const) {
    it(`A10: lets the ${role} role neither change nor remove log entries`, async () => {
      await assert.rejects(sql`UPDATE audit_entry SET entry = '{}'`.execute(database[role]), /permission denied/);
      await assert.rejects(sql`DELETE FROM audit_entry`.execute(database[role]), /permission denied/);
      await assert.rejects(sql`TRUNCATE audit_entry`.execute(database[role]), /permission denied/);
    });
  }
});
