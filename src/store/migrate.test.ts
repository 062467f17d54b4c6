import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import pg from 'pg';
import { freshDatabase, type TestDatabase } from '../../test/postgres.ts';
import { migrate } from './migrate.ts';

const createNote = '0001-note.sql';
const addAuthor = '0002-author.sql';

describe('migrate', () => {
  let database: TestDatabase;
  let folder: string;
  let client: pg.Client;

  beforeEach(async () => {
    database = await freshDatabase();
    folder = await mkdtemp(join(tmpdir(), 'pcl-migrations-'));
    client = await connect();
    await add(createNote, 'CREATE TABLE note (id integer PRIMARY KEY);');
  });
  afterEach(async () => {
    await client.end();
    await rm(folder, { recursive: true });
  });

  async function connect(): Promise<pg.Client> {
    const connected = new pg.Client({ ...database.connection, options: '-c search_path=portcullis' });
    await connected.connect();
    return connected;
  }

  async function add(name: string, sql: string): Promise<void> {
    await writeFile(join(folder, name), sql);
  }

  async function tables(): Promise<string[]> {
    const { rows } = await client.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'portcullis' ORDER BY 1",
    );
    return rows.map(({ name }) => name);
  }

  it('applies what is missing, in order, and then nothing', async () => {
    await add(addAuthor, 'ALTER TABLE note ADD author text; CREATE TABLE author (id integer);');
    assert.deepEqual(await migrate(client, folder), { applied: [createNote, addAuthor] });
    assert.deepEqual(await migrate(client, folder), { applied: [] });
    await add('0003-tag.sql', 'CREATE TABLE tag (id integer)');
    assert.deepEqual(await migrate(client, folder), { applied: ['0003-tag.sql'] });
    assert.deepEqual(await tables(), ['author', 'note', 'schema_migration', 'tag']);
  });

  it('rolls the migration that fails back, keeps those before it, and names it', async () => {
    await add(addAuthor, 'CREATE TABLE author (id integer); SELECT 1 / 0;');
    await assert.rejects(migrate(client, folder), /^Error: 0002-author\.sql: division by zero$/);
    assert.deepEqual(await tables(), ['note', 'schema_migration']);
    await add(addAuthor, 'CREATE TABLE author (id integer);');
    assert.deepEqual(await migrate(client, folder), { applied: [addAuthor] });
  });

  it('refuses a migration that was edited after it was applied', async () => {
    await migrate(client, folder);
    await add(createNote, 'CREATE TABLE note (id bigint PRIMARY KEY);');
    await refuses(/^Migration 0001-note\.sql was edited after it was applied\. Restore the file/);
  });

  it('refuses a migration that was renamed after it was applied', async () => {
    await migrate(client, folder);
    await rename(join(folder, createNote), join(folder, '0001-remark.sql'));
    await refuses(/^Migration 0001-note\.sql is applied, and its file is now called 0001-remark\.sql/);
  });

  it('refuses a database of a newer version', async () => {
    await add(addAuthor, 'CREATE TABLE author (id integer);');
    await migrate(client, folder);
    await unlink(join(folder, addAuthor));
    await refuses(/^The database has migration 0002-author\.sql, which this Portcullis does not know\./);
  });

  it('refuses a database that skipped a migration', async () => {
    await add(addAuthor, 'CREATE TABLE author (id integer);');
    await migrate(client, folder);
    await client.query('DELETE FROM schema_migration WHERE number = 1');
    await refuses(/^The database skipped migration 0001-note\.sql/);
  });

  it('takes numbers with a gap', async () => {
    await add('0003-later.sql', 'CREATE TABLE later (id integer);');
    assert.deepEqual(await migrate(client, folder), { applied: [createNote, '0003-later.sql'] });
    await add('0002-between.sql', 'CREATE TABLE between_them (id integer);');
    await refuses(/^The database skipped migration 0002-between\.sql/);
  });

  it('refuses a number that repeats, and names of another form, before it changes anything', async () => {
    await add('0001-other.sql', 'CREATE TABLE other (id integer);');
    await refuses(/0001-note\.sql and 0001-other\.sql have the same number/);
    await rename(join(folder, '0001-other.sql'), join(folder, '2-other.sql'));
    await refuses(/2-other\.sql is not named like 0001-what-it-does\.sql/);
    assert.deepEqual(await tables(), []);
  });

  it('lets one of two processes that start together migrate, and the other wait for it', async () => {
    await add(addAuthor, 'SELECT pg_sleep(0.2); CREATE TABLE author (id integer);');
    const second = await connect();
    const results = await Promise.all([migrate(client, folder), migrate(second, folder)]);
    await second.end();
    assert.deepEqual(results.map(({ applied }) => applied.length).sort(), [0, 2]);
  });

  async function refuses(message: RegExp): Promise<void> {
    await assert.rejects(migrate(client, folder), { code: 'migration_refused', message });
  }
});
