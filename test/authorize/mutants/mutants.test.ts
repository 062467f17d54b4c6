// A test of the tests: an engine with one mistake in it must not pass. Each mutant is a copy of the source with one change.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { changesLikeReference, type Engine, judgesLikeReference, widensLikeReference } from '../checks.ts';
import { type Mutant, mutants } from './mutants.ts';

const src = fileURLToPath(new URL('../../../src/', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'portcullis-mutants-'));

/** No more than the tests of the engine look at. Moves that widen are rare, so they look at more of them. */
const seedsMax = 5_000;
const movesPerSeed = 3;

describe('a mistake in the engine is found', () => {
  after(() => rmSync(directory, { recursive: true }));

  it('and the copy without a mistake passes', async () => {
    const engine = await engineWith({ name: 'none', file: 'roles.ts', from: 'export', to: 'export' }, 'whole');
    assert.equal(firstFound(engine, 200), null);
  });

  mutants.forEach((mutant, index) => {
    it(mutant.name, async () => {
      const engine = await engineWith(mutant, `mutant-${index}`);
      assert.notEqual(firstFound(engine, seedsMax), null, 'nothing found it');
    });
  });
});

async function engineWith({ file, from, to }: Mutant, name: string): Promise<Engine> {
  const copy = join(directory, name);
  cpSync(join(src, 'authorize'), join(copy, 'authorize'), { recursive: true });
  symlinkSync(join(src, 'domain'), join(copy, 'domain'));
  writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
  const path = join(copy, 'authorize', file);
  const text = readFileSync(path, 'utf8');
  if (name !== 'whole') assert.equal(text.split(from).length, 2, `stands in ${file} once: ${from}`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  const load = (module: string) => import(pathToFileURL(join(copy, 'authorize', module)).href);
  const [compile, change, tree, placed] = await Promise.all(
    ['compile-policy.ts', 'apply-change.ts', 'tree/page-tree.ts', 'tree/placed-policy.ts'].map(load),
  );
  return { ...compile, ...change, ...tree, ...placed } as Engine;
}

/** A crash is found too. */
function firstFound(engine: Engine, seeds: number): string | null {
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      const found = judgesLikeReference(engine, seed) ?? changesLikeReference(engine, seed);
      if (found !== null) return found;
      for (let n = 0; n < movesPerSeed; n++) {
        const widened = widensLikeReference(engine, movesPerSeed * seed + n);
        if (widened !== null) return widened;
      }
    } catch (error) {
      return String(error);
    }
  }
  return null;
}
