/** The dashboard's own check of a proof, on proofs as the gateway writes them, and on changed ones. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCheckpoint, signCheckpoint } from '../../src/audit/proof/checkpoint.ts';
import { verifyProof, writeProof } from '../../src/audit/proof/entry-proof.ts';
import { growTree, leafHash } from '../../src/audit/proof/merkle.ts';
import { signerKey } from '../../src/audit/proof/signing-keys.ts';
import { hashRanges, inclusionRanges } from '../../src/audit/proof/tree-proofs.ts';
import { canonicalJson } from '../../web/src/proof/canonical-json.ts';
import { checkEntry, type Shown } from '../../web/src/proof/check-entry.ts';
import { isSignedBy, readKey, readNote } from '../../web/src/proof/signatures.ts';
import canonical from '../vectors/canonical-json.json' with { type: 'json' };
import signed from '../vectors/signed-note.json' with { type: 'json' };
import { anEntry, newKey, oldKey } from './a-bundle.ts';

const log = 'wsp_a';
const stranger = signerKey('stranger.example/log', Buffer.alloc(32, 9));

function proofOf(index: number, size: number, signers = [oldKey]): string {
  const entries = Array.from({ length: size }, (_, number) => anEntry(number));
  const tree = growTree();
  const ranges = hashRanges(inclusionRanges(index, size));
  for (const entry of entries) {
    tree.append(leafHash(Buffer.from(entry)));
    ranges.next(leafHash(Buffer.from(entry)));
  }
  const origin = `${oldKey.verifier.name}/${log}`;
  const checkpoint = signCheckpoint({ origin, size, root: tree.root() }, signers);
  const keys = signers.map(({ verifier }) => verifier.text);
  return writeProof({ entry: entries[index] ?? '', index, path: ranges.hashes(), checkpoint, keys });
}

const shownOf = (number: number, more: Partial<Shown> = {}): Shown => ({
  entry: JSON.parse(anEntry(number)) as Record<string, unknown>,
  whole: true,
  log,
  key: null,
  ...more,
});

async function resultsOf(line: string, shown: Shown): Promise<string> {
  return (await checkEntry(line, shown)).map(({ result }) => result).join(' ');
}

describe('a proof, checked in the browser', () => {
  it('holds for every entry of logs of every small size, but for the key, which nobody has vouched for', async () => {
    for (let size = 1; size <= 17; size++)
      for (let index = 0; index < size; index++)
        assert.equal(await resultsOf(proofOf(index, size), shownOf(index)), 'holds holds holds open');
  });

  it('holds in all with the key that the reader keeps, and while keys change', async () => {
    const key = newKey.verifier.text;
    assert.equal(await resultsOf(proofOf(2, 5, [oldKey, newKey]), shownOf(2, { key })), 'holds holds holds holds');
    assert.equal(await resultsOf(proofOf(2, 5), shownOf(2, { key })), 'holds holds holds fails');
  });

  it('fails where anything in it is changed: no byte of it can be', async () => {
    const line = proofOf(3, 6);
    for (let at = 0; at < line.length; at++) {
      const code = line.charCodeAt(at);
      const changed = `${line.slice(0, at)}${String.fromCharCode(code ^ 1)}${line.slice(at + 1)}`;
      const results = await resultsOf(changed, shownOf(3));
      assert.ok(results.includes('fails'), `changed at ${at}: ${line.slice(at - 5, at + 5)}`);
      assert.equal(verifyProof(Buffer.from(changed), { key: null, against: null }).holds, false);
    }
  });

  it('fails for another entry, another log, and a strange key', async () => {
    assert.equal(await resultsOf(proofOf(3, 6), shownOf(4)), 'fails holds holds open');
    assert.equal(await resultsOf(proofOf(3, 6), shownOf(3, { log: 'wsp_b' })), 'holds holds fails open');
    assert.equal(await resultsOf(proofOf(3, 6, [stranger]), shownOf(3)), 'holds holds fails open');
    const unsigned = JSON.parse(proofOf(3, 6)) as Record<string, unknown>;
    assert.equal(
      await resultsOf(`${canonicalJson({ ...unsigned, keys: [] })}\n`, shownOf(3)),
      'holds holds fails open',
    );
    const checkpoint = (JSON.parse(proofOf(3, 7)) as { checkpoint: string }).checkpoint;
    assert.ok(parseCheckpoint(checkpoint));
    assert.equal(
      await resultsOf(`${canonicalJson({ ...unsigned, checkpoint })}\n`, shownOf(3)),
      'holds fails holds open',
    );
    assert.equal(await resultsOf('{"error":"no proof"}', shownOf(3)), 'fails');
  });

  it('shows a part of an entry, and fails if that part is not as it was logged', async () => {
    const part = shownOf(3, { whole: false, entry: { operation: 'höflich' } });
    assert.equal(await resultsOf(proofOf(3, 6), part), 'holds holds holds open');
    assert.equal(await resultsOf(proofOf(3, 6), { ...part, whole: true }), 'fails holds holds open');
    assert.equal(await resultsOf(proofOf(3, 6), { ...part, entry: { operation: 'other' } }), 'fails holds holds open');
  });

  it('reads notes and canonical JSON as others write them', async () => {
    const [key, note] = [await readKey(signed.key), readNote(signed.note)];
    assert.ok(key !== null && note !== null);
    assert.ok(await isSignedBy(note, [key]));
    assert.ok(!(await isSignedBy({ ...note, text: 'something else\n' }, [key])));
    for (const { written, canonical: text } of canonical.same) assert.equal(canonicalJson(JSON.parse(written)), text);
  });
});
