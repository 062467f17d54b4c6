import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { RootKeyName } from '../../src/domain/root-key-name.ts';
import { openDeploymentSecret } from '../../src/vault/deployment-secret.ts';
import { type RotationMoment, rotationMoments } from '../../src/vault/rotation/moments.ts';
import { retireKeys } from '../../src/vault/rotation/retire.ts';
import { stageRootKey } from '../../src/vault/rotation/rotate-root-key.ts';
import { verifyKeys } from '../../src/vault/rotation/verify-keys.ts';
import { aConnection, type Custody, openCustody, openTokens, openVault, type Sealed } from './a-custody.ts';
import type { DyingTask } from './dying-process.ts';

const workspaces = 3;

/** Where the process is killed: at each moment there is, and at each row. */
const deaths: Readonly<Record<DyingTask['task'], readonly (readonly [RotationMoment, number])[]>> = {
  rotate: [
    ['wanted', 1],
    ['superseded', 1],
    ['superseded', 2],
    ['superseded', workspaces],
    // A batch is a row here, and every row is one after which the process dies.
    ['batch read', 1],
    ['batch resealed', 1],
    ['batch resealed', 2 * workspaces],
    ...Array.from({ length: 2 * workspaces }, (_, row) => ['batch replaced', row + 1] as const),
  ],
  promote: [['promoted', 1]],
  rewrap: [
    ['secret rewrapped', 1],
    ['key rewrapped', 1],
    ['key rewrapped', 2],
    ['key rewrapped', workspaces],
  ],
};

describe('a rotation that is killed', () => {
  let custody: Custody;
  let places: Sealed[];
  let names: Record<'old' | 'new', RootKeyName>;
  beforeEach(async () => {
    custody = await openCustody();
    const vault = await openVault(custody, [await custody.file('old.key')]);
    await openDeploymentSecret(vault.root, custody.secret);
    places = [];
    for (let count = 0; count < workspaces; count++) places.push(await aConnection(custody, vault));
    const named = (name: string): RootKeyName => ({ provider: 'file', key: join(custody.directory, name) });
    names = { old: named('old.key'), new: named('new.key') };
  });
  afterEach(() => custody.close());

  async function run(task: DyingTask['task'], dieAt: DyingTask['dieAt']): Promise<NodeJS.Signals | null> {
    const rootKeys = task === 'rotate' ? [names.old] : [names.old, names.new];
    const argument: DyingTask = { databaseUrl: custody.databaseUrl, rootKeys, task, dieAt, batchSize: 1 };
    const child = fork(fileURLToPath(new URL('dying-process.ts', import.meta.url)), [JSON.stringify(argument)]);
    const [code, signal] = await once(child, 'exit');
    assert.ok(signal !== null || code === 0, `${task} ended with ${code}`);
    return signal;
  }

  it('is killed at every moment there is', () => {
    const visited = new Set(Object.values(deaths).flatMap(visits => visits.map(([moment]) => moment)));
    assert.deepEqual([...visited].sort(), [...rotationMoments].sort());
  });

  for (const [moment, visit] of deaths.rotate) {
    it(`of workspace keys, at "${moment}" number ${visit}, goes on without making another version`, async () => {
      assert.equal(await run('rotate', { moment, visit }), 'SIGKILL');
      const vault = await openVault(custody, [await custody.file('old.key')]);
      for (const place of places) assert.equal((await openTokens(custody, vault, place)).length, 2);
      assert.equal(await run('rotate', null), null);
      const { rows } = await countVersions();
      // Killed after the last value, there was nothing to go on with, and the second run was a rotation of its own.
      const complete = moment === 'batch replaced' && visit === 2 * workspaces;
      assert.deepEqual(rows, Array(workspaces).fill({ versions: complete ? 3 : 2 }));
      await expectWhole([await custody.file('old.key')]);
    });
  }

  for (const task of ['promote', 'rewrap'] as const) {
    for (const [moment, visit] of deaths[task]) {
      it(`of the root key, at "${moment}" number ${visit}, goes on and leaves nothing under the old key`, async () => {
        await stageRootKey(custody.changes, await custody.file('new.key'));
        if (task === 'rewrap') await run('promote', null);
        assert.equal(await run(task, { moment, visit }), 'SIGKILL');
        const both = await openVault(custody, [await custody.file('old.key'), await custody.file('new.key')]);
        for (const place of places) assert.equal((await openTokens(custody, both, place)).length, 2);
        assert.equal(await run('rewrap', null), null);
        const { retiredRoots } = await retireKeys(custody.endings, 0);
        assert.deepEqual(retiredRoots, [(await custody.file('old.key')).kid]);
        await expectWhole([await custody.file('new.key')]);
      });
    }
  }

  async function countVersions() {
    const query = custody.database.system.selectFrom('workspace_key').groupBy('workspace_id');
    return { rows: await query.select(({ fn }) => fn.countAll<number>().as('versions')).execute() };
  }

  async function expectWhole(roots: Parameters<typeof openVault>[1]): Promise<void> {
    const vault = await openVault(custody, roots);
    for (const place of places) {
      assert.deepEqual(await openTokens(custody, vault, place), [
        `ntn_${place.connectionId}`,
        `nrt_${place.connectionId}`,
      ]);
    }
    await retireKeys(custody.endings, 0);
    const { opened, unopenable, underEndedKeys } = await verifyKeys({ ...custody, keys: vault.keys });
    assert.deepEqual(
      { opened, unopenable, underEndedKeys },
      { opened: 2 * workspaces, unopenable: [], underEndedKeys: 0 },
    );
  }
});
