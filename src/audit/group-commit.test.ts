import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aDecidedCall } from '../../test/fixtures.ts';
import { type EventId, newId } from '../domain/ids.ts';
import type { AuditLog, AuditRow } from './audit-log.ts';
import { decisionRow } from './entry.ts';
import { createGroupCommit } from './group-commit.ts';

/** A log whose commits end when the test says so. */
function aSlowLog() {
  const commits: { rows: readonly AuditRow[]; finish(ids?: EventId[]): void; fail(): void }[] = [];
  const settled: AuditRow[] = [];
  const log: AuditLog = {
    append: (_instance, rows) =>
      new Promise((resolve, reject) => {
        commits.push({
          rows,
          finish: (ids = rows.map(row => row.id)) => resolve(new Set(ids)),
          fail: () => reject(new Error('the disk is full')),
        });
      }),
    settle: async (_instance, outcomes) => {
      settled.push(...outcomes);
    },
  };
  return { log, commits, settled };
}

const aRow = () => decisionRow(aDecidedCall({ id: newId('evt') }), null);
const instance = newId('ins');
/** Enough turns of the event loop for a commit to follow another. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise(resolve => setImmediate(resolve));
}

describe('group commit', () => {
  it('has one commit in flight, and one for all who wait meanwhile', async () => {
    const { log, commits } = aSlowLog();
    const group = createGroupCommit(log, { instance: () => instance });
    const first = group.append(aRow());
    const others = [group.append(aRow()), group.append(aRow())];
    assert.deepEqual(
      commits.map(commit => commit.rows.length),
      [1],
    );
    commits[0]?.finish();
    assert.equal(await first, true);
    await turns();
    assert.deepEqual(
      commits.map(commit => commit.rows.length),
      [1, 2],
    );
    commits[1]?.finish();
    assert.deepEqual(await Promise.all(others), [true, true]);
  });

  it('lets the calls that a commit served come along with those who waited for it', async () => {
    const { log, commits } = aSlowLog();
    const group = createGroupCommit(log, { instance: () => instance });
    const served = group.append(aRow()).then(async () => {
      await new Promise(resolve => setImmediate(resolve));
      return group.append(aRow());
    });
    const waited = group.append(aRow());
    commits[0]?.finish();
    await turns();
    assert.deepEqual(
      commits.map(commit => commit.rows.length),
      [1, 2],
    );
    commits[1]?.finish();
    assert.deepEqual(await Promise.all([served, waited]), [true, true]);
  });

  it('tells each row whether it was appended', async () => {
    const { log, commits } = aSlowLog();
    const group = createGroupCommit(log, { instance: () => instance });
    const opening = group.append(aRow());
    const rows = [aRow(), aRow()];
    const answers = rows.map(row => group.append(row));
    commits[0]?.finish();
    await opening;
    await turns();
    commits[1]?.finish(rows.slice(1).map(row => row.id));
    assert.deepEqual(await Promise.all(answers), [false, true]);
  });

  it('fails every row of a commit that failed, and goes on with the next', async () => {
    const { log, commits } = aSlowLog();
    const group = createGroupCommit(log, { instance: () => instance });
    const failing = group.append(aRow());
    commits[0]?.fail();
    await assert.rejects(failing, { code: 'audit_unavailable' });
    const next = group.append(aRow());
    await turns();
    commits[1]?.finish();
    assert.equal(await next, true);
  });

  it('starts a commit for a row that comes in as the last one ends', async () => {
    const { log, commits } = aSlowLog();
    const group = createGroupCommit(log, { instance: () => instance });
    const second = group.append(aRow()).then(() => group.append(aRow()));
    commits[0]?.finish();
    await turns();
    await turns();
    assert.equal(commits.length, 2);
    commits[1]?.finish();
    assert.equal(await second, true);
  });

  it('pays what is owed after a commit failed, as soon as the log can be written', async () => {
    const { log, commits, settled } = aSlowLog();
    const group = createGroupCommit(log, { instance: () => instance });
    const owed = aRow();
    const failing = group.append(aRow());
    group.owe(owed);
    commits[0]?.fail();
    await assert.rejects(failing);
    await group.close();
    assert.deepEqual(
      settled.map(row => row.id),
      [owed.id],
    );
  });

  it('keeps owing while the log cannot be written', async () => {
    const paid: AuditRow[] = [];
    let away = true;
    const log: AuditLog = {
      append: async () => new Set(),
      settle: async (_instance, outcomes) => {
        if (away) throw new Error('connection refused');
        paid.push(...outcomes);
      },
    };
    const group = createGroupCommit(log, { instance: () => instance, owedRetryMs: 1 });
    const owed = aRow();
    group.owe(owed);
    await turns();
    assert.equal(paid.length, 0);
    away = false;
    await group.close();
    assert.deepEqual(
      paid.map(row => row.id),
      [owed.id],
    );
  });
});
