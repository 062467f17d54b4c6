import { createHmac, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The content of uploads, and the signed addresses under which Notion's storage hands it out. */
export interface FileStore {
  put(id: string, bytes: Buffer): void;
  get(id: string): Buffer | null;
  /** The signature of an address that is good until `expiresAtMs`. */
  sign(id: string, expiresAtMs: number): string;
  verify(id: string, expiresAtMs: number, signature: string): boolean;
}

/** Keeps files in a directory, or without one in memory. Signatures made with another `secret` are not accepted. */
export function createFileStore(secret: string, directory?: string): FileStore {
  const sign = (id: string, expiresAtMs: number) =>
    createHmac('sha256', secret).update(`${id}/${expiresAtMs}`).digest('hex');
  return {
    ...(directory === undefined ? inMemory() : onDisk(directory)),
    sign,
    verify(id, expiresAtMs, signature) {
      const expected = Buffer.from(sign(id, expiresAtMs));
      const given = Buffer.from(signature);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}

function inMemory(): Pick<FileStore, 'put' | 'get'> {
  const files = new Map<string, Buffer>();
  return { put: (id, bytes) => files.set(id, bytes), get: id => files.get(id) ?? null };
}

function onDisk(directory: string): Pick<FileStore, 'put' | 'get'> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // Ids are uuids of our own making by the time they get here.
  const path = (id: string) => join(directory, id);
  return {
    put: (id, bytes) => writeFileSync(path(id), bytes, { mode: 0o600 }),
    get(id) {
      try {
        return readFileSync(path(id));
      } catch {
        return null;
      }
    },
  };
}
