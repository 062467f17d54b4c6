import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import pg from 'pg';
import type { AuditRow } from '../../src/audit/audit-log.ts';
import { eventRow } from '../../src/audit/entry.ts';
import { parseCheckpoint } from '../../src/audit/proof/checkpoint.ts';
import { parseVerifierKey } from '../../src/audit/proof/signing-keys.ts';
import type { Verdict } from '../../src/audit/proof/verdict.ts';
import { verifyBundle } from '../../src/audit/proof/verify-bundle.ts';
import { compareWithKeptRoot, createKeptRootFile } from '../../src/audit/sequence/kept-root.ts';
import { openLogKeys, rotateLogKey } from '../../src/audit/sequence/log-keys.ts';
import { startSequencer } from '../../src/audit/sequence/sequencer.ts';
import type { LogName, Sequencing } from '../../src/audit/sequence/sequencing.ts';
import { newId, type WorkspaceId } from '../../src/domain/ids.ts';
import { createAuditLog } from '../../src/store/audit-log.ts';
import { createCustodyMarks } from '../../src/store/custody/custody-marks.ts';
import { type Database, openDatabase, openPool } from '../../src/store/database.ts';
import { createLogArchive } from '../../src/store/log-archive.ts';
import { createRootMarks } from '../../src/store/root-marks.ts';
import type { Schema } from '../../src/store/schema.ts';
import { createSequencing } from '../../src/store/sequencing.ts';
import { freshDatabase, type TestDatabase } from '../postgres.ts';
import { aWorkspace } from '../store/rows.ts';
import { aBundle } from './a-bundle.ts';

const keys = { seedOf: (number: number) => Buffer.alloc(32, number), nameIfNew: 'portcullis.example/log' };

