import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Account } from './account.ts';
import { findPackage, isOpenToAll, prepareBinaries } from './binaries.ts';

const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const own: Account = { ...self, borrowed: false };
const borrowed: Account = { ...self, borrowed: true };

describe('the programs of the embedded PostgreSQL', () => {
  let place: string;
  let packageDir: string;
  let cacheDir: string;
  /** A package like those of npm: no symbolic links, below a directory that only its owner may enter. */
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'pcl-binaries-'));
    packageDir = join(place, 'linux-x64');
    cacheDir = join(place, 'cache');
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
    await write('package.json', JSON.stringify({ version: '18.4.0' }));
    await write('native/pg-symlinks.json', JSON.stringify(links));
    await write('native/lib/libpq.so.5.18', 'library');
    await write('native/bin/postgres', 'program');
  });
  afterEach(() => rm(place, { recursive: true }));

  async function write(name: string, text: string): Promise<void> {
    await mkdir(dirname(join(packageDir, name)), { recursive: true });
    await writeFile(join(packageDir, name), text, { mode: 0o600 });
  }

  it('run in place for the user who installed them, with the links that npm left out', async () => {
    const { postgres, version } = await prepareBinaries(own, { packageDir, cacheDir });
    assert.equal(postgres, join(packageDir, 'native/bin/postgres'));
    assert.equal(version, '18.4.0');
    assert.equal(await readlink(join(packageDir, 'native/lib/libpq.so.5')), 'libpq.so.5.18');
    await prepareBinaries(own, { packageDir, cacheDir });
  });

  it('are copied, once, to where another account can run them', async () => {
    const { postgres } = await prepareBinaries(borrowed, { packageDir, cacheDir });
    const copy = join(cacheDir, 'postgresql-18.4.0-linux-x64');
    assert.equal(postgres, join(copy, 'native/bin/postgres'));
    assert.equal(await readFile(join(copy, 'native/lib/libpq.so.5'), 'utf8'), 'library');
    for (const name of ['', 'native', 'native/bin', 'native/bin/postgres', 'native/lib/libpq.so.5.18']) {
      assert.equal((await stat(join(copy, name))).mode & 0o777, 0o755, name);
    }
    const { ino } = await stat(postgres);
    await prepareBinaries(borrowed, { packageDir, cacheDir });
    assert.equal((await stat(postgres)).ino, ino);
  });

  it('are copied whole when several processes start at once', async () => {
    const sources = { packageDir, cacheDir };
    const all = await Promise.all([1, 2, 3].map(() => prepareBinaries(borrowed, sources)));
    for (const { postgres } of all) assert.equal(await readFile(postgres, 'utf8'), 'program');
    assert.deepEqual(await readdir(cacheDir), ['postgresql-18.4.0-linux-x64']);
  });

  it('are not run from a copy that other users may change', async () => {
    const sources = { packageDir, cacheDir };
    await prepareBinaries(borrowed, sources);
    await chmod(join(cacheDir, 'postgresql-18.4.0-linux-x64'), 0o777);
    await assert.rejects(prepareBinaries(borrowed, sources), { message: /can be changed by other users\. Remove it/ });
  });

  it('count as open to all only if every directory above them is', async () => {
    const program = join(packageDir, 'native/bin/postgres');
    assert.equal(await isOpenToAll(program), false);
    await chmod(program, 0o755);
    assert.equal(await isOpenToAll(program), false, 'the temporary directory is private');
    await chmod(place, 0o711);
    assert.equal(await isOpenToAll(program), await isOpenToAll(tmpdir()));
  });

  for (const [name, platform, arch, loaderExists] of [
    ['a system with musl', 'linux', 'x64', false],
    ['a processor without a package', 'linux', 'riscv64', true],
    ['an operating system without a package', 'win32', 'x64', true],
  ] as const) {
    it(`do not exist for ${name}, where the error names DATABASE_URL`, () => {
      assert.throws(() => findPackage(platform, arch, () => loaderExists), {
        code: 'binary_missing',
        message:
          /^No embedded PostgreSQL is installed for this system \(.*\)\. Set DATABASE_URL to a PostgreSQL server/,
      });
    });
  }
});
