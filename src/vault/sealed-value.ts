import { CompactEncrypt, compactDecrypt } from 'jose';
import { UnopenableError } from '../domain/unopenable-error.ts';

/** Encrypt-then-MAC and key-committing (RFC 7518 section 5.2.5). Pinned: never read from a value. */
const alg = 'dir';
const enc = 'A256CBC-HS512';

export const sealingKeyBytes = 64;
const ivBytes = 16;
const tagBytes = 32;

/** What a sealed value is bound to: it opens only for an equal binding. */
export type Binding = Readonly<Record<string, string | number>>;

/** A key and the name by which sealed values refer to it. */
export interface SealingKey {
  readonly kid: string;
  /** 64 bytes. */
  readonly bytes: Uint8Array;
}

/** Seals bytes as a compact JWE (RFC 7516 section 7.1) whose protected header carries the binding. */
export async function sealValue(key: SealingKey, binding: Binding, plaintext: Uint8Array): Promise<string> {
  return new CompactEncrypt(plaintext).setProtectedHeader(header(key.kid, binding)).encrypt(key.bytes);
}

/** Opens what `sealValue` made with the same key and binding. Throws `UnopenableError` for every other value. */
export async function openValue(key: SealingKey, binding: Binding, sealed: string): Promise<Uint8Array> {
  assertCanonical(sealed, header(key.kid, binding));
  try {
    const opened = await compactDecrypt(sealed, key.bytes, {
      keyManagementAlgorithms: [alg],
      contentEncryptionAlgorithms: [enc],
    });
    return opened.plaintext;
  } catch (cause) {
    throw new UnopenableError('it was altered, or sealed under another key', { cause });
  }
}

function header(kid: string, binding: Binding) {
  // `bound` keeps the binding's names apart from the header's own, so a binding can never choose an algorithm.
  return { alg, enc, kid, bound: Object.fromEntries(Object.entries(binding).sort(byName)) };
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

/**
 * Accepts only the exact spelling that `sealValue` produces. The header is compared as text, so none of its claims is
 * trusted. The other parts are compared with their re-encoding, because base64url decoders ignore spare bits, padding
 * and white space (RFC 4648 section 3.5).
 */
function assertCanonical(sealed: string, expected: object): void {
  const [head, encryptedKey, iv, ciphertext, tag, ...more] = sealed.split('.');
  if (head !== Buffer.from(JSON.stringify(expected)).toString('base64url')) {
    throw new UnopenableError('it does not belong here');
  }
  const sound =
    encryptedKey === '' &&
    bytesIn(iv) === ivBytes &&
    bytesIn(ciphertext) > 0 &&
    bytesIn(tag) === tagBytes &&
    !more.length;
  if (!sound) throw new UnopenableError('its encoding is not canonical');
}

/** How many bytes a canonical base64url part holds; 0 when it is not canonical. */
function bytesIn(part: string | undefined): number {
  if (part === undefined) return 0;
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes.length : 0;
}
