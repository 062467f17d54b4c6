import { hkdfSync } from 'node:crypto';

/**
 * Derives a key for one purpose (HKDF, RFC 5869). The same label always gives the same key. A derived key reveals
 * nothing about the others.
 */
export type DeriveKey = (label: string, bytes?: number) => Buffer;

export function deriveKeysFrom(secret: Uint8Array): DeriveKey {
  return (label, bytes = 32) =>
    Buffer.from(hkdfSync('sha512', secret, Buffer.alloc(0), `portcullis/v1/${label}`, bytes));
}
