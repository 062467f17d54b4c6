import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ask, type TemporaryPlace, temporaryPlace } from '../../test/embedded-postgres.ts';
import type { EmbeddedPostgres } from './embedded-postgres.ts';
import { readServerPid } from './postmaster.ts';

const onLinux = process.platform === 'linux' ? {} : { skip: 'reads /proc, which only Linux has' };

describe('the embedded PostgreSQL', () => {
  let place: TemporaryPlace;
  let server: EmbeddedPostgres;
  before(async () => {
    place = await temporaryPlace();
    server = await place.start();
  });
  after(async () => {
    await place.stopAll();
    await place.remove();
  });

  it('keeps its directory, its socket and its password private', async () => {
    for (const name of ['data', 'data/cluster', 'data/cluster/.s.PGSQL.5432']) {
      assert.equal((await stat(join(place.path, name))).mode & 0o777, 0o700, name);
    }
    for (const name of ['data/password', 'data/server.log']) {
      assert.equal((await stat(join(place.path, name))).mode & 0o777, 0o600, name);
    }
  });

  it('listens on no TCP port', onLinux, async () => {
    const sockets = await socketInodes(server.pid);
    assert.ok(sockets.length > 0, 'its Unix socket at least');
    const tcp = await Promise.all(['tcp', 'tcp6', 'udp', 'udp6'].map(name => readFile(`/proc/net/${name}`, 'utf8')));
    const inodes = new Set(tcp.flatMap(table => table.split('\n').map(line => line.trim().split(/\s+/)[9])));
    assert.deepEqual(
      sockets.filter(inode => inodes.has(inode)),
      [],
    );
    assert.deepEqual(await ask(server.connection, 'SHOW listen_addresses'), { listen_addresses: '' });
  });

  it('commits durably, whatever the configuration in its directory says', async () => {
    const careless = "\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\nlisten_addresses = '*'\n";
    const path = join(place.path, 'data/cluster/postgresql.conf');
    await writeFile(path, careless, { flag: 'a' });
    await ask(server.superuser, 'SELECT pg_reload_conf()');
    for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      assert.deepEqual(await ask(server.connection, `SHOW ${setting}`), { [setting]: 'on' });
    }
  });

  it('lets nobody in without the password', async () => {
    await assert.rejects(
      ask({ ...server.connection, password: 'guess' }, 'SELECT 1'),
      /password authentication failed/,
    );
    await assert.rejects(ask({ ...server.superuser, password: 'guess' }, 'SELECT 1'), /password authentication failed/);
  });

  it('signs Portcullis in as the owner of its database, and not as a superuser', async () => {
    const question = `SELECT rolsuper, rolbypassrls, datdba = pg_roles.oid AS owner FROM pg_roles, pg_database
      WHERE rolname = current_user AND datname = current_database()`;
    assert.deepEqual(await ask(server.connection, question), { rolsuper: false, rolbypassrls: false, owner: true });
  });

  it('runs in a session of its own, where a Ctrl-C in the terminal does not reach it', onLinux, async () => {
    const text = await readFile(`/proc/${server.pid}/stat`, 'utf8');
    // proc_pid_stat(5): after the name come state, parent, process group, session.
    const [, , group, session] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    assert.deepEqual([group, session], [String(server.pid), String(server.pid)]);
  });

  it('writes neither statements nor the rows that errors quote into its log', async () => {
    await ask(server.connection, 'CREATE TABLE unique_secret (value text PRIMARY KEY)');
    await ask(server.connection, "INSERT INTO unique_secret VALUES ('pcl_canary')");
    await assert.rejects(ask(server.connection, "INSERT INTO unique_secret VALUES ('pcl_canary')"), /duplicate key/);
    const log = await readFile(join(place.path, 'data/server.log'), 'utf8');
    assert.match(log, /duplicate key/);
    assert.doesNotMatch(log, /pcl_canary|INSERT/);
  });

  it('keeps its data over a clean stop, and stops once for any number of requests', async () => {
    const first = await place.start('restarted');
    await ask(first.connection, "CREATE TABLE kept AS SELECT 'still here' AS text");
    await Promise.all([first.stop(), first.stop()]);
    await assert.rejects(ask(first.connection, 'SELECT 1'), /ENOENT|ECONNREFUSED/);
    const second = await place.start('restarted');
    assert.equal(second.adopted, false);
    assert.deepEqual(await ask(second.connection, 'SELECT text FROM kept'), { text: 'still here' });
  });

  it('works in a directory with spaces and quotes in its name', async () => {
    const spaced = await place.start(`it's a "data" directory`);
    assert.deepEqual(await ask(spaced.connection, 'SELECT 1 AS one'), { one: 1 });
  });

  it('works in a directory whose path is longer than the address of a socket', onLinux, async () => {
    const name = join('d'.repeat(100), 'e'.repeat(100));
    const deep = await place.start(name);
    assert.ok(Buffer.byteLength(join(place.path, name)) > 107);
    assert.deepEqual(await ask(deep.connection, 'SELECT 1 AS one'), { one: 1 });
    await deep.stop();
    const again = await place.start(name);
    await again.stop();
  });

  it('refuses a directory that holds other files, and leaves it as it was', async () => {
    const foreign = join(place.path, 'home');
    await mkdir(foreign, { mode: 0o755 });
    await writeFile(join(foreign, 'thesis.txt'), 'chapter one');
    await assert.rejects(place.start('home'), {
      code: 'directory_unusable',
      message: /holds other files, such as thesis\.txt/,
    });
    assert.deepEqual(await readdir(foreign), ['thesis.txt']);
    assert.equal((await stat(foreign)).mode & 0o777, 0o755);
  });

  it('says which of its files is not what it should be, and leaves no server behind', async () => {
    const directory = join(place.path, 'damaged');
    await (await place.start('damaged')).stop();
    const damages: [name: string, damage: (path: string) => Promise<unknown>, message: RegExp][] = [
      ['cluster', path => mkdir(path), /^There is no database in .*cluster.*PG_VERSION.* Put back what was there/],
      ['cluster', path => symlink('nowhere', path), /^There is no database in .*cluster/],
      ['password', path => mkdir(path), /^Cannot read .*password: EISDIR.* put it back/],
      ['password', path => writeFile(path, 'another'), /password authentication failed .* Put back the .*password/],
      ['server.log', path => symlink('nowhere', path), /^PostgreSQL cannot write its log to .*server\.log: ELOOP/],
    ];
    for (const [name, damage, message] of damages) {
      const path = join(directory, name);
      await rename(path, join(place.path, 'aside'));
      await damage(path);
      await assert.rejects(place.start('damaged'), { name: 'StoreError', message });
      await rm(path, { recursive: true });
      await rename(join(place.path, 'aside'), path);
    }
    assert.equal(await readServerPid(join(directory, 'cluster')), undefined);
  });

  it('refuses the data of another major version', async () => {
    const cluster = join(place.path, 'older', 'cluster');
    await mkdir(cluster, { recursive: true });
    await writeFile(join(cluster, 'PG_VERSION'), '15\n');
    await assert.rejects(place.start('older'), {
      code: 'directory_unusable',
      message: /holds data of PostgreSQL 15, and this Portcullis brings version 18\. Dump it/,
    });
  });
});

async function socketInodes(pid: number): Promise<string[]> {
  const names = await readdir(`/proc/${pid}/fd`);
  const targets = await Promise.all(names.map(name => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
  return targets.flatMap(target => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}
