import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createHighWaterFile } from '../../vault/restore/high-water-file.ts';

describe('the high-water file', () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'portcullis-high-water-'));
    path = join(directory, 'kept', 'high-water.json');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('is kept by many at once: none trips over the draft of another', async () => {
    const instances = Array.from({ length: 20 }, () => createHighWaterFile(path));
    for (let round = 1; round <= 5; round++) {
      await Promise.all(instances.map(instance => instance.raise(round)));
      assert.equal(await instances[0]?.read(), round);
    }
    assert.deepEqual(await readdir(join(directory, 'kept')), ['high-water.json']);
  });

  it('never goes back: an instance that is behind learns the greater number', async () => {
    await createHighWaterFile(path).raise(7);
    assert.equal(await createHighWaterFile(path).raise(6), 7);
    assert.equal(await createHighWaterFile(path).read(), 7);
  });

  it('clears away drafts of those who died over theirs, once they are old, and no other file', async () => {
    const instance = createHighWaterFile(path);
    await instance.raise(1);
    const [old, young, other] = ['high-water.json.1.draft', 'high-water.json.2.draft', 'other.draft'];
    for (const name of [old, young, other]) await writeFile(join(dirname(path), name), '');
    for (const name of [old, other]) await utimes(join(dirname(path), name), new Date(0), new Date(0));
    await instance.raise(2);
    assert.deepEqual((await readdir(dirname(path))).sort(), ['high-water.json', young, other]);
  });

  it('says which file it is and what it is for, when it cannot be written, and leaves no draft behind', async () => {
    await symlink('nowhere', join(directory, 'kept'));
    await assert.rejects(createHighWaterFile(path).raise(1), {
      code: 'directory_unusable',
      message: /high-water\.json cannot be written: .*PORTCULLIS_HIGH_WATER_FILE/,
    });
    assert.deepEqual(await readdir(directory), ['kept']);
  });
});
