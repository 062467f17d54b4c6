import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import vector from '../../../test/vectors/signed-note.json' with { type: 'json' };
import { parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { emptyRoot } from './merkle.ts';
import { parseNote, signersOf, signNote } from './note.ts';
import { parseVerifierKey, signerKey } from './signing-keys.ts';

const signer = signerKey('portcullis.example/log', Buffer.alloc(32, 1));
const successor = signerKey('portcullis.example/log', Buffer.alloc(32, 2));
const keys = [signer.verifier, successor.verifier];

describe('signed notes', () => {
  it('are read as others write them', () => {
    const key = parseVerifierKey(vector.key);
    const note = parseNote(vector.note);
    assert.ok(key !== null && note !== null);
    assert.deepEqual(signersOf(note, [key]), [key]);
  });

  it('are read as they were written, with one key or two', () => {
    for (const signers of [[signer], [signer, successor]]) {
      const note = parseNote(signNote('some text\n', signers));
      assert.deepEqual(
        note && signersOf(note, keys),
        signers.map(({ verifier }) => verifier),
      );
    }
  });

  it('count for nothing with a signature that is wrong, strange or given twice', () => {
    const note = parseNote(signNote('some text\n', [signer, successor]));
    assert.ok(note);
    assert.equal(signersOf({ ...note, text: 'other text\n' }, keys), null);
    assert.equal(signersOf(note, [signer.verifier]), null);
    const [first] = note.signatures;
    assert.equal(first && signersOf({ ...note, signatures: [first, first] }, keys), null);
  });

  for (const [what, written] of [
    ['no signature', 'text\n\n'],
    ['a line that is not whole', 'text'],
    ['a control character', signNote('text\n', [signer]).replace('te', 't\u0007e')],
    ['another dash', signNote('text\n', [signer]).replace('—', '-')],
    ['something after it', `${signNote('text\n', [signer])} `],
    ['base64 with other last bits', signNote('text\n', [signer]).replace(/(.)=\n$/, (_, last) => `${next(last)}=\n`)],
  ] as const) {
    it(`are refused with ${what}`, () => {
      assert.equal(parseNote(written), null);
    });
  }

  it('have keys in one spelling alone', () => {
    const { text } = signer.verifier;
    assert.equal(parseVerifierKey(text)?.id, signer.verifier.id);
    for (const other of [
      `${text}=`,
      text.replace('portcullis', 'porticullis'),
      text.replace('+', ' '),
      text.toUpperCase(),
    ])
      assert.equal(parseVerifierKey(other), null, other);
  });
});

describe('checkpoints', () => {
  it('are read as they were written', () => {
    const written = signCheckpoint({ origin: 'a/b', size: 0, root: emptyRoot }, [signer]);
    const { origin, size, root } = parseCheckpoint(written) ?? {};
    assert.deepEqual([origin, size, root], ['a/b', 0, emptyRoot]);
  });

  for (const text of ['a/b\n00\nR\n', 'a/b\n-1\nR\n', 'a/b\n1\nR\nmore\n', '\n1\nR\n', 'a/b\n1e3\nR\n', 'a/b\n1\n'])
    it(`are nothing else: ${JSON.stringify(text)}`, () => {
      const whole = text.replace('R', Buffer.from(emptyRoot, 'latin1').toString('base64'));
      assert.equal(parseCheckpoint(signNote(whole, [signer])), null);
    });
});

/** The next letter of base64: other bits where only zeros may be. */
function next(letter: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return letters.charAt(letters.indexOf(letter) + 1);
}
