import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { ask, ready, startHolder, type TemporaryPlace, temporaryPlace } from '../../test/embedded-postgres.ts';
import { until } from '../../test/until.ts';
import { chooseAccount } from './account.ts';
import { prepareBinaries } from './binaries.ts';
import { removeDrafts } from './cluster.ts';
import { layOut } from './data-directory.ts';
import type { EmbeddedPostgres } from './embedded-postgres.ts';
import { joinOrStartEmbeddedPostgres } from './join-server.ts';
import { launch, openLog, readLockFile, readServerPid } from './postmaster.ts';
import { isLivePostgres } from './process-state.ts';

describe('the embedded PostgreSQL, when something was killed', () => {
  let place: TemporaryPlace;
  let dataDir: string;
  let cluster: string;
  before(async () => {
    place = await temporaryPlace();
    dataDir = join(place.path, 'data');
    cluster = join(dataDir, 'cluster');
    await (await place.start()).stop();
  });
  afterEach(() => place.stopAll());
  after(() => place.remove());

  /** A Portcullis that has written something and was then killed. */
  async function killedHolder(): Promise<{ serverPid: number }> {
    const holder = await startHolder(dataDir);
    const { pid, connection } = ready(holder);
    await ask(connection, 'DROP TABLE IF EXISTS kept');
    await ask(connection, "CREATE TABLE kept AS SELECT 'before the kill' AS text");
    await holder.kill();
    return { serverPid: pid };
  }

  const assertKept = async (server: EmbeddedPostgres) =>
    assert.deepEqual(await ask(server.connection, 'SELECT text FROM kept'), { text: 'before the kill' });

  it('outlives a killed Portcullis, and the next one adopts it', async () => {
    const { serverPid } = await killedHolder();
    assert.ok(await isLivePostgres(serverPid));
    const server = await place.start();
    assert.deepEqual([server.adopted, server.pid], [true, serverPid]);
    await assertKept(server);
    await server.stop();
    assert.equal(await isLivePostgres(serverPid), false);
    assert.equal(await readServerPid(cluster), undefined);
  });

  it('is started again when it was killed together with Portcullis', async () => {
    const { serverPid } = await killedHolder();
    process.kill(serverPid, 'SIGKILL');
    const server = await place.start();
    assert.equal(server.adopted, false);
    assert.notEqual(server.pid, serverPid);
    await assertKept(server);
  });

  it('is started again while Portcullis runs, on the same connection', async () => {
    const notices: string[] = [];
    const server = await place.start('data', notices);
    const crashed = server.pid;
    process.kill(crashed, 'SIGKILL');
    await until('another server', () => server.pid !== crashed);
    assert.deepEqual(await ask(server.connection, 'SELECT 1 AS one'), { one: 1 });
    assert.deepEqual(notices, ['the embedded PostgreSQL crashed; starting it again']);
  });

  it('goes on when one of its processes was killed, and still belongs to the same Portcullis', async () => {
    const server = await place.start();
    const killed = await holdingSession(server);
    process.kill(killed ?? 0, 'SIGKILL');
    await until('another session', async () => ![undefined, killed].includes(await holdingSession(server)));
    await assert.rejects(place.start(), { code: 'directory_in_use' });
  });

  it('is not taken from a living Portcullis that lost its session with one of the processes', async () => {
    const holder = await startHolder(dataDir);
    const { pid, connection } = ready(holder);
    try {
      // It has no time to come back first.
      process.kill(holder.pid, 'SIGSTOP');
      const password = (await readFile(join(dataDir, 'password'), 'utf8')).trim();
      const superuser = { ...connection, host: cluster, password, user: 'portcullis_server', database: 'postgres' };
      const lock = await ask(superuser, "SELECT pid FROM pg_locks WHERE locktype = 'advisory'");
      process.kill(lock?.pid as number, 'SIGKILL');
      await assert.rejects(place.start(), { code: 'directory_in_use', message: /is in use by another Portcullis/ });
      process.kill(holder.pid, 'SIGCONT');
      await until('the holder to be back', async () => {
        const row = await ask(superuser, "SELECT count(*)::int AS count FROM pg_locks WHERE locktype = 'advisory'");
        return row?.count === 1;
      });
      await assert.rejects(place.start(), {
        code: 'directory_in_use',
        message: new RegExp(`process ${holder.pid} on`),
      });
      assert.ok(await isLivePostgres(pid));
    } finally {
      await holder.kill();
    }
  });

  it('stays down when somebody else stopped it', async () => {
    const notices: string[] = [];
    const server = await place.start('data', notices);
    process.kill(server.pid, 'SIGINT');
    await until('a notice', () => notices.length > 0);
    assert.match(notices[0] ?? '', /another process stopped the embedded PostgreSQL/);
    await server.stop();
    assert.equal(await readServerPid(cluster), undefined);
  });

  it('can be stopped while it is being started again', async () => {
    const notices: string[] = [];
    const server = await place.start('data', notices);
    process.kill(server.pid, 'SIGKILL');
    await until('a notice', () => notices.length > 0);
    await server.stop();
    const pid = await readServerPid(cluster);
    assert.ok(pid === undefined || !(await isLivePostgres(pid)));
  });

  it('is stopped even after its directory was deleted', async () => {
    const server = await place.start('deleted');
    await rm(join(place.path, 'deleted'), { recursive: true });
    await server.stop();
    assert.equal(await isLivePostgres(server.pid), false);
  });

  it('refuses a second Portcullis with a sentence that says who holds the directory', async () => {
    const holder = await startHolder(dataDir);
    await assert.rejects(place.start(), {
      code: 'directory_in_use',
      message: new RegExp(
        `^The database in ${dataDir} is in use by portcullis process ${holder.pid} on ${hostname()}, since 2\\d{3}-.*Z\\. Stop that one`,
      ),
    });
    assert.deepEqual(await ask(ready(holder).connection, 'SELECT 1 AS one'), { one: 1 });
    await holder.kill();
    await place.start();
  });

  it('is joined by a command that came while a gateway was still starting it', async () => {
    const gateway = await place.start();
    await ask(gateway.superuser, 'ALTER ROLE portcullis NOLOGIN');
    const joining = joinOrStartEmbeddedPostgres({ dataDir, log: { info: () => {}, warn: () => {} } });
    const sessions =
      "SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name LIKE 'portcullis process %'";
    await until(
      'the command to ask for the directory',
      async () => (await ask(gateway.superuser, sessions))?.count === 2,
    );
    await ask(gateway.superuser, 'ALTER ROLE portcullis LOGIN');
    const joined = await joining;
    assert.deepEqual(await ask(joined.connection, 'SELECT 1 AS one'), { one: 1 });
    await joined.close();
    assert.ok(await isLivePostgres(gateway.pid));
  });

  it('belongs to one of two that start at once in a new directory', async () => {
    const results = await Promise.allSettled([place.start('new'), place.start('new')]);
    const [winner] = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
    const [refusal] = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []));
    assert.equal(refusal?.code, 'directory_in_use');
    assert.deepEqual(winner && (await ask(winner.connection, 'SELECT 1 AS one')), { one: 1 });
    assert.deepEqual((await readdir(join(place.path, 'new'))).sort(), ['cluster', 'password', 'server.log']);
  });

  it('removes what a first start that was killed left behind', async () => {
    await mkdir(join(dataDir, 'cluster-killed', 'base'), { recursive: true });
    await writeFile(join(dataDir, 'password.0a1b2c3d'), 'a draft');
    await place.start();
    assert.deepEqual((await readdir(dataDir)).sort(), ['cluster', 'password', 'server.log']);
  });

  it('does not trip over what another start is still writing into its draft', async () => {
    const draft = join(dataDir, 'cluster-slower');
    await mkdir(draft);
    let removed = false;
    const writing = Array.from({ length: 20 }, async (_, writer) => {
      for (let count = 0; !removed; count++) await writeFile(join(draft, `${writer}-${count}`), '').catch(() => {});
    });
    await removeDrafts(layOut(dataDir)).finally(() => {
      removed = true;
    });
    await Promise.all(writing);
    await rm(draft, { recursive: true, force: true });
  });

  it('starts where another server died, or is just about to write, after it had made its lock file', async () => {
    for (const name of ['postmaster.pid', '.s.PGSQL.5432.lock']) await writeFile(join(cluster, name), '');
    await assertKept(await place.start());
  });

  it('puts a log that has grown aside once, however many start at once', async () => {
    const path = join(place.path, 'grown.log');
    await writeFile(path, 'x'.repeat(1024 * 1024 + 1));
    for (const log of await Promise.all(Array.from({ length: 10 }, () => openLog(path)))) await log.close();
    assert.deepEqual([(await stat(path)).size, (await stat(`${path}.old`)).size > 0], [0, true]);
  });

  it('starts beside a living process that was given the id in its lock files', async () => {
    await killedHolder().then(({ serverPid }) => process.kill(serverPid, 'SIGKILL'));
    const { uid, gid } = await stat(cluster);
    const newcomer = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { uid, gid });
    await once(newcomer, 'spawn');
    for (const name of ['postmaster.pid', '.s.PGSQL.5432.lock']) {
      const path = join(cluster, name);
      await writeFile(path, (await readFile(path, 'utf8')).replace(/^\d+/, String(newcomer.pid)));
    }
    const server = await place.start();
    await assertKept(server);
    newcomer.kill();
  });

  it('restarts a server that another version left behind, instead of adopting its settings', async () => {
    const account = await chooseAccount(cluster);
    const older = { ...(await prepareBinaries(account)), version: '18.0.0' };
    const { pid } = await launch(layOut(dataDir), older, account);
    await until('the older server', async () => (await readLockFile(cluster))?.status === 'ready');
    const notices: string[] = [];
    const server = await place.start('data', notices);
    assert.equal(server.adopted, false);
    assert.notEqual(server.pid, pid);
    assert.deepEqual(notices, ['restarting the embedded PostgreSQL that another version of Portcullis left behind']);
  });
});

/**
 * The process of the session that holds the directory. Undefined if there is none, or if the server does not answer.
 */
async function holdingSession(server: EmbeddedPostgres): Promise<number | undefined> {
  const row = await ask(server.superuser, "SELECT pid FROM pg_locks WHERE locktype = 'advisory'").catch(
    () => undefined,
  );
  return row?.pid as number | undefined;
}
