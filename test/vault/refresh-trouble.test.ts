import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { FailPoint, FailPointName } from '../../src/vault/refresh/refresh-parts.ts';
import { until } from '../until.ts';
import { startRefreshing } from './refreshing.ts';
import type { Connected, Refreshing } from './refreshing-on.ts';

describe('refreshing a token, when something that keeps it is in trouble', () => {
  let at: Refreshing;
  before(async () => {
    at = await startRefreshing();
  });
  after(() => at.close());
  beforeEach(() => at.control.clearRequests());

  const tokenOf = async ({ workspaceId, connectionId }: Connected, node = at.first) =>
    (await node.tokens.accessToken(workspaceId, connectionId)).token;
  const works = async (token: string) => (await at.control.tokenOwner({ token })) !== null;

  for (const kind of ['rest', 'mcp'] as const) {
    it(`spends nothing when the store cannot be written (${kind})`, async () => {
      const connection = await at.aConnection({ kind, lifetimeSeconds: -1 });
      const readOnly = await at.aNode(
        {},
        { connection: { ...at.address.connection, options: '-c default_transaction_read_only=on' } },
      );
      await assert.rejects(tokenOf(connection, readOnly), /read-only/);
      assert.equal(await at.exchanges(), 0);
      assert.ok(await at.works(connection, await tokenOf(connection)));
      assert.equal(await at.exchanges(), 1);
    });
  }

  it('spends nothing when the log cannot be written', async () => {
    const connection = await at.aConnection({ lifetimeSeconds: -1 });
    const noEntry = sql`CREATE FUNCTION no_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the log is full'; END $$`;
    await at.owner(
      `${noEntry.compile(at.system).sql}; CREATE TRIGGER no_entry BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION no_entry()`,
    );
    await assert.rejects(tokenOf(connection), /the log is full/);
    await at.owner('DROP TRIGGER no_entry ON audit_entry; DROP FUNCTION no_entry');
    assert.deepEqual([await at.exchanges(), (await at.row(connection)).status], [0, 'active']);
  });

  it('keeps the answer in the spool while the database is away, and brings it home later', async () => {
    const connection = await at.aConnection({ lifetimeSeconds: -1 });
    await at.owner(`CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.generation > 1 THEN RAISE 'away'; END IF; RETURN NEW; END $$;
      CREATE TRIGGER away BEFORE INSERT ON connection_secret FOR EACH ROW EXECUTE FUNCTION away()`);
    const node = await at.aNode({}, { timings: { leaseMs: 20_050, exchangeMs: 20_000 } });
    await assert.rejects(tokenOf(connection, node), /away/);
    assert.equal((await at.first.spool.names()).length, 1);
    await at.owner('DROP TRIGGER away ON connection_secret; DROP FUNCTION away');
    assert.equal(await node.replay(), 1);
    assert.ok(await works(await tokenOf(connection, node)));
    assert.equal(await at.exchanges(), 1);
    assert.equal((await at.log(connection)).at(-1)?.detail.via, 'spool');
  });

  it('stores the answer although the spool cannot: the grant is spent, and there is still the database', async () => {
    const dataDir = join(at.directory, 'spool that breaks');
    const spoolDirectory = join(dataDir, 'spool');
    const node = await at.aNode({}, { dataDir });
    await rm(spoolDirectory, { recursive: true });
    await writeFile(spoolDirectory, 'no directory any more');
    const connection = await at.aConnection({ lifetimeSeconds: -1 });
    assert.ok(await works(await tokenOf(connection, node)));
    assert.deepEqual([await at.exchanges(), node.troubles.length], [1, 1]);
    // Nor do rounds stop, or calls that wait for another process's spool.
    await node.round();
    assert.equal(await node.replay(), 0);
  });

  it('stores the answer although the spool hangs, and begins nothing more there until it goes on', async () => {
    const hanging = Promise.withResolvers<void>();
    let writes = 0;
    const write = () => {
      writes++;
      return hanging.promise;
    };
    const node = await at.aNode({ spool: spool => ({ ...spool, write }) }, { timings: { spoolMs: 20 } });
    for (let refreshes = 0; refreshes < 2; refreshes++) {
      const connection = await at.aConnection({ lifetimeSeconds: -1 });
      assert.ok(await works(await tokenOf(connection, node)));
    }
    assert.equal(writes, 1);
    assert.match(String(node.troubles[0]), /spool has not answered/);
    await node.round();
    hanging.resolve();
    await hanging.promise;
    const { length: before } = node.troubles;
    assert.equal(await node.replay(), 0);
    assert.equal(node.troubles.length, before);
  });

  it('takes no outage of the keys for a token that cannot be opened', async () => {
    const away = () => Promise.reject(new Error('the key service is away'));
    const node = await at.aNode({ seal: seal => ({ ...seal, open: away }) });
    const connection = await at.aConnection({ lifetimeSeconds: -1 });
    await assert.rejects(tokenOf(connection, node), /the key service is away/);
    assert.deepEqual([(await at.row(connection)).status, await at.exchanges()], ['active', 0]);
    assert.ok(await works(await tokenOf(connection)));
  });

  it('spends nothing after it was stopped for longer than its lease: somebody else may have', async () => {
    const stopped = Promise.withResolvers<void>();
    const sleeper = await at.aNode(
      { failPoint: name => (name === 'leased' ? stopped.promise : undefined) },
      { timings: { leaseMs: 100 } },
    );
    const connection = await at.aConnection({ lifetimeSeconds: -1 });
    const sleeping = sleeper.renew(connection, 1);
    await until('the sleeper has the lease', async () => (await at.row(connection)).status === 'refreshing');
    assert.ok(await works(await tokenOf(connection, await at.aNode({}, { timings: { graceMs: 1 } }))));
    stopped.resolve();
    await sleeping;
    assert.equal(await at.exchanges(), 1);
    assert.equal((await at.row(connection)).status, 'active');
  });

  it('is held up by no spool that cannot be read, and keeps it for an operator', async () => {
    const dataDir = join(at.directory, 'spool with a ruin');
    const spoolDirectory = join(dataDir, 'spool');
    const node = await at.aNode({}, { dataDir });
    const ruin = join(spoolDirectory, 'con_00000000-0000-7000-8000-000000000000.1.ruin.json');
    await writeFile(ruin, 'half of a spo');
    const connection = await at.aConnection({ lifetimeSeconds: -1 });
    const dying = await at.aNode({ failPoint: dieAt('spooled') }, { dataDir });
    await assert.rejects(tokenOf(connection, dying), /died/);
    assert.equal(await node.replay(), 1);
    assert.ok(await works(await tokenOf(connection, node)));
    assert.match(String(node.troubles[0]), /ruin\.json cannot be read, and is kept/);
    assert.equal(await readFile(ruin, 'utf8'), 'half of a spo');
  });

  for (const [field, lifetimeSeconds] of [
    ['refresh_token', -1],
    ['access_token', 3600],
  ] as const) {
    it(`says that a connection whose ${field} cannot be opened is undecryptable, and which key that names`, async () => {
      const connection = await at.aConnection({ lifetimeSeconds });
      const { rows } = await sql<{ kid: string }>`
        UPDATE connection_secret SET sealed = left(sealed, -4)
         WHERE field = ${field} AND connection_id = ${connection.connectionId} RETURNING kid`.execute(at.system);
      const kid = rows[0]?.kid;
      await assert.rejects(tokenOf(connection), { code: 'connection_undecryptable' });
      const { status, status_reason } = await at.row(connection);
      assert.deepEqual([status, status_reason], ['undecryptable', `${field} under ${kid}`]);
      const entry = (await at.log(connection)).at(-1);
      assert.deepEqual([entry?.detail.field, entry?.detail.kid], [field, kid]);
      assert.equal(await at.exchanges(), 0);
    });
  }
});

function dieAt(point: FailPointName): FailPoint {
  return name => {
    if (name === point) throw new Error('died');
  };
}
