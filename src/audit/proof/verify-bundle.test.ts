import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aBundle, aLog, anEntry, newKey, oldKey } from '../../../test/audit/a-bundle.ts';
import { signerKey } from './signing-keys.ts';
import type { Trust, Verdict } from './verdict.ts';
import { verifyBundle } from './verify-bundle.ts';

const bundle = await aBundle(aLog([3, 8]));
const key = newKey.verifier;

function verify(text: string | Buffer, trust: Partial<Trust> = {}): Promise<Verdict> {
  const bytes = Buffer.from(text);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += 500) yield bytes.subarray(at, at + 500);
  }
  return verifyBundle(pieces(), { key: null, against: null, ...trust });
}

const linesOf = (text: string) => text.match(/.*\n/g) ?? [];
const named = (at: number) => `entry ${at} (${JSON.parse(anEntry(at)).id})`;

describe('a bundle of the log', () => {
  it('is valid as it was written, for a reader who trusts either key', async () => {
    for (const trusted of [oldKey.verifier, newKey.verifier, null]) {
      const verdict = await verify(bundle, { key: trusted });
      assert.deepEqual([verdict.problems, verdict.size, verdict.origin], [[], 8, 'portcullis.example/log/wsp_a']);
    }
  });

  it('is not valid for a reader who trusts another key', async () => {
    const stranger = signerKey('portcullis.example/log', Buffer.alloc(32, 3)).verifier;
    assert.deepEqual((await verify(bundle, { key: stranger })).problems, [
      `the key ${stranger.text} has not signed this`,
    ]);
  });

  it('holds of one entry, and of none', async () => {
    for (const sizes of [[1], [0]]) assert.deepEqual((await verify(await aBundle(aLog(sizes)))).problems, []);
  });

  it('is continued as if it had never been interrupted', async () => {
    const lines = linesOf(bundle);
    for (let entries = 1; entries <= 8; entries++) {
      const last = lines.findIndex(line => line.includes(`"index":${entries - 1},`));
      const begun = lines.slice(0, last + 1).join('');
      assert.equal(begun + (await aBundle(aLog([3, 8]), [oldKey, newKey], entries)), bundle, `after ${entries}`);
    }
  });
});

describe('a bundle that was altered names what is wrong', () => {
  const lines = linesOf(bundle);
  const at = (index: number) => lines.findIndex(line => line.includes(`"index":${index},`));
  const without = (line: number) => lines.toSpliced(line, 1).join('');

  it('an entry that was changed', async () => {
    const { problems } = await verify(bundle.replace(anEntry(4), anEntry(4).replace('event', 'denial')));
    assert.match(problems[0] ?? '', new RegExp(`^${RegExp.escape(named(4))} was changed`));
  });

  it('an entry that was changed together with its hash', async () => {
    const forged = await aBundle(aLog([3, 8], { entryOf: at => anEntry(at === 4 ? 40 : at) }));
    const { problems } = await verify(lines.toSpliced(at(4), 1, linesOf(forged)[at(4)] ?? '').join(''));
    assert.match(problems[0] ?? '', /something among the entries 3 to 7 was changed/);
  });

  it('an entry that is missing', async () => {
    assert.match((await verify(without(at(4)))).problems[0] ?? '', /^entry 4 is missing/);
  });

  it('an entry that comes twice', async () => {
    const { problems } = await verify(lines.toSpliced(at(4), 0, lines[at(4)] ?? '').join(''));
    assert.ok(problems[0]?.startsWith(`${named(4)} stands again`), problems[0]);
  });

  it('a checkpoint that was left out, and one by another key', async () => {
    assert.match((await verify(without(at(3) - 1))).problems[0] ?? '', /the seal is on something else/);
    const { problems } = await verify(await aBundle(aLog([3, 8], { signers: [signerKey('a', Buffer.alloc(32, 9))] })));
    assert.match(problems[0] ?? '', /the checkpoint of size 3 is not signed/);
  });

  it('a signature that was left out', async () => {
    const cut = bundle.replace(/— [^—]*$/, '"}\n');
    assert.match((await verify(cut)).problems[0] ?? '', /the seal is on something else/);
  });

  it('an end that is missing', async () => {
    const { problems } = await verify(without(lines.length - 1));
    assert.deepEqual(problems, ['the bundle is cut off: its end is missing']);
  });

  it('entries of another log', async () => {
    const other = linesOf(await aBundle(aLog([3, 8], { workspace: 'wsp_b' })));
    const { problems } = await verify([...lines.slice(0, 1), ...other.slice(1)].join(''));
    assert.match(problems[0] ?? '', /is of another log/);
  });

  it('what the database no longer had, and what it had beside the log', async () => {
    const log = aLog([3, 8]);
    const gone: typeof log = {
      ...log,
      async *entries(from, to) {
        for await (const entries of log.entries(from, to))
          yield entries.map(entry => (entry.index === 4 ? { ...entry, entry: null } : entry));
      },
      strays: async () => ['evt_stray' as never],
    };
    const { problems } = await verify(await aBundle(gone));
    assert.match(problems[0] ?? '', /^entry 4 \(evt_.*\) is missing: the database no longer had it/);
    assert.ok(problems.some(problem => problem.startsWith('entry evt_stray was never logged')));
  });
});

describe('rule 22: that a log was only appended to', () => {
  const kept = async (size: number) => (await aLog([size]).newest())?.note ?? '';

  it('is said against a kept checkpoint, and only then', async () => {
    for (const size of [0, 1, 3, 5, 8]) {
      const verdict = await verify(bundle, { key, against: await kept(size) });
      assert.deepEqual([verdict.problems, verdict.continues], [[], size]);
    }
    assert.equal((await verify(bundle, { key })).continues, null);
  });

  it('is not said of a log whose entries were others, or that was cut', async () => {
    const others = await aBundle(aLog([8], { entryOf: at => anEntry(at + 100) }));
    assert.match((await verify(others, { key, against: await kept(5) })).problems[0] ?? '', /does not continue/);
    const shorter = await aBundle(aLog([3]));
    assert.match((await verify(shorter, { key, against: await kept(5) })).problems[0] ?? '', /has 5 entries/);
  });

  it('is not said against a checkpoint that another key has signed, or of another log', async () => {
    const strange = await aLog([5], { signers: [signerKey('portcullis.example/log', Buffer.alloc(32, 7))] }).newest();
    assert.match((await verify(bundle, { against: strange?.note ?? '' })).problems[0] ?? '', /not signed by the keys/);
    const other = await aLog([5], { workspace: 'wsp_b' }).newest();
    assert.equal((await verify(bundle, { against: other?.note ?? '' })).holds, false);
    assert.equal((await verify(bundle, { against: 'nonsense' })).holds, false);
  });
});
