import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import pg from 'pg';
import { freshDatabase, type TestDatabase } from '../../test/postgres.ts';
import { until } from '../../test/until.ts';
import { type Database, openDatabase } from './database.ts';

interface Schema {
  note: { workspace_id: string; text: string };
}

/** A table with forced row-level security and one policy for each login. */
const createNotes = `
  CREATE TABLE note (workspace_id text NOT NULL, text text NOT NULL);
  ALTER TABLE note ENABLE ROW LEVEL SECURITY;
  ALTER TABLE note FORCE ROW LEVEL SECURITY;
  CREATE POLICY in_workspace ON note TO portcullis_app
    USING (workspace_id = nullif(current_setting('portcullis.workspace', true), ''));
  CREATE POLICY everything ON note TO portcullis_system USING (true);
  GRANT SELECT, INSERT ON note TO portcullis_app, portcullis_system;`;

describe('the three logins of the database', () => {
  let test: TestDatabase;
  let database: Database<Schema>;
  const broken: Error[] = [];

  before(async () => {
    test = await freshDatabase({ migrated: true });
    database = openDatabase<Schema>(test.connection, { poolSize: 2, onConnectionError: error => broken.push(error) });
    await database.asOwner(owner => owner.query(createNotes));
  });
  after(async () => {
    await database.close();
  });
  beforeEach(async () => {
    await database.asOwner(owner => owner.query('TRUNCATE note'));
  });

  const write = (workspaceId: string, text: string) =>
    database.inWorkspace(workspaceId, async tx => {
      await tx.insertInto('note').values({ workspace_id: workspaceId, text }).execute();
    });
  const read = (workspaceId: string) =>
    database.inWorkspace(workspaceId, tx => tx.selectFrom('note').select('text').execute());

  it('shows a transaction the rows of its workspace alone', async () => {
    await write('wsp_a', 'of a');
    await write('wsp_b', 'of b');
    assert.deepEqual(await read('wsp_a'), [{ text: 'of a' }]);
    assert.deepEqual(await read('wsp_b'), [{ text: 'of b' }]);
    assert.deepEqual(await read(''), []);
  });

  it('calls a text that PostgreSQL cannot keep a value to correct, wherever it stands, and works on', async () => {
    const refused = { name: 'PortcullisError', code: 'validation_error' };
    await assert.rejects(write('wsp_a', 'a\0b'), refused);
    await assert.rejects(read('wsp_\0'), refused);
    const json = sql`SELECT ${JSON.stringify({ name: 'a\0b' })}::jsonb`;
    await assert.rejects(json.execute(database.app), refused);
    await assert.rejects(json.execute(database.system), refused);
    await write('wsp_a', 'kept');
    assert.deepEqual(await read('wsp_a'), [{ text: 'kept' }]);
  });

  it('refuses to write into another workspace', async () => {
    await assert.rejects(
      database.inWorkspace('wsp_a', tx =>
        tx.insertInto('note').values({ workspace_id: 'wsp_b', text: 'smuggled' }).execute(),
      ),
      /row-level security/,
    );
  });

  it('leaves no workspace behind on a connection that is used again', async () => {
    await write('wsp_a', 'of a');
    for (let round = 0; round < 4; round += 1) {
      assert.deepEqual(await database.app.selectFrom('note').select('text').execute(), []);
      await read('wsp_a');
    }
  });

  it('rolls back what a failing transaction wrote', async () => {
    const work = database.inWorkspace('wsp_a', async tx => {
      await tx.insertInto('note').values({ workspace_id: 'wsp_a', text: 'half' }).execute();
      throw new Error('changed my mind');
    });
    await assert.rejects(work, /changed my mind/);
    assert.deepEqual(await read('wsp_a'), []);
  });

  it('takes a workspace id as data, whatever it contains', async () => {
    const hostile = "wsp_a', true); SET ROLE NONE; --";
    await write(hostile, 'quoted');
    assert.deepEqual(await read(hostile), [{ text: 'quoted' }]);
    assert.deepEqual(await read('wsp_a'), []);
  });

  it('lets the system see every workspace, without owning or bypassing anything', async () => {
    await write('wsp_a', 'of a');
    await write('wsp_b', 'of b');
    assert.equal((await database.system.selectFrom('note').select('text').execute()).length, 2);
    const roles = await sql<{ who: string; rolsuper: boolean; rolbypassrls: boolean; owns: boolean }>`
      SELECT current_user AS who, rolsuper, rolbypassrls, pg_has_role(current_user, relowner, 'USAGE') AS owns
      FROM pg_roles, pg_class WHERE rolname = current_user AND relname = 'note'`;
    for (const role of [database.app, database.system]) {
      const [row] = (await roles.execute(role)).rows;
      assert.match(row?.who ?? '', /^portcullis_(app|system)$/);
      assert.deepEqual([row?.rolsuper, row?.rolbypassrls, row?.owns], [false, false, false]);
    }
  });

  it('keeps to its login when the address brings options of its own', async () => {
    const url = `${test.url}&options=${encodeURIComponent('-c work_mem=7MB -c role=none')}`;
    const addressed = openDatabase<Schema>({ connectionString: url });
    const state = sql`SELECT current_user AS who, current_setting('work_mem') AS memory`;
    assert.deepEqual((await state.execute(addressed.app)).rows, [{ who: 'portcullis_app', memory: '7MB' }]);
    assert.deepEqual((await state.execute(addressed.system)).rows, [{ who: 'portcullis_system', memory: '7MB' }]);
    await addressed.close();
  });

  for (const part of ['app', 'system'] as const) {
    it(`gives a session of ${part} no way to another role, whatever it asks for`, async () => {
      const client = new pg.Client(database.logins[part].connection);
      await client.connect();
      const may = async (statement: string) =>
        client.query(statement).then(
          () => true,
          () => false,
        );
      const asked = [
        'SET ROLE NONE',
        'RESET ROLE',
        'SET SESSION AUTHORIZATION DEFAULT',
        'RESET SESSION AUTHORIZATION',
        'RESET ALL',
        'DISCARD ALL',
      ];
      for (const statement of asked) {
        await may(statement);
        const { rows } = await client.query('SELECT current_user AS now, session_user AS since_then');
        assert.deepEqual(rows, [{ now: `portcullis_${part}`, since_then: `portcullis_${part}` }], statement);
      }
      const other = part === 'app' ? 'portcullis_system' : 'portcullis_app';
      for (const role of ['portcullis', 'portcullis_server', other]) {
        assert.equal(await may(`SET ROLE ${role}`), false, role);
        assert.equal(await may(`SET SESSION AUTHORIZATION ${role}`), false, role);
        assert.equal(await may(`GRANT ${role} TO portcullis_${part}`), false, role);
      }
      const refused = [
        'ALTER TABLE portcullis.note NO FORCE ROW LEVEL SECURITY',
        'DROP POLICY in_workspace ON portcullis.note',
        'CREATE POLICY mine ON portcullis.note USING (true)',
        'CREATE TABLE portcullis.mine ()',
        'CREATE FUNCTION portcullis.current_workspace() RETURNS text LANGUAGE sql RETURN NULL',
        'CREATE OR REPLACE FUNCTION portcullis.current_workspace() RETURNS text LANGUAGE sql RETURN NULL',
        'TRUNCATE portcullis.note',
        'CREATE SCHEMA mine',
        'CREATE ROLE mine',
        `ALTER ROLE portcullis_${part} BYPASSRLS`,
        'SET session_replication_role = replica',
      ];
      for (const statement of refused) assert.equal(await may(statement), false, statement);
      // With this off, a query that row-level security would cut fails instead of seeing more.
      await client.query('SET row_security = off');
      if (part === 'app') assert.equal(await may('SELECT FROM portcullis.note'), false);
      await client.end();
    });
  }

  it('finds its tables behind temporary ones of the same name', async () => {
    await write('wsp_a', 'of a');
    const shadowed = database.inWorkspace('wsp_a', async tx => {
      await sql`CREATE TEMPORARY TABLE note (workspace_id text, text text) ON COMMIT DROP`.execute(tx);
      return tx.selectFrom('note').select('text').execute();
    });
    assert.deepEqual(await shadowed, [{ text: 'of a' }]);
  });

  it('survives its idle connections being cut', async () => {
    await read('wsp_a');
    const cutter = new pg.Client(database.logins.app.connection);
    await cutter.connect();
    await cutter.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid() AND datname = current_database()',
    );
    await cutter.end();
    await until('the cut to be noticed', () => broken.length > 0);
    assert.deepEqual(await read('wsp_a'), []);
  });

  it('ends a statement that takes too long', async () => {
    const hasty = openDatabase<Schema>(test.connection, { statementMsMax: 300 });
    await assert.rejects(sql`SELECT pg_sleep(5)`.execute(hasty.app), /statement timeout/);
    await hasty.close();
  });

  it('ends a transaction that its owner forgot', async () => {
    const hasty = openDatabase<Schema>(test.connection, { statementMsMax: 300 });
    const forgotten = hasty.inWorkspace('wsp_a', async tx => {
      const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(tx);
      await until('the end of the connection', async () => !(await isConnected(rows[0]?.pid)));
      await tx.selectFrom('note').select('text').execute();
    });
    await assert.rejects(forgotten, /not queryable/);
    assert.deepEqual(await hasty.app.selectFrom('note').select('text').execute(), []);
    await hasty.close();
  });

  it('gives up on a server that hangs, and does not use that connection again', async () => {
    const hasty = openDatabase<Schema>(test.connection, { statementMsMax: 300, poolSize: 1 });
    const askPid = sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`;
    const pid = (await askPid.execute(hasty.app)).rows[0]?.pid ?? 0;
    process.kill(pid, 'SIGSTOP');
    await assert.rejects(askPid.execute(hasty.app), /The database has not answered for 0\.45 seconds/);
    assert.notEqual((await askPid.execute(hasty.app)).rows[0]?.pid, pid);
    process.kill(pid, 'SIGCONT');
    await hasty.close();
  });

  async function isConnected(pid: number | undefined): Promise<boolean> {
    const { rowCount } = await database.asOwner(owner =>
      owner.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pid]),
    );
    return rowCount === 1;
  }
});
