import { hkdfSync } from 'node:crypto';

/** A key for one purpose (HKDF, RFC 5869): the same for the same label, and telling nothing about any other. */
export type DeriveKey = (label: string, bytes?: number) => Buffer;

export function deriveKeysFrom(secret: Uint8Array): DeriveKey {
  return (label, bytes = 32) =>
    Buffer.from(hkdfSync('sha512', secret, Buffer.alloc(0), `portcullis/v1/${label}`, bytes));
}
