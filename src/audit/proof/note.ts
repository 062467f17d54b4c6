import type { SignerKey, VerifierKey } from './signing-keys.ts';

/** A signed note (https://c2sp.org/signed-note): some lines of text, an empty line, and signatures of that text. */
export interface Note {
  /** Ends with a line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  /** The id of the key, eight hexadecimal digits. */
  readonly id: string;
  readonly signature: Buffer;
}

/** A note takes no more than what a verifier reads. */
const signaturesMax = 16;

/** Signs with every key, in this order: at a change of keys with the old one and the new one. */
export function signNote(text: string, signers: readonly SignerKey[]): string {
  if (!isNoteText(text)) throw new Error('this is no text of a note');
  const lines = signers.map(({ verifier, sign }) => {
    const bytes = Buffer.concat([Buffer.from(verifier.id, 'hex'), sign(text)]);
    return `— ${verifier.name} ${bytes.toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** Null: not a note of ours. Exactly one spelling is accepted, so that no byte can be changed unnoticed. */
export function parseNote(written: string): Note | null {
  const end = written.lastIndexOf('\n\n');
  const text = written.slice(0, end + 1);
  if (end < 0 || !isNoteText(text)) return null;
  const lines = written.slice(end + 2).split('\n');
  if (lines.pop() !== '' || lines.length === 0 || lines.length > signaturesMax) return null;
  const signatures = lines.map(signatureIn);
  return signatures.every(signature => signature !== null) ? { text, signatures } : null;
}

function signatureIn(line: string): NoteSignature | null {
  const [name, encoded = ''] = /^— (\S+) ([A-Za-z0-9+/=]+)$/.exec(line)?.slice(1) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  if (name === undefined || bytes.length !== 68 || bytes.toString('base64') !== encoded) return null;
  return { name, id: bytes.subarray(0, 4).toString('hex'), signature: bytes.subarray(4) };
}

/** Not empty, whole lines, no control characters. */
function isNoteText(text: string): boolean {
  return text.endsWith('\n') && !/[^\P{Cc}\n]/u.test(text) && text.isWellFormed();
}

/**
 * The keys of the signatures. Null if a signature is by a key that is not in `keys`, or is wrong, or if two are by one
 * key: a note must be right as a whole.
 */
export function signersOf(note: Note, keys: readonly VerifierKey[]): VerifierKey[] | null {
  const signers: VerifierKey[] = [];
  for (const { name, id, signature } of note.signatures) {
    const key = keys.find(known => known.name === name && known.id === id);
    if (key === undefined || signers.includes(key) || !key.verifies(note.text, signature)) return null;
    signers.push(key);
  }
  return signers;
}
