import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

/**
 * Keys of signed notes (https://c2sp.org/signed-note), Ed25519. Their text form, `NAME+ID+BASE64`, is what people pin:
 * the id is four bytes of a digest over name and key, so that a name cannot be put on another key.
 */
export interface VerifierKey {
  readonly name: string;
  /** Eight hexadecimal digits. */
  readonly id: string;
  readonly text: string;
  verifies(message: string, signature: Buffer): boolean;
}

export interface SignerKey {
  readonly verifier: VerifierKey;
  sign(message: string): Buffer;
}

/** What the first byte of a key in a note says: Ed25519. */
const algorithm = 1;

/** @param seed 32 bytes, the private key of RFC 8032. */
export function signerKey(name: string, seed: Uint8Array): SignerKey {
  if (!isKeyName(name)) throw new Error(`no name of a key: ${name}`);
  if (seed.length !== 32) throw new Error('a seed has 32 bytes');
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(spki.length);
  return { verifier: verifierOf(name, raw), sign: message => sign(null, Buffer.from(message), key) };
}

/** Null: not the text form of a key. Only the canonical spelling is one. */
export function parseVerifierKey(text: string): VerifierKey | null {
  const [name = '', , encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text)?.slice(1) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  if (!isKeyName(name) || bytes.length !== 33 || bytes[0] !== algorithm) return null;
  const key = verifierOf(name, bytes.subarray(1));
  return key.text === text ? key : null;
}

function verifierOf(name: string, raw: Buffer): VerifierKey {
  const typed = Buffer.concat([Buffer.of(algorithm), raw]);
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'hex').slice(0, 8);
  const key: KeyObject = createPublicKey({ key: Buffer.concat([spki, raw]), format: 'der', type: 'spki' });
  return {
    name,
    id,
    text: `${name}+${id}+${typed.toString('base64')}`,
    verifies: (message, signature) => signature.length === 64 && verify(null, Buffer.from(message), key, signature),
  };
}

/** Not empty, no white space, no plus. */
function isKeyName(name: string): boolean {
  return /^[^\s+\p{Cc}]+$/u.test(name) && name.isWellFormed();
}

/** The bytes before the 32 bytes of a key in DER (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const spki = Buffer.from('302a300506032b6570032100', 'hex');
