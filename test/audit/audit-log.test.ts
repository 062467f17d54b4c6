import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type pg from 'pg';
import type { AuditLog, AuditRow } from '../../src/audit/audit-log.ts';
import { decisionRow, outcomeRow, streamClosedRow } from '../../src/audit/entry.ts';
import { startSequencer } from '../../src/audit/sequence/sequencer.ts';
import { createSettledReader } from '../../src/audit/settled-reader.ts';
import { sweep } from '../../src/audit/sweeper.ts';
import { type InstanceId, newId, type UserId, type WorkspaceId } from '../../src/domain/ids.ts';
import { createAuditLog } from '../../src/store/audit-log.ts';
import { createAuditReader } from '../../src/store/audit-reader.ts';
import { type Database, openDatabase, openPool } from '../../src/store/database.ts';
import { createInstances } from '../../src/store/instances.ts';
import type { Schema } from '../../src/store/schema.ts';
import { createSequencing } from '../../src/store/sequencing.ts';
import { aCaller, aDecidedCall, someFacts } from '../fixtures.ts';
import { freshDatabase, type TestDatabase } from '../postgres.ts';
import { aMembership, aUser, aWorkspace } from '../store/rows.ts';

const ending = {
  result: 'done',
  status: 200,
  upstreamRequestId: null,
  withheld: 0,
  upstreamMs: 1,
  requestDigest: null,
  error: null,
} as const;
const now = () => new Date();

