import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { watch } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { until } from '../../../test/until.ts';
import { newId } from '../../domain/ids.ts';
import { nameOf, openSpool, SpoolError, type Spooled } from './spool.ts';

describe('the spool', () => {
  let directory: string;
  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'portcullis-spool-')), 'spool');
  });
  afterEach(() => rm(join(directory, '..'), { recursive: true }));

  it('gives back what was written, to the next process that opens it, in files for its owner alone', async () => {
    const spooled = aSpooled();
    await (await openSpool(directory)).write(spooled);
    const spool = await openSpool(directory);
    const name = nameOf(spooled.attempt);
    assert.deepEqual(await spool.names(), [name]);
    assert.deepEqual(await spool.read(name), spooled);
    assert.equal((await stat(join(directory, name))).mode & 0o777, 0o600);
    assert.equal((await stat(directory)).mode & 0o777, 0o700);
    await spool.remove(name);
    assert.deepEqual([await spool.names(), await spool.read(name)], [[], 'gone']);
  });

  it('names the files of one connection', async () => {
    const spool = await openSpool(directory);
    const [mine, other] = [aSpooled(), aSpooled()];
    await spool.write(mine);
    await spool.write(other);
    assert.deepEqual(await spool.names(mine.attempt.connectionId), [nameOf(mine.attempt)]);
  });

  describe('takes nothing that it did not write', () => {
    const whole = aSpooled();
    const text = JSON.stringify({ v: 1, ...whole });
    const { attempt } = whole;
    const hostile: Record<string, string | Buffer> = {
      'an empty file': '',
      'a truncated one': text.slice(0, -20),
      'one of zeros, as a power cut leaves them': Buffer.alloc(4096),
      'no JSON': 'spool',
      'a list': '[]',
      'another version': JSON.stringify({ v: 2, ...whole }),
      'no tokens field': JSON.stringify({ v: 1, ...whole, tokens: undefined }),
      'a generation that is none': JSON.stringify({ v: 1, ...whole, attempt: { ...attempt, generation: 1e20 } }),
      'an id that is a path': JSON.stringify({ v: 1, ...whole, attempt: { ...attempt, connectionId: 'con_../../x' } }),
      'a time that is none': JSON.stringify({ v: 1, ...whole, endsAt: 'soon' }),
      'what belongs to another attempt': JSON.stringify({ v: 1, ...aSpooled() }),
      'more than two tokens can be': `${text}${' '.repeat(64 * 1024)}`,
    };
    for (const [what, content] of Object.entries(hostile)) {
      it(what, async () => {
        const spool = await openSpool(directory);
        await writeFile(join(directory, nameOf(attempt)), content);
        assert.equal(await spool.read(nameOf(attempt)), 'unreadable');
      });
    }

    it('a link to elsewhere', async () => {
      const spool = await openSpool(directory);
      await writeFile(join(directory, '..', 'elsewhere'), text);
      await symlink(join(directory, '..', 'elsewhere'), join(directory, nameOf(attempt)));
      assert.equal(await spool.read(nameOf(attempt)), 'unreadable');
    });

    it('a pipe that never says anything, or a directory', async () => {
      const spool = await openSpool(directory);
      execFileSync('mkfifo', [join(directory, nameOf(attempt))]);
      assert.equal(await spool.read(nameOf(attempt)), 'unreadable');
      await rm(join(directory, nameOf(attempt)));
      await mkdir(join(directory, nameOf(attempt)));
      assert.equal(await spool.read(nameOf(attempt)), 'unreadable');
    });

    it('a draft that somebody died over, which goes when it is old', async () => {
      const spool = await openSpool(directory);
      const drafts = ['old.json.1.draft', 'young.json.2.draft'].map(name => join(directory, name));
      for (const draft of drafts) await writeFile(draft, text.slice(0, 100));
      await utimes(drafts[0] ?? '', new Date(0), new Date(0));
      assert.deepEqual(await spool.names(), []);
      await openSpool(directory);
      assert.deepEqual(await readdir(directory), ['young.json.2.draft']);
    });
  });

  it('leaves nothing behind for ever when it is killed while it tries whether the storage keeps anything', async () => {
    await openSpool(directory);
    // A process that is killed at this moment leaves the same files as storage that fails at this moment.
    const seen = new Set<string>();
    const watching = watch(directory, (_event, name) => name !== null && seen.add(name));
    await openSpool(directory);
    await until('the probe to be seen', () => [...seen].some(name => name.startsWith('probe.')));
    watching.close();
    for (const name of seen) {
      await writeFile(join(directory, name), '');
      await utimes(join(directory, name), new Date(0), new Date(0));
    }
    await openSpool(directory);
    assert.deepEqual(await readdir(directory), []);
  });

  it('is opened by many at once: none trips over what another is just writing', async () => {
    for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 20 }, () => openSpool(directory)));
    assert.deepEqual(await readdir(directory), []);
  });

  it('never writes over what is there, and leaves nothing behind when it cannot write', async () => {
    const spool = await openSpool(directory);
    const spooled = aSpooled();
    const blocked = join(directory, nameOf(spooled.attempt));
    await mkdir(join(blocked, 'in the way'), { recursive: true });
    await assert.rejects(spool.write(spooled));
    assert.deepEqual(await readdir(directory), [nameOf(spooled.attempt)]);
  });

  it('rule 21: tries at the start whether the storage keeps what it is given, fsync and all', async () => {
    await writeFile(directory, 'a file');
    await assert.rejects(openSpool(directory), SpoolError);
    await rm(directory);
    // A limit of no bytes simulates a full disk; the shell lets the write fail instead of ending the process.
    const script = `import('${new URL('./spool.ts', import.meta.url)}').then(({ openSpool }) => openSpool(process.argv[1]))`;
    const full = `trap '' XFSZ; ulimit -f 0; exec "$0" -e "$1" "$2" 2>&1 | cat`;
    const said = execFileSync('sh', ['-c', full, process.execPath, script, directory], { encoding: 'utf8' });
    assert.match(said, /cannot keep refreshed tokens: EFBIG/);
    await openSpool(directory);
  });

  it('is not read while it is being written: a file has its name when it is whole', async () => {
    const spool = await openSpool(directory);
    const writing = Promise.all(Array.from({ length: 20 }, () => spool.write(aSpooled())));
    const seen = new Set<unknown>();
    for (let looks = 0; looks < 20; looks++) {
      for (const name of await spool.names()) seen.add(typeof (await spool.read(name)));
    }
    await writing;
    assert.ok(!seen.has('string'));
    assert.equal((await spool.names()).length, 20);
  });
});

function aSpooled(): Spooled {
  const ids = { workspaceId: newId('wsp'), connectionId: newId('con'), attemptId: newId('att') };
  return {
    attempt: {
      ...ids,
      generation: 1,
      nextGeneration: 2,
      startedAt: new Date('2026-01-01T00:00:00.000Z'),
      registrationId: newId('reg'),
    },
    origin: 'https://api.notion.com',
    botId: '11111111-1111-4111-8111-111111111111',
    endsAt: new Date('2026-01-01T01:00:00.000Z'),
    tokens: [{ field: 'access_token', generation: 2, sealed: 'header..iv.text.tag', kid: 'wk_1' }],
  };
}
