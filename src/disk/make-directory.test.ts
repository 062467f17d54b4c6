import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { makeDirectory } from './make-directory.ts';

describe('making a directory', () => {
  let place: string;
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'portcullis-directories-'));
  });
  afterEach(() => rm(place, { recursive: true }));

  it('makes those above it, once, however many try', async () => {
    const path = join(place, 'a', 'b', 'c');
    await Promise.all(Array.from({ length: 10 }, () => makeDirectory(path, 0o700)));
    await makeDirectory(path);
    assert.equal((await stat(path)).mode & 0o777, 0o700);
  });

  it('says that a file system is read-only, and which directory could not be made', t => {
    const script = `import('${new URL('./make-directory.ts', import.meta.url)}').then(it => it.makeDirectory('${place}/a/b'))`;
    const readOnly = 'mount -t tmpfs -o ro none "$1" && exec "$2" -e "$3"';
    const run = spawnSync('unshare', ['-rm', 'sh', '-c', readOnly, 'sh', place, process.execPath, script]);
    const said = String(run.stderr);
    if (!said.includes('Node.js')) return t.skip('this user may mount nothing');
    assert.match(said, /EROFS: read-only file system, mkdir '.*\/a'/);
  });

  it('ends where the system lets nobody make anything', { skip: process.platform !== 'linux' }, () =>
    assert.rejects(makeDirectory('/proc/sys/portcullis/data'), { code: /ENOENT|EROFS|EPERM|EACCES/ }),
  );
});
