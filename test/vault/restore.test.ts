import assert from 'node:assert/strict';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { newId } from '../../src/domain/ids.ts';
import { createCustodyMarks } from '../../src/store/custody/custody-marks.ts';
import { createTokenRefreshes } from '../../src/store/token-refreshes.ts';
import { createHighWaterFile } from '../../src/vault/restore/high-water-file.ts';
import { type RestoreWatch, refuseWhileRestored, watchRestore } from '../../src/vault/restore/watch-restore.ts';
import { portcullisHere } from '../cli/run.ts';
import { until } from '../until.ts';
import { aConnection, type Custody, openCustody, openVault, type Sealed } from './a-custody.ts';

describe('rule 20: a database that was put back', () => {
  let custody: Custody;
  let place: Sealed;
  let file: string;
  const found: number[] = [];
  const troubles: unknown[] = [];
  const watches: RestoreWatch[] = [];
  beforeEach(async () => {
    custody = await openCustody();
    place = await aConnection(custody, await openVault(custody, [await custody.file('root.key')]));
    file = join(custody.directory, 'high-water.json');
    found.length = 0;
  });
  afterEach(async () => {
    // Also those that a failed test left running: they would be trouble for the next.
    for (const watching of watches.splice(0)) await watching.close();
    await custody.close();
    assert.deepEqual(troubles.splice(0), []);
  });

  async function watch(path = file): Promise<RestoreWatch> {
    const watching = await watchRestore({
      marks: createCustodyMarks(custody.database),
      highWater: createHighWaterFile(path),
      onRestored: ({ databaseMark }) => void found.push(databaseMark),
      onTrouble: error => void troubles.push(error),
      everyMs: 5,
    });
    watches.push(watching);
    return watching;
  }
  const remembered = async (): Promise<number> => JSON.parse(await readFile(file, 'utf8')).custody;
  const moveGeneration = () =>
    custody.database.inWorkspace(place.workspaceId, tx =>
      tx
        .updateTable('connection')
        .set(({ eb }) => ({ generation: eb('generation', '+', 1) }))
        .execute(),
    );
  const putBack = () => custody.database.system.updateTable('custody_mark').set({ value: 1 }).execute();

  it('rule 20: every change of a generation is remembered outside the database, for the owner of the file alone', async () => {
    const watching = await watch();
    assert.equal(await remembered(), 1);
    await moveGeneration();
    await until('the file to follow', async () => (await remembered()) === 2);
    await rm(file);
    await until('a file that was lost to be there again', async () => (await remembered().catch(() => 0)) === 2);
    await moveGeneration();
    await watching.close();
    assert.equal(await remembered(), 3);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal(watching.restored(), false);
  });

  it('rule 20: a database behind it is restored, at the start and under a running gateway, until somebody acknowledges', async () => {
    for (let count = 0; count < 3; count++) await moveGeneration();
    const running = await watch();
    await putBack();
    await until('the running gateway to notice', () => running.restored());
    await running.close();
    const started = await watch();
    assert.equal(started.restored(), true);
    assert.deepEqual(found, [1, 1]);
    assert.equal(await remembered(), 4);
    const newcomer = await watch(join(custody.directory, 'another.json'));
    assert.equal(newcomer.restored(), true, 'an instance that remembers nothing learns it from the database');

    const acknowledged = await createCustodyMarks(custody.database).acknowledge('somebody');
    assert.deepEqual([acknowledged?.databaseMark, acknowledged?.knownMark], [1, 4]);
    await until('the gateway to go on', () => !started.restored());
    await started.close();
    await newcomer.close();
    assert.equal(await remembered(), 5);
    const again = await watch();
    assert.equal(again.restored(), false);
    await again.close();
    assert.equal(await createCustodyMarks(custody.database).acknowledge('somebody'), null);
  });

  it('rule 20: nothing is refreshed in one, and no grant is spent', async () => {
    let restored = true;
    const entries = { instance: () => newId('ins'), now: () => new Date() };
    const refreshes = refuseWhileRestored(createTokenRefreshes(custody.database, entries), () => restored);
    const { workspaceId } = place;
    const entry = {
      name: 'connection.refresh_started',
      workspaceId,
      principalId: null,
      result: 'success',
      detail: {},
    } as const;
    const begin = () => refreshes.begin({ ...place, attemptId: newId('att'), generation: 1 }, 1_000, entry);
    await assert.rejects(begin(), { code: 'unavailable' });
    const query = custody.database.system.selectFrom('connection').select('status');
    assert.equal((await query.executeTakeFirstOrThrow()).status, 'active');
    restored = false;
    assert.notEqual(await begin(), null);
  });

  it('rule 20: the log names the operator who acknowledges, and what they acknowledged', async () => {
    const acknowledge = () => portcullisHere(['db', 'acknowledge-restore'], { DATABASE_URL: custody.databaseUrl });
    const told = async () => {
      const logged = custody.database.system.selectFrom('audit_entry').select('entry');
      const rows = await logged.where('operation', '=', 'db.restore_acknowledged').execute();
      return rows.map(row => JSON.parse(row.entry).detail);
    };
    assert.match((await acknowledge()).err, /^There is nothing to acknowledge/m);
    assert.deepEqual(await told(), []);

    await moveGeneration();
    await (await watch()).close();
    await putBack();
    const started = await watch();
    const { code, err } = await acknowledge();
    assert.equal(code, 0, err);
    const [{ by, ...marks }, ...more] = await told();
    assert.deepEqual([marks, more], [{ databaseMark: 1, knownMark: 2 }, []]);
    assert.match(by, / at /);
    await until('the gateway to go on', () => !started.restored());
    await started.close();
  });

  it('rule 20: a file that cannot be read stops the start', async () => {
    for (const text of ['', '{}', '{"custody":-1}', '{"custody":"7"}']) {
      await writeFile(file, text);
      await assert.rejects(watch(), { code: 'directory_unusable', message: /holds something else/ }, text);
    }
    await rm(file);
    await mkdir(file);
    await assert.rejects(watch(), { code: 'directory_unusable', message: /cannot be read: EISDIR/ });
  });
});
