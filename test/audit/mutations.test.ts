import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { proveFromBundle } from '../../src/operator/proofs/prove-from-bundle.ts';
import { verifyFile } from '../../src/operator/proofs/verify-file.ts';
import { aBundle, aLog, newKey } from './a-bundle.ts';

const tools = fileURLToPath(new URL('../../tools', import.meta.url));
const python = spawnSync('python3', ['--version']).status === 0;

/** Verifies many files in one Python, each as the command would. A signature that was checked is not checked again. */
const manyInPython = `
import contextlib, functools, io, sys
sys.path.insert(0, sys.argv[1])
import verify_audit
verify_audit.ed25519_verifies = functools.lru_cache(None)(verify_audit.ed25519_verifies)
for line in sys.stdin:
    with contextlib.redirect_stdout(io.StringIO()):
        code = verify_audit.main([line.rstrip("\\n"), "--key", sys.argv[2]])
    print(code)
`;

interface Mutation {
  readonly what: string;
  readonly bytes: Buffer;
}

/** One byte at a time: changed in its lowest or highest bit or in its case, left out, doubled, moved, cut off after it. */
function* ofBytes(bytes: Buffer, step: number): Generator<Mutation> {
  for (let at = 0; at < bytes.length; at += step) {
    const [head, byte, tail] = [bytes.subarray(0, at), bytes.subarray(at, at + 1), bytes.subarray(at + 1)];
    for (const bit of [1, 32, 128])
      yield { what: `bit ${bit} of byte ${at}`, bytes: Buffer.concat([head, Buffer.of((byte[0] ?? 0) ^ bit), tail]) };
    yield { what: `byte ${at} left out`, bytes: Buffer.concat([head, tail]) };
    yield { what: `byte ${at} twice`, bytes: Buffer.concat([head, byte, byte, tail]) };
    yield { what: `a space before byte ${at}`, bytes: Buffer.concat([head, Buffer.from(' '), byte, tail]) };
    yield { what: `cut before byte ${at}`, bytes: Buffer.from(head) };
    if (tail.length > 0 && tail[0] !== byte[0])
      yield { what: `byte ${at} moved on`, bytes: Buffer.concat([head, tail.subarray(0, 1), byte, tail.subarray(1)]) };
  }
}

/** Whole lines: left out, doubled, exchanged, joined; and what may come around them. */
function* ofLines(bytes: Buffer): Generator<Mutation> {
  const lines: readonly string[] = bytes.toString().match(/.*\n/g) ?? [];
  const made = (what: string, changed: readonly string[]) => ({ what, bytes: Buffer.from(changed.join('')) });
  for (const [at, line] of lines.entries()) {
    yield made(`line ${at} left out`, lines.toSpliced(at, 1));
    yield made(`line ${at} twice`, lines.toSpliced(at, 0, line));
    yield made(`an empty line before ${at}`, lines.toSpliced(at, 0, '\n'));
    yield made(`line ${at} with CRLF`, lines.toSpliced(at, 1, line.replace('\n', '\r\n')));
    yield made(`line ${at} with its members in another order`, lines.toSpliced(at, 1, turned(line)));
    for (let other = at + 1; other < lines.length; other++)
      yield made(`lines ${at} and ${other} exchanged`, lines.with(at, lines[other] ?? '').with(other, line));
  }
  for (const more of ['\n', ' ', '\0', '{}\n', lines.at(-1) ?? ''])
    yield made(`${JSON.stringify(more)} after it`, [...lines, more]);
  for (const first of ['\ufeff', '\n', ' ']) yield made(`${JSON.stringify(first)} before it`, [first, ...lines]);
  yield made('nothing', []);
}

function turned(line: string): string {
  const value = JSON.parse(line) as object;
  const members = Object.entries(value).reverse();
  if (members.length > 1) return `${JSON.stringify(Object.fromEntries(members))}\n`;
  return line.replace('{', '{ ');
}

describe('a file of the log of which anything was changed, left out, doubled, moved or cut off', () => {
  let directory = '';
  const files: { name: string; bytes: Buffer }[] = [];
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'portcullis-proofs-'));
    const bundle = join(directory, 'bundle');
    await writeFile(bundle, await aBundle(aLog([2, 3]), [newKey]));
    const proved = await proveFromBundle(bundle, 'evt_019ad7a4-0000-7000-8000-000000000001');
    assert.equal(proved.kind, 'proved');
    files.push({ name: 'bundle', bytes: Buffer.from(await aBundle(aLog([2, 3]))) });
    files.push({ name: 'proof', bytes: Buffer.from(proved.kind === 'proved' ? proved.proof : '') });
  });
  after(() => rm(directory, { recursive: true }));

  it('does not hold', async () => {
    const path = join(directory, 'mutated');
    for (const { name, bytes } of files) {
      let count = 0;
      for (const mutation of [...ofBytes(bytes, 7), ...ofLines(bytes)]) {
        if (mutation.bytes.equals(bytes)) continue;
        await writeFile(path, mutation.bytes);
        const verdict = await verifyFile(path, { key: newKey.verifier, against: null });
        assert.equal(verdict.holds, false, `${name}: ${mutation.what}`);
        count += 1;
      }
      assert.ok(count > 500, `${count} mutations of the ${name}`);
    }
  });

  it('does not hold for the second verifier either', { skip: !python && 'there is no python3' }, async () => {
    for (const { name, bytes } of files) {
      const mutations = [{ what: 'none', bytes }, ...ofBytes(bytes, 11), ...ofLines(bytes)];
      const kept = mutations.filter((mutation, at) => at === 0 || !mutation.bytes.equals(bytes));
      const paths = kept.map((_, at) => join(directory, `${name}-${at}`));
      await Promise.all(kept.map((mutation, at) => writeFile(paths[at] ?? '', mutation.bytes)));
      const input = paths.map(path => `${path}\n`).join('');
      const said = execFileSync('python3', ['-c', manyInPython, tools, newKey.verifier.text], { input });
      const codes = said.toString().trim().split('\n').map(Number);
      assert.deepEqual([codes[0], codes.length], [0, kept.length], name);
      for (const [at, code] of codes.entries()) if (at > 0) assert.equal(code, 1, `${name}: ${kept[at]?.what}`);
    }
  });
});
