import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type pg from 'pg';
import { newId } from '../../src/domain/ids.ts';
import { StoreError } from '../../src/domain/store-error.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { linesOf } from '../../src/store/dump/copy.ts';
import { dump } from '../../src/store/dump/dump.ts';
import { restore } from '../../src/store/dump/restore.ts';
import type { Schema } from '../../src/store/schema.ts';
import { freshDatabase } from '../postgres.ts';

async function aDatabase(): Promise<Database<Schema>> {
  const { connection } = await freshDatabase({ migrated: true });
  return openDatabase<Schema>(connection);
}

/** Names that would break a format which is careless about its separators. */
const awkward = 'tab\t newline\n backslash \\. \\N quote " \u0001 ünïcödé 👩‍🔬\r\n\\.\n';

async function fill(client: pg.Client): Promise<void> {
  const [user, agent, workspace] = [newId('usr'), newId('agt'), newId('wsp')];
  await client.query('BEGIN');
  await client.query(`INSERT INTO deployment (stamp) VALUES ('serve')`);
  await client.query(`INSERT INTO principal (id, kind) VALUES ($1, 'user'), ($2, 'agent')`, [user, agent]);
  await client.query(
    `INSERT INTO user_account (id, email, name, deployment_rights) VALUES ($1, 'a@b', $2, '{connect,"with, comma"}')`,
    [user, awkward],
  );
  await client.query('INSERT INTO workspace (id, notion_workspace_id, name) VALUES ($1, gen_random_uuid(), $2)', [
    workspace,
    awkward,
  ]);
  await client.query(`INSERT INTO membership (workspace_id, principal_id, role) VALUES ($1, $2, 'admin')`, [
    workspace,
    user,
  ]);
  await client.query('INSERT INTO agent (id, workspace_id, name, owner_id) VALUES ($1, $2, $3, $4)', [
    agent,
    workspace,
    '',
    user,
  ]);
  await client.query(
    `INSERT INTO sign_in_link (hash, user_id, purpose, created_at, expires_at)
     SELECT decode(md5(i::text), 'hex'), $1, 'invitation', now(), now() FROM generate_series(1, 2000) i`,
    [user],
  );
  await client.query(
    `INSERT INTO audit_entry (id, workspace_id, kind, instance_id, at, operation, entry)
     VALUES ($1, $2, 'denial', 'ins_x', now(), 'pages.update', $3)`,
    [newId('evt'), workspace, JSON.stringify({ awkward })],
  );
  await client.query('COMMIT');
}

function dumped({ asSystem }: Database<Schema>): Promise<Buffer> {
  return asSystem(async client => {
    const rows: Buffer[] = [];
    for await (const row of dump(client)) rows.push(row);
    return Buffer.concat(rows);
  });
}

function restored({ asOwner }: Database<Schema>, bytes: Buffer): Promise<number> {
  return asOwner(owner => restore(owner, linesOf(inPieces(bytes))));
}

/** In pieces whose borders have nothing to do with lines. */
async function* inPieces(bytes: Buffer, size = 1_000): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

const refusal = (error: unknown) => error instanceof StoreError && error.code === 'dump_refused';

describe('dump and restore', () => {
  let source: Database<Schema>;
  let copy: Buffer;
  before(async () => {
    source = await aDatabase();
    await source.asSystem(fill);
    copy = await dumped(source);
  });
  after(() => source.close());

  it('carries every row unchanged into an empty database', async () => {
    const target = await aDatabase();
    const rows = await restored(target, copy);
    assert.ok(rows > 2000);
    assert.equal((await dumped(target)).toString(), copy.toString());
    await target.close();
  });

  it('leaves row-level security forced and triggers on', async () => {
    const target = await aDatabase();
    await restored(target, copy);
    const state = `SELECT relname, relrowsecurity, relforcerowsecurity,
                          (SELECT array_agg(tgenabled ORDER BY tgname) FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal)
                     FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'portcullis'::regnamespace ORDER BY relname`;
    const [expected, actual] = await Promise.all(
      [source, target].map(({ asSystem }) => asSystem(client => client.query(state))),
    );
    assert.deepEqual(actual?.rows, expected?.rows);
    await target.close();
  });

  it('restores nothing from a dump that was cut off, wherever that was', async () => {
    const target = await aDatabase();
    const lastLine = copy.lastIndexOf('\n', copy.length - 2) + 1;
    for (const length of [0, 10, copy.indexOf('\n') + 1, copy.length >> 1, lastLine, copy.length - 1]) {
      await assert.rejects(restored(target, copy.subarray(0, length)), refusal, `cut at ${length}`);
    }
    assert.equal((await restored(target, copy)) > 0, true);
    await target.close();
  });

  it('refuses a database that is not empty', async () => {
    await assert.rejects(restored(source, copy), refusal);
    assert.equal((await dumped(source)).toString(), copy.toString());
  });

  it('refuses a dump of another schema', async () => {
    const target = await aDatabase();
    const other = Buffer.from(copy.toString().replace(/"sha256":"[0-9a-f]/, '"sha256":"x'));
    await assert.rejects(restored(target, other), refusal);
    await target.close();
  });
});
