/** Which commands bring the schema up to date, and what the others say about one that is older or newer. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { freshDatabase, type TestDatabase } from '../postgres.ts';
import { portcullisHere, type Run } from './run.ts';

describe('portcullis db migrate', () => {
  let test: TestDatabase;
  let database: Database<unknown>;
  let folder: string;
  before(async () => {
    test = await freshDatabase();
    database = openDatabase(test.connection);
    folder = await mkdtemp(join(tmpdir(), 'pcl-migrate-'));
  });
  after(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  const run = (...words: string[]) =>
    portcullisHere(words, { DATABASE_URL: test.url, PORTCULLIS_ROOT_KEYS: `file:${join(folder, 'root.key')}` });
  const asOwner = (text: string) => database.asOwner(owner => owner.query(text));
  /** Commands that look, or that change single things, beside gateways. */
  const others = () =>
    oneByOne([
      ['audit', 'deployment'],
      ['keys', 'status'],
      ['db', 'acknowledge-restore'],
      ['db', 'dump', join(folder, 'dump')],
    ]);
  async function oneByOne(commands: string[][]): Promise<Run[]> {
    const runs: Run[] = [];
    for (const words of commands) runs.push(await run(...words));
    return runs;
  }

  it('is named by commands that find no schema, and they make none', async () => {
    for (const { code, err } of await others()) {
      assert.equal(code, 6, err);
      assert.match(
        err,
        /^error: The schema in the database is older .*0001-workspaces\.sql is not applied\. Run `portcullis db migrate`/m,
      );
    }
    const { rowCount } = await asOwner("SELECT FROM pg_namespace WHERE nspname = 'portcullis'");
    assert.equal(rowCount, 0);
  });

  it('makes the schema, says what it applied, and has nothing to do the next time', async () => {
    const first = await run('db', 'migrate');
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /^0001-workspaces\.sql\n0002-/);
    const second = await run('db', 'migrate');
    assert.deepEqual([second.code, second.out], [0, '']);
    assert.match(second.err, /up to date already/);
    const { code, err } = await run('db', 'acknowledge-restore');
    assert.equal(code, 0, err);
  });

  it('is asked for again when the schema is older, and by nobody when it is newer', async () => {
    await asOwner('DELETE FROM schema_migration WHERE number = (SELECT max(number) FROM schema_migration)');
    for (const { code, err } of await others()) {
      assert.equal(code, 6, err);
      assert.match(err, /portcullis db migrate/);
    }
    await asOwner("INSERT INTO schema_migration (number, name, sha256) VALUES (9999, '9999-later.sql', '')");
    for (const { code, err } of [await run('db', 'migrate'), ...(await others())]) {
      assert.equal(code, 6, err);
      assert.match(
        err,
        /9999-later\.sql, which this Portcullis does not know\. It was used by a newer version: run that one/,
      );
    }
  });
});
