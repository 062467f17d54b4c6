import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { newId } from '../../src/domain/ids.ts';
import { StoreError } from '../../src/domain/store-error.ts';
import { dump } from '../../src/store/dump/dump.ts';
import { linesOf } from '../../src/store/dump/lines.ts';
import { restore } from '../../src/store/dump/restore.ts';
import { freshDatabase } from '../postgres.ts';

type Owner = { client: pg.Client; close(): Promise<void> };

async function anOwner(migrated = true): Promise<Owner> {
  const database = await freshDatabase({ migrated });
  const client = new pg.Client(database.connection);
  await client.connect();
  return {
    client,
    close: async () => {
      await client.end();
    },
  };
}

/** Names that would break a format which is careless about its separators. */
const awkward = 'tab\t newline\n backslash \\. \\N quote " \u0001 ünïcödé 👩‍🔬\r\n\\.\n';

async function fill(client: pg.Client): Promise<void> {
  const [user, agent, workspace] = [newId('usr'), newId('agt'), newId('wsp')];
  await client.query('BEGIN');
  await client.query('SET LOCAL ROLE portcullis_system');
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

async function dumped(client: pg.Client): Promise<Buffer> {
  const rows: Buffer[] = [];
  for await (const row of dump(client)) rows.push(row);
  return Buffer.concat(rows);
}

/** In pieces whose borders have nothing to do with lines. */
async function* inPieces(bytes: Buffer, size = 1_000): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

const refusal = (error: unknown) => error instanceof StoreError && error.code === 'dump_refused';

describe('dump and restore', () => {
  let source: Owner;
  let copy: Buffer;
  before(async () => {
    source = await anOwner();
    await fill(source.client);
    copy = await dumped(source.client);
  });
  after(() => source.close());

  it('carries every row unchanged into an empty database', async () => {
    const target = await anOwner();
    const rows = await restore(target.client, linesOf(inPieces(copy)));
    assert.ok(rows > 2000);
    assert.equal((await dumped(target.client)).toString(), copy.toString());
    await target.close();
  });

  it('leaves row-level security forced and triggers on', async () => {
    const target = await anOwner();
    await restore(target.client, linesOf(inPieces(copy)));
    const state = `SELECT relname, relrowsecurity, relforcerowsecurity,
                          (SELECT array_agg(tgenabled ORDER BY tgname) FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal)
                     FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname`;
    const [expected, actual] = await Promise.all([source.client.query(state), target.client.query(state)]);
    assert.deepEqual(actual.rows, expected.rows);
    await target.close();
  });

  it('restores nothing from a dump that was cut off, wherever that was', async () => {
    const target = await anOwner();
    const lastLine = copy.lastIndexOf('\n', copy.length - 2) + 1;
    for (const length of [0, 10, copy.indexOf('\n') + 1, copy.length >> 1, lastLine, copy.length - 1]) {
      await assert.rejects(
        restore(target.client, linesOf(inPieces(copy.subarray(0, length)))),
        refusal,
        `cut at ${length}`,
      );
    }
    assert.equal((await restore(target.client, linesOf(inPieces(copy)))) > 0, true);
    await target.close();
  });

  it('refuses a database that is not empty', async () => {
    await assert.rejects(restore(source.client, linesOf(inPieces(copy))), refusal);
    assert.equal((await dumped(source.client)).toString(), copy.toString());
  });

  it('refuses a dump of another schema', async () => {
    const target = await anOwner();
    const other = Buffer.from(copy.toString().replace(/"sha256":"[0-9a-f]/, '"sha256":"x'));
    await assert.rejects(restore(target.client, linesOf(inPieces(other))), refusal);
    await target.close();
  });
});
