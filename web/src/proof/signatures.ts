import { type Bytes, concat, fromBase64, sha256, toHex, utf8 } from './bytes.ts';

/** A public key of a log, from its text form `NAME+ID+BASE64` (https://c2sp.org/signed-note). */
export interface LogKey {
  readonly text: string;
  readonly name: string;
  readonly id: string;
  /** 32 bytes, Ed25519. */
  readonly bytes: Bytes;
}

/** What the first byte of a key says: Ed25519. */
const ed25519 = 1;

/** Null: not the text form of a key, or its id belongs to another name or key. */
export async function readKey(text: string): Promise<LogKey | null> {
  const [name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text)?.slice(1) ?? [];
  const typed = fromBase64(encoded);
  if (typed === null || typed.length !== 33 || typed[0] !== ed25519) return null;
  const digest = await sha256(concat(utf8(`${name}\n`), typed));
  return toHex(digest.slice(0, 4)) === id ? { text, name, id, bytes: typed.slice(1) } : null;
}

interface Signature {
  readonly name: string;
  readonly id: string;
  readonly bytes: Bytes;
}

export interface SignedNote {
  /** Ends with a line feed. */
  readonly text: string;
  readonly signatures: readonly Signature[];
}

/** Null: not a signed note (https://c2sp.org/signed-note): text, an empty line, and lines of signatures. */
export function readNote(written: string): SignedNote | null {
  const end = written.lastIndexOf('\n\n');
  const lines = written.slice(end + 2).split('\n');
  if (end <= 0 || lines.pop() !== '' || lines.length === 0) return null;
  const signatures = lines.map(signatureIn).filter(signature => signature !== null);
  return signatures.length === lines.length ? { text: written.slice(0, end + 1), signatures } : null;
}

function signatureIn(line: string): Signature | null {
  const [name, encoded = ''] = /^— (\S+) ([A-Za-z0-9+/=]+)$/.exec(line)?.slice(1) ?? [];
  const bytes = fromBase64(encoded);
  if (name === undefined || bytes === null || bytes.length !== 68) return null;
  return { name, id: toHex(bytes.slice(0, 4)), bytes: bytes.slice(4) };
}

/**
 * Whether every signature of the note is by one of the keys, each by another, and there is one of each key. Throws
 * `NotSupportedError` where the browser has no Ed25519.
 */
export async function isSignedBy({ text, signatures }: SignedNote, keys: readonly LogKey[]): Promise<boolean> {
  if (keys.length === 0 || keys.length !== signatures.length) return false;
  for (const { name, id, bytes } of keys) {
    const signature = signatures.find(one => one.name === name && one.id === id);
    if (signature === undefined) return false;
    const key = await crypto.subtle.importKey('raw', bytes, 'Ed25519', false, ['verify']);
    if (!(await crypto.subtle.verify('Ed25519', key, signature.bytes, utf8(text)))) return false;
  }
  return new Set(keys.map(({ text: key }) => key)).size === keys.length;
}
