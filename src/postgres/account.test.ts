import assert from 'node:assert/strict';
import { chmod, chown, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ask, ready, startHolder, type TemporaryPlace, temporaryPlace } from '../../test/embedded-postgres.ts';
import { readPasswd } from './account.ts';
import { isOpenToAll } from './binaries.ts';

const isRoot = process.getuid?.() === 0;
const hasOpenCheckout = (await isOpenToAll(process.execPath)) && (await isOpenToAll(import.meta.filename));

const asUser = { skip: isRoot ? 'this is root; further tests become a normal user' : false };
const asRoot = { skip: isRoot ? false : 'running PostgreSQL under another account takes root' };
const asOthers = {
  skip: isRoot && hasOpenCheckout ? false : 'becoming another user takes root, and a checkout open to all',
};

describe('the account that PostgreSQL runs under', () => {
  let place: TemporaryPlace;
  before(async () => {
    place = await temporaryPlace();
  });
  after(async () => {
    await place.stopAll();
    await place.remove();
  });

  it('is that of Portcullis when that is a normal user', asUser, async () => {
    const server = await place.start('own');
    assert.equal((await stat(join(place.path, 'own/cluster'))).uid, process.getuid?.());
    assert.deepEqual(await ask(server.connection, 'SELECT 1 AS one'), { one: 1 });
  });

  it('is an unprivileged one when that is root, even below a directory that is closed to it', asRoot, async () => {
    const parent = await stat(place.path);
    assert.deepEqual([parent.uid, parent.mode & 0o777], [0, 0o700]);
    const server = await place.start('root');
    const account = await userOf(server.pid);
    assert.notEqual(account, 0);
    assert.equal((await stat(join(place.path, 'root/cluster'))).uid, account);
    // Workers and temporary files are reached through the same working directory.
    const busy = { ...server.connection, options: '-c work_mem=64kB -c debug_parallel_query=on' };
    const sorting =
      'SELECT max(n) AS max FROM (SELECT n FROM generate_series(1, 50000) AS n ORDER BY random()) AS shuffled';
    assert.deepEqual(await ask(busy, sorting), { max: 50_000 });
  });

  it('is the user who made the cluster, when root opens it later', asOthers, async () => {
    const nobody = await accountOf('nobody');
    const holder = await startHolder(await directoryOf(nobody, 'made-by-user'), nobody);
    assert.equal(await userOf(ready(holder).pid), nobody.uid);
    await ask(ready(holder).connection, "CREATE TABLE kept AS SELECT 'by a user' AS text");
    await holder.kill();
    process.kill(ready(holder).pid, 'SIGKILL');
    const server = await place.start('made-by-user');
    assert.equal(await userOf(server.pid), nobody.uid);
    assert.deepEqual(await ask(server.connection, 'SELECT text FROM kept'), { text: 'by a user' });
  });

  it('is not guessed for a user without a name', asOthers, async () => {
    const unnamed = { uid: 54_321, gid: 54_321 };
    const holder = await startHolder(await directoryOf(unnamed, 'unnamed'), unnamed);
    assert.match(
      holder.error ?? '',
      /^User id 54321 has no entry in \/etc\/passwd, and PostgreSQL does not start without one\..*DATABASE_URL\.$/,
    );
  });

  it('cannot be a normal user where root was first', asOthers, async () => {
    const nobody = await accountOf('nobody');
    const dataDir = await directoryOf({ uid: 0, gid: 0 }, 'made-by-root');
    const holder = await startHolder(dataDir, nobody);
    assert.match(holder.error ?? '', /^Cannot look into .*made-by-root.*permission denied.* --data-dir\.$/);
  });

  /** A data directory that belongs to this account, on a path that the account can reach. */
  async function directoryOf({ uid, gid }: { uid: number; gid: number }, name: string): Promise<string> {
    const path = join(place.path, name);
    await mkdir(path, { mode: 0o700 });
    await chown(path, uid, gid);
    await chmod(place.path, 0o711);
    return path;
  }
});

/** The user that a process runs as. */
async function userOf(pid: number): Promise<number> {
  return (await stat(`/proc/${pid}`)).uid;
}

async function accountOf(name: string): Promise<{ uid: number; gid: number }> {
  const account = readPasswd(await readFile('/etc/passwd', 'utf8')).find(entry => entry.name === name);
  return account ?? assert.fail(`this system has no user ${name}`);
}
