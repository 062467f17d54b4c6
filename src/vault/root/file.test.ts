import assert from 'node:assert/strict';
import { chmod, chown, link, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { RootKeyError, type RootKeyErrorCode } from '../../domain/root-key-error.ts';
import { UnopenableError } from '../../domain/unopenable-error.ts';
import { openRootKeyFile, readRootKeyFile } from './file.ts';
import { assertOutsideDataDirectory } from './file-place.ts';

let directory = '';
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'portcullis-root-key-'));
});
after(() => rm(directory, { recursive: true }));

const failsWith = (code: RootKeyErrorCode) => (error: unknown) => error instanceof RootKeyError && error.code === code;

/** Runs `work` as another account, in this process: nothing else runs meanwhile. */
async function asAccount<T>({ uid, gid }: { uid: number; gid: number }, work: () => Promise<T>): Promise<T> {
  const groups = process.getgroups?.() ?? [];
  process.setgroups?.([gid]);
  process.setegid?.(gid);
  process.seteuid?.(uid);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.(groups);
  }
}

describe('the root key file', () => {
  it('is made once, readable by its owner alone, and read ever after', async () => {
    const path = join(directory, 'made', 'root.key');
    const first = await openRootKeyFile(path);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(join(directory, 'made')), ['root.key']);
    const wrapped = await first.wrap(Buffer.from('key'), { workspace: 'wsp_1' });
    const second = await openRootKeyFile(path);
    assert.equal(second.kid, first.kid);
    assert.equal(Buffer.from(await second.unwrap(wrapped, { workspace: 'wsp_1' })).toString(), 'key');
  });

  it('is one key when many open it for the first time at once', async () => {
    const path = join(directory, 'many', 'root.key');
    const keys = await Promise.all(Array.from({ length: 8 }, () => openRootKeyFile(path)));
    assert.equal(new Set(keys.map(key => key.kid)).size, 1);
    assert.deepEqual(await readdir(join(directory, 'many')), ['root.key']);
  });

  it('has no second name after a start that was killed between two steps', async () => {
    const path = join(directory, 'killed', 'root.key');
    await openRootKeyFile(path);
    await link(path, `${path}.0123456789ab.draft`);
    await openRootKeyFile(path);
    assert.deepEqual(await readdir(join(directory, 'killed')), ['root.key']);
  });

  it('says why none can be made, and takes a link that leads nowhere for a lost key', async () => {
    const path = join(directory, 'linked.key');
    await symlink('nowhere', path);
    await assert.rejects(openRootKeyFile(path), {
      code: 'unreadable',
      message: /linked\.key is a link that leads nowhere/,
    });
    await assert.rejects(openRootKeyFile(join(path, 'root.key')), {
      code: 'missing',
      message: /^No root key can be made at .*root\.key: .*PORTCULLIS_ROOT_KEY_FILE/,
    });
  });

  it('does not unwrap in another context', async () => {
    const root = await openRootKeyFile(join(directory, 'context', 'root.key'));
    const wrapped = await root.wrap(Buffer.from('key'), { workspace: 'wsp_1' });
    await assert.rejects(root.unwrap(wrapped, { workspace: 'wsp_2' }), UnopenableError);
  });

  for (const mode of [0o604, 0o620, 0o650, 0o644, 0o666]) {
    it(`is refused with mode ${mode.toString(8)}`, async () => {
      const path = join(directory, `mode-${mode}`, 'root.key');
      await openRootKeyFile(path);
      await chmod(path, mode);
      await assert.rejects(openRootKeyFile(path), failsWith('exposed'));
    });
  }

  it('may be read by a group of ours when it is root’s, as secrets are mounted, and else by us alone', {
    skip: process.geteuid?.() !== 0 && 'only root can give files away',
  }, async () => {
    const path = join(directory, 'mounted', 'root.key');
    const { kid } = await openRootKeyFile(path);
    await Promise.all([chmod(directory, 0o711), chmod(join(directory, 'mounted'), 0o711)]);
    const readAs = async (owner: number, mode: number) => {
      await chown(path, owner, 1234);
      await chmod(path, mode);
      return asAccount({ uid: 4321, gid: 1234 }, () =>
        readRootKeyFile(path).then(
          key => key.kid,
          error => error.code,
        ),
      );
    };
    assert.equal(await readAs(0, 0o440), kid);
    assert.equal(await readAs(0, 0o640), kid);
    assert.equal(await readAs(0, 0o660), 'exposed');
    assert.equal(await readAs(0, 0o644), 'exposed');
    assert.equal(await readAs(4321, 0o600), kid);
    assert.equal(await readAs(4321, 0o440), 'exposed');
    assert.equal(await readAs(1111, 0o640), 'exposed', 'its owner may read it');
  });

  it('is refused when it is short, empty or not base64, and never replaced', async () => {
    const path = join(directory, 'short.key');
    for (const text of ['', 'c2hvcnQ=', `${'A'.repeat(60)}!`, 'A'.repeat(5000)]) {
      await writeFile(path, text, { mode: 0o600 });
      await assert.rejects(openRootKeyFile(path), failsWith('malformed'));
      assert.equal(await readFile(path, 'utf8'), text);
    }
  });

  it('is refused when it is missing and may not be made, or is a directory', async () => {
    await assert.rejects(readRootKeyFile(join(directory, 'nowhere')), failsWith('missing'));
    await assert.rejects(openRootKeyFile(directory), failsWith('unreadable'));
  });

  it('keeps the key out of its errors', async () => {
    const path = join(directory, 'loud.key');
    await writeFile(path, 'c2hvcnQtc2VjcmV0', { mode: 0o600 });
    await assert.rejects(readRootKeyFile(path), error => !String((error as Error).stack).includes('c2hvcnQ'));
  });
});

describe('rule 24: the place of the root key', () => {
  it('rule 24: may not be the data directory or below it, by any name', async () => {
    const data = join(directory, 'data');
    await mkdir(join(data, 'keys'), { recursive: true });
    await symlink(data, join(directory, 'alias'));
    const misplaced = [
      join(data, 'root.key'),
      join(data, 'keys', 'new', 'root.key'),
      join(directory, 'alias', 'root.key'),
      data,
    ];
    for (const path of misplaced) await assert.rejects(assertOutsideDataDirectory(path, data), failsWith('misplaced'));
    await assert.rejects(assertOutsideDataDirectory(join(data, 'k'), join(directory, 'alias')), failsWith('misplaced'));
  });

  it('rule 24: may be anywhere else, also beside a directory whose name it begins with', async () => {
    const data = join(directory, 'data');
    for (const path of [
      join(directory, 'root.key'),
      join(directory, 'data-keys', 'root.key'),
      join(directory, '..data'),
    ]) {
      await assertOutsideDataDirectory(path, data);
    }
  });
});
