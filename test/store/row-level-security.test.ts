import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { newId, type WorkspaceId } from '../../src/domain/ids.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { differencesOf } from '../../src/store/rights/differences.ts';
import { tableRights } from '../../src/store/rights/table-rights.ts';
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

  it('is enabled and forced on every table', async () => {
    const { rows } = await sql<{ name: string; forced: boolean }>`
      SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS forced FROM pg_class
       WHERE relnamespace = 'portcullis'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1`.execute(database.system);
    assert.deepEqual(
      rows,
      Object.keys(tableRights)
        .sort()
        .map(name => ({ name, forced: true })),
    );
  });

  it('keeps the application to its workspace in every table that carries one', async () => {
    const { rows } = await sql<{ table: string; rows: string }>`
      SELECT tablename AS table, qual AS rows FROM pg_policies p
       WHERE schemaname = 'portcullis' AND roles = '{portcullis_app}' AND (tablename = 'workspace' OR EXISTS (
         SELECT FROM information_schema.columns c
          WHERE c.table_schema = p.schemaname AND c.table_name = p.tablename AND column_name = 'workspace_id'))`.execute(
      database.system,
    );
    assert.ok(rows.length >= 15, `only ${rows.length} tables found`);
    for (const { table, rows: condition } of rows) {
      assert.equal(condition, `(${table === 'workspace' ? 'id' : 'workspace_id'} = current_workspace())`, table);
    }
  });

  it('leaves nothing to everybody else', async () => {
    const { rows } = await sql<{ difference: string }>`
      SELECT c.relname AS difference FROM pg_class c, aclexplode(relacl) e
       WHERE relnamespace = 'portcullis'::regnamespace
         AND e.grantee NOT IN ('portcullis'::regrole, 'portcullis_app'::regrole, 'portcullis_system'::regrole)`.execute(
      database.system,
    );
    assert.deepEqual(rows, []);
    assert.deepEqual(await database.asOwner(owner => differencesOf(owner, database.logins)), []);
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
