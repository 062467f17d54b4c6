import { createHash, randomBytes } from 'node:crypto';

/** Makes every id and secret of one emulator, so that a seeded emulator repeats itself exactly. */
export interface Identifiers {
  uuid(): string;
  /** A secret in Notion's style: the prefix, then 43 letters and digits. */
  secret(prefix: string): string;
}

/** Random identifiers, or with a `seed` the same sequence at every start. */
export function createIdentifiers(seed?: string): Identifiers {
  const bytes = seed === undefined ? randomBytes : seededBytes(seed);
  return {
    uuid: () => uuidFrom(bytes(16)),
    secret: prefix => prefix + alphanumeric(bytes(43)),
  };
}

/** A uuid that is always the same for the same name: seeds use it, so that examples can quote ids. */
export function uuidNamed(name: string): string {
  return uuidFrom(createHash('sha256').update(name).digest().subarray(0, 16));
}

/** Notion accepts ids with and without dashes and in any case; answers the dashed lower-case form, or `null`. */
export function canonicalId(text: string): string | null {
  if (DASHED.test(text)) return text.toLowerCase();
  if (!UNDASHED.test(text)) return null;
  const hex = text.toLowerCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const DASHED = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const UNDASHED = /^[0-9a-f]{32}$/i;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function seededBytes(seed: string): (count: number) => Buffer {
  let block = 0;
  return count => {
    const parts: Buffer[] = [];
    for (let filled = 0; filled < count; filled += 32) {
      block += 1;
      parts.push(createHash('sha256').update(`${seed}/${block}`).digest());
    }
    return Buffer.concat(parts).subarray(0, count);
  };
}

function uuidFrom(bytes: Uint8Array): string {
  const copy = Buffer.from(bytes);
  copy[6] = ((copy[6] ?? 0) & 0x0f) | 0x40;
  copy[8] = ((copy[8] ?? 0) & 0x3f) | 0x80;
  const hex = copy.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function alphanumeric(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += ALPHABET[byte % ALPHABET.length];
  return text;
}
