import type { OutgoingProxy } from '../../domain/outgoing-proxy.ts';
import { RootKeyError } from '../../domain/root-key-error.ts';
import type { Secret } from '../../domain/secret.ts';
import { UnopenableError } from '../../domain/unopenable-error.ts';
import type { Binding } from '../sealed-value.ts';

/** Where key services are, and what they are spoken to with. Credentials for the two clouds come from their own libraries. */
export interface KeyServices {
  /** Null: the public endpoint of the key's region. */
  readonly awsEndpoint: string | null;
  readonly gcpEndpoint: string;
  readonly vault: VaultAccess | null;
  /** The proxy for requests to the key services; null: none. */
  readonly proxy: OutgoingProxy | null;
}

export interface VaultAccess {
  /** Without a trailing slash. */
  readonly address: string;
  readonly namespace: string | null;
  /** A token, or the file in which another program (an agent of Vault's) keeps a current one. */
  readonly token: Secret | { readonly file: string };
}

/** A context as a map of texts, sorted by name: AWS calls this an encryption context. */
export function textContext(context: Binding): Record<string, string> {
  const names = Object.keys(context).sort();
  return Object.fromEntries(names.map(name => [name, String(context[name])]));
}

/** The context as bytes, always spelled the same: additional authenticated data. */
export function contextBytes(context: Binding): Buffer {
  return Buffer.from(JSON.stringify(textContext(context)));
}

/**
 * The bytes behind a text, if the text is their one canonical spelling: decoders ignore spare bits and white space (RFC 4648
 * section 3.5), and services decode that way too. Throws `UnopenableError`.
 */
export function exactBytes(text: string, encoding: 'base64' | 'base64url'): Buffer {
  const bytes = Buffer.from(text, encoding);
  if (bytes.length > 0 && bytes.toString(encoding) === text) return bytes;
  throw new UnopenableError('its encoding is not canonical');
}

/** Loads an optional dependency. Throws `RootKeyError` `not_installed`, which says how to install it. */
export async function loadPackage<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new RootKeyError(
      'not_installed',
      `PORTCULLIS_ROOT_KEYS names a key that needs the package ${name}, which is not installed. Run: npm install ${name}`,
      { cause },
    );
  }
}

/** CRC-32C (Castagnoli), reflected: RFC 3720 section 12.1 and appendix B.4, which has the vectors. */
const polynomial = 0x82f63b78;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
  return rest >>> 0;
});

/** The checksum by which Google's services detect values that were damaged on their way: an unsigned 32-bit integer. */
export function crc32c(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = (rest >>> 8) ^ (table[(rest ^ byte) & 0xff] ?? 0);
  return (rest ^ 0xffffffff) >>> 0;
}