describe('the sequenced log in PostgreSQL', () => {
  let test: TestDatabase;
  let database: Database<Schema>;
  let pool: pg.Pool;
  let sequencing: Sequencing;
  let workspaceId: WorkspaceId;

  before(async () => {
    test = await freshDatabase({ migrated: true });
    database = openDatabase<Schema>(test.connection);
    pool = openPool(database.logins.system, { poolSize: 4 });
    sequencing = createSequencing(pool);
  });
  after(async () => {
    await pool.end();
    await database.close();
  });
  beforeEach(async () => {
    workspaceId = await aWorkspace(database);
  });

  function aRow(of: WorkspaceId | null = workspaceId): AuditRow {
    const event = { name: 'user.created', workspaceId: of, principalId: null, result: 'success', detail: {} } as const;
    return eventRow(event, new Date());
  }

  async function write(count: number, of: WorkspaceId | null = workspaceId): Promise<readonly AuditRow[]> {
    const rows = Array.from({ length: count }, () => aRow(of));
    await createAuditLog(pool).append(newId('ins'), rows);
    return rows;
  }

  function aSequencer(given: Partial<Parameters<typeof startSequencer>[0]> = {}) {
    const trouble: unknown[] = [];
    const sequencer = startSequencer({
      ...keys,
      sequencing,
      mayNotSign: () => false,
      beforeFirst: async () => {},
      onTrouble: error => void trouble.push(error),
      background: false,
      ...given,
    });
    return { ...sequencer, trouble };
  }

  async function sequence(): Promise<void> {
    const sequencer = aSequencer();
    await sequencer.run();
    await sequencer.close();
  }

  async function bundleOf(log: LogName = workspaceId): Promise<string> {
    const { name, signers } = await openLogKeys(sequencing, keys);
    return aBundle(createLogArchive(database, name, log), signers);
  }

  async function verify(bundle: string, against: string | null = null): Promise<Verdict> {
    async function* pieces() {
      yield Buffer.from(bundle);
    }
    const [newest] = (await sequencing.keys()).slice(-1);
    return verifyBundle(pieces(), { key: parseVerifierKey(newest?.publicKey ?? ''), against });
  }

  async function asSuperuser(statement: string, values: unknown[] = []): Promise<void> {
    const client = new pg.Client(test.superuser);
    await client.connect();
    try {
      await client.query('SET search_path = portcullis');
      // Row-level security and triggers do not stop a superuser.
      await client.query("SET session_replication_role = 'replica'");
      await client.query(statement, values);
    } finally {
      await client.end();
    }
  }

  it('gives every entry a place, in a log of its workspace and of the deployment', async () => {
    const other = await aWorkspace(database);
    await write(3);
    await write(2, other);
    await write(1, null);
    await sequence();
    const first = await bundleOf();
    await write(4);
    await sequence();
    for (const [log, size] of [
      [workspaceId, 7],
      [other, 2],
    ] as const) {
      const { problems, size: found } = await verify(await bundleOf(log));
      assert.deepEqual([problems, found], [[], size]);
    }
    assert.deepEqual((await verify(await bundleOf('deployment'))).problems, []);
    const { checkpoint } = await verify(first);
    assert.equal((await verify(await bundleOf(), checkpoint)).continues, 3);
  });

  it('has one sequencer, and another when that is gone', async () => {
    const [first, second] = [aSequencer(), aSequencer()];
    await write(1);
    await first.run();
    await write(1);
    await second.run();
    assert.equal((await verify(await bundleOf())).size, 1, 'the second has no right to give places');
    await first.close();
    await second.run();
    await second.close();
    assert.equal((await verify(await bundleOf())).size, 2);
  });

  it('goes on where it stopped when its session is killed at any moment', async () => {
    const sequencer = aSequencer({ background: true });
    const kill = `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7130001`;
    let written = 0;
    for (let round = 0; round < 20; round++) {
      const count = 1 + (round % 5);
      await write(count);
      written += count;
      const running = sequencer.run().catch(() => {});
      await asSuperuser(kill);
      await running;
    }
    await sequencer.run().catch(() => {});
    await sequencer.run();
    await sequencer.close();
    const { problems, size } = await verify(await bundleOf());
    assert.deepEqual([problems, size], [[], written]);
  });

  it('is late when an entry waits for too long', async () => {
    await write(1);
    assert.equal(await sequencing.isLate(60_000), false);
    assert.equal(await sequencing.isLate(-1_000), true);
    await sequence();
    assert.equal(await sequencing.isLate(-1_000), false);
  });

  it('signs with the old key and the new one while they overlap, and then with the new one', async () => {
    await write(1);
    await sequence();
    const old = (await sequencing.keys()).at(-1)?.publicKey ?? '';
    const count = async () => (await openLogKeys(sequencing, keys)).signers.length;
    await rotateLogKey(sequencing, { seedOf: keys.seedOf, overlapMs: 60_000 });
    assert.equal(await count(), 2);
    await write(1);
    await sequence();
    const bundle = await bundleOf();
    assert.equal((await verify(bundle)).holds, true);
    async function* pieces() {
      yield Buffer.from(bundle);
    }
    assert.equal((await verifyBundle(pieces(), { key: parseVerifierKey(old), against: null })).holds, true);
    const again = await rotateLogKey(sequencing, { seedOf: keys.seedOf, overlapMs: 0 });
    assert.equal(again.kind, 'overlapping', 'nobody who pinned a key is left behind');
    await asSuperuser('UPDATE audit_key SET overlap_until = now()');
    await rotateLogKey(sequencing, { seedOf: keys.seedOf, overlapMs: 0 });
    assert.equal(await count(), 1);
    await write(1);
    await sequence();
    assert.equal((await verify(await bundleOf())).holds, true);
  });

  it('refuses to sign with keys of another deployment', async () => {
    await write(1);
    await sequence();
    await assert.rejects(openLogKeys(sequencing, { ...keys, seedOf: () => Buffer.alloc(32, 99) }), /is not ours/);
  });

  describe('cannot be changed by the roles that the application works in', () => {
    const columns = { audit_entry: 'entry', audit_batch: 'note', audit_waiting: 'entries', audit_key: 'name' };
    for (const [table, column] of Object.entries(columns))
      for (const statement of [`UPDATE ${table} SET ${column} = NULL`, `DELETE FROM ${table}`, `TRUNCATE ${table}`])
        it(statement, async () => {
          for (const login of [database.logins.app, database.logins.system]) {
            const role = openPool(login, { poolSize: 1 });
            await assert.rejects(role.query(statement), { code: '42501' }, login.name);
            await role.end();
          }
        });

    it('not even what waits for a place, by taking it without giving one', async () => {
      await write(1);
      const taken = `INSERT INTO audit_batch (log, first, size, entries, leaves, edge, note, taken)
        SELECT 'root', coalesce(max(size), 0), coalesce(max(size), 0) + 1, '{}', decode(repeat('00', 32), 'hex'), '', '',
               (SELECT array_agg(id) FROM audit_waiting) FROM audit_batch WHERE log = 'root'`;
      await assert.rejects(pool.query(taken), /were waiting, and 0 have a place/);
      await sequence();
    });
  });

  describe('shows what a superuser did to it', () => {
    it('an entry that was edited', async () => {
      const rows = await write(5);
      await sequence();
      const { id } = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))[2] ?? { id: '' };
      await asSuperuser(`UPDATE audit_entry SET entry = replace(entry, 'user.created', 'user.other') WHERE id = $1`, [
        id,
      ]);
      assert.match((await verify(await bundleOf())).problems[0] ?? '', new RegExp(`^entry 2 \\(${id}\\) was changed`));
    });

    it('an entry that was deleted', async () => {
      const [row] = await write(5);
      await sequence();
      await asSuperuser('DELETE FROM audit_entry WHERE id = $1', [row?.id]);
      assert.match((await verify(await bundleOf())).problems[0] ?? '', new RegExp(`${row?.id}\\) is missing`));
    });

    it('an entry that was slipped in', async () => {
      await write(2);
      await sequence();
      const { id, entry } = aRow();
      await asSuperuser(
        `INSERT INTO audit_entry (id, workspace_id, kind, instance_id, at, operation, entry)
         VALUES ($1, $2, 'event', 'ins_x', now(), 'user.created', $3)`,
        [id, workspaceId, entry],
      );
      await sequence();
      assert.match((await verify(await bundleOf())).problems[0] ?? '', new RegExp(`${id} was never logged`));
    });

    it('places that were taken away, at the end or in between', async () => {
      for (const [where, problem] of [
        ['first = 2', /the checkpoint|is missing|are missing/],
        ['first = 0', /entries 0 to 1 are missing/],
      ] as const) {
        workspaceId = await aWorkspace(database);
        for (const count of [2, 3, 2]) {
          await write(count);
          await sequence();
        }
        await asSuperuser(`DELETE FROM audit_batch WHERE log = $1 AND ${where}`, [workspaceId]);
        assert.match((await verify(await bundleOf())).problems[0] ?? '', problem);
      }
    });

    it('an entry that was deleted before it had a place: nothing gets one any more', async () => {
      const [row] = await write(1);
      await asSuperuser('DELETE FROM audit_entry WHERE id = $1', [row?.id]);
      const sequencer = aSequencer();
      await assert.rejects(sequencer.run(), new RegExp(`deleted before they had a place in the log: ${row?.id}`));
      await sequencer.close();
      await asSuperuser('DELETE FROM audit_waiting WHERE id = $1', [row?.id]);
    });
  });

  it('shows nothing of a workspace’s log to another', async () => {
    await write(2);
    await sequence();
    const other = await aWorkspace(database);
    const seen = await database.inWorkspace(other, tx => tx.selectFrom('audit_batch').selectAll().execute());
    assert.deepEqual(seen, []);
  });

  it('rule 20: a database without the checkpoint that was kept signs nothing until somebody acknowledges it', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'portcullis-kept-'));
    const [marks, custody] = [createRootMarks(database), createCustodyMarks(database)];
    const kept = createKeptRootFile(join(directory, 'log-checkpoint'));
    try {
      await write(1);
      await sequence();
      await compareWithKeptRoot(marks, kept);
      assert.equal(await kept.read(), await marks.newest());
      // The database of before the last checkpoint: the same, without it.
      const known = parseCheckpoint((await kept.read()) ?? '')?.size ?? 0;
      await asSuperuser(`DELETE FROM audit_batch WHERE log = 'root' AND size = $1 OR root_index = $1 - 1`, [known]);
      await compareWithKeptRoot(marks, kept);
      assert.ok(await custody.openRestoration());
      const sequencer = aSequencer({ mayNotSign: () => true });
      await write(1);
      await sequencer.run();
      assert.equal(await sequencing.isLate(-1_000), true, 'nothing was signed');
      await sequencer.close();
      await custody.acknowledge('somebody');
      await compareWithKeptRoot(marks, kept);
      assert.equal(await custody.openRestoration(), null);
      assert.equal(await kept.read(), await marks.newest());
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