describe('the log in PostgreSQL', () => {
  let test: TestDatabase;
  let database: Database<Schema>;
  let pool: pg.Pool;
  let log: AuditLog;
  let instance: InstanceId;
  let workspaceId: WorkspaceId;
  let userId: UserId;

  before(async () => {
    test = await freshDatabase({ migrated: true });
    database = openDatabase<Schema>(test.connection);
    pool = openPool(database.logins.system, { poolSize: 2 });
    log = createAuditLog(pool);
  });
  after(async () => {
    await pool.end();
    await database.close();
  });
  beforeEach(async () => {
    instance = newId('ins');
    await createInstances(database).register(instance, 60_000);
    workspaceId = await aWorkspace(database);
    userId = await aUser(database);
  });

  /** Reads what has its place in the log. Everything that was written before the question gets one. */
  const aReader = () =>
    createSettledReader(createAuditReader(database), async () => {
      const sequencer = startSequencer({
        sequencing: createSequencing(pool),
        seedOf: number => Buffer.alloc(32, number),
        nameIfNew: 'portcullis.test/log',
        mayNotSign: () => false,
        beforeFirst: async () => {},
        onTrouble: error => assert.fail(String(error)),
        background: false,
      });
      await sequencer.run();
      await sequencer.close();
      return true;
    });

  const append = async (row: AuditRow) => (await log.append(instance, [row])).has(row.id);

  async function anIntent(given: { policyRevision?: number; epoch?: number } = {}) {
    const workspace = await database.system
      .selectFrom('workspace')
      .selectAll()
      .where('id', '=', workspaceId)
      .executeTakeFirstOrThrow();
    const decided = aDecidedCall({
      caller: aCaller({ principal: { kind: 'user', id: userId }, epoch: given.epoch ?? 1 }),
      facts: someFacts({ workspaceId, policyRevision: given.policyRevision ?? workspace.policy_revision }),
      decidedAt: new Date(),
    });
    return { decided, row: decisionRow(decided, null) };
  }

  async function aDoneCall(): Promise<AuditRow> {
    const { decided, row } = await anIntent();
    await append(row);
    await append(outcomeRow(decided, ending, now()));
    return row;
  }

  it('keeps an intent that was decided on what still holds', async () => {
    assert.equal(await append((await anIntent()).row), true);
  });

  it('rule 10: refuses an intent decided on an older policy revision', async () => {
    const { row } = await anIntent();
    await aMembership(database, workspaceId, userId, 'viewer');
    assert.equal(await append(row), false);
  });

  it('rule 10: refuses an intent decided on an older epoch of the credential', async () => {
    const { row } = await anIntent();
    await database.system.updateTable('principal').set({ disabled_at: new Date() }).where('id', '=', userId).execute();
    assert.equal(await append(row), false);
  });

  it('rule 10: refuses an intent of an instance whose lease is over, and takes its outcomes', async () => {
    const { decided, row } = await anIntent();
    await append(row);
    await createInstances(database).release(instance);
    assert.equal(await append((await anIntent()).row), false);
    assert.equal(await append(outcomeRow(decided, ending, now())), true);
  });

  it('keeps the good rows of a batch when another is stale', async () => {
    const [good, stale] = [await anIntent(), await anIntent({ policyRevision: 99 })];
    const appended = await log.append(instance, [stale.row, good.row]);
    assert.deepEqual([...appended], [good.row.id]);
  });

  it('closes an intent once', async () => {
    const { decided, row } = await anIntent();
    await append(row);
    assert.equal(await append(outcomeRow(decided, ending, now())), true);
    assert.equal(await append(outcomeRow(decided, { ...ending, result: 'unknown' }, now())), false);
  });

  it('settles late outcomes of open intents only', async () => {
    const [open, never] = [await anIntent(), await anIntent()];
    await append(open.row);
    await log.settle(instance, [outcomeRow(open.decided, ending, now()), outcomeRow(never.decided, ending, now())]);
    const { records } = await aReader().read(workspaceId, {}, { before: null, limit: 10 });
    assert.deepEqual(
      records.map(({ entry, outcome }) => [entry.id, outcome?.result]),
      [[open.row.id, 'done']],
    );
  });

  it('has what instances that are gone left open closed as unknown', async () => {
    const [left, done] = [await anIntent(), await anIntent()];
    await log.append(instance, [left.row, done.row]);
    await append(outcomeRow(done.decided, ending, now()));
    const instances = createInstances(database);
    const sweeper = newId('ins');
    await instances.register(sweeper, 60_000);

    await sweep({ open: instances, log, self: sweeper, now });
    const reader = aReader();
    assert.equal(
      (await reader.read(workspaceId, { result: 'unknown' }, { before: null, limit: 10 })).records.length,
      0,
    );

    await instances.release(instance);
    await sweep({ open: instances, log, self: sweeper, now });
    const { records: unknown } = await reader.read(workspaceId, { result: 'unknown' }, { before: null, limit: 10 });
    assert.deepEqual(
      unknown.map(({ entry }) => entry.id),
      [left.row.id],
    );
    assert.equal((await reader.read(workspaceId, { result: 'open' }, { before: null, limit: 10 })).records.length, 0);
  });

  it('has what instances that are gone were streaming closed as cut, once', async () => {
    const streaming = { ...ending, result: 'streaming' } as const;
    const [left, ended] = [await anIntent(), await anIntent()];
    await log.append(instance, [left.row, ended.row]);
    await log.append(instance, [
      outcomeRow(left.decided, streaming, now()),
      outcomeRow(ended.decided, streaming, now()),
    ]);
    const closed = { workspaceId, requestId: null, because: null };
    await append(streamClosedRow({ ...closed, intent: ended.row.id, complete: true }, now()));
    const instances = createInstances(database);
    const [one, other] = [newId('ins'), newId('ins')];
    for (const sweeper of [one, other]) await instances.register(sweeper, 60_000);
    await instances.release(instance);
    await Promise.all([one, other].map(self => sweep({ open: instances, log, self, now })));
    // An end that was on its way all the while comes too late.
    assert.equal(await append(streamClosedRow({ ...closed, intent: left.row.id, complete: true }, now())), false);

    const filter = { operation: 'stream.closed' };
    const { records } = await aReader().read(workspaceId, filter, { before: null, limit: 10 });
    const ends = new Map(records.map(({ entry }) => [entry.detail?.intent, entry]));
    assert.equal(records.length, 2);
    assert.deepEqual(ends.get(left.row.id)?.detail, {
      because: 'instance_lost',
      complete: false,
      intent: left.row.id,
    });
    assert.equal(ends.get(left.row.id)?.requestId, left.decided.call.requestId);
    assert.equal(ends.get(ended.row.id)?.detail?.complete, true);
  });

  it('takes the end of a stream that was owed', async () => {
    const { row, decided } = await anIntent();
    await append(row);
    const end = { intent: row.id, workspaceId, requestId: null, complete: false, because: null };
    await log.settle(instance, [streamClosedRow(end, now())]);
    const filter = { operation: 'stream.closed' };
    const { records } = await aReader().read(workspaceId, filter, { before: null, limit: 10 });
    assert.deepEqual(
      records.map(({ entry }) => entry.detail?.intent),
      [decided.id],
    );
  });

  it('is read newest first, page by page, and only by its own workspace', async () => {
    const rows = [];
    for (let i = 0; i < 5; i++) rows.push(await aDoneCall());
    const reader = aReader();
    const first = await reader.read(workspaceId, {}, { before: null, limit: 3 });
    const rest = await reader.read(workspaceId, {}, { before: first.next, limit: 3 });
    const ids = [...first.records, ...rest.records].map(({ entry }) => entry.id);
    assert.deepEqual(
      ids,
      rows
        .map(row => row.id)
        .sort()
        .reverse(),
    );
    assert.equal(rest.next, null);
    const elsewhere = await reader.read(await aWorkspace(database), {}, { before: null, limit: 3 });
    assert.deepEqual(elsewhere, { records: [], next: null });
  });

  it('finds entries by principal, operation, effect and time', async () => {
    const row = await aDoneCall();
    const reader = aReader();
    const find = async (filter: Parameters<typeof reader.read>[1]) =>
      (await reader.read(workspaceId, filter, { before: null, limit: 10 })).records.length;
    assert.equal(await find({ principal: userId, operation: 'pages.retrieve', effect: 'allow' }), 1);
    assert.equal(await find({ principal: newId('usr') }), 0);
    assert.equal(await find({ operation: 'pages.update' }), 0);
    assert.equal(await find({ effect: 'deny' }), 0);
    assert.equal(await find({ since: row.at, until: new Date(row.at.getTime() + 1) }), 1);
    assert.equal(await find({ until: row.at }), 0);
  });
});
