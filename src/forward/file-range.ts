import type { FileRequest } from '../domain/file-links.ts';

/** One range of bytes (RFC 9110 section 14.1.2). Several at once are answered with the whole file, as storage does. */
const oneRange = /^bytes=(?:\d{1,15}-\d{0,15}|-\d{1,15})$/;
const strongTag = /^"[\x21\x23-\x7e]{0,128}"$/;
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

export type StorageHeaders = Readonly<Record<string, string>>;

/**
 * The request headers for the file storage. Notion signs `GET` and no other method, so a `HEAD` asks for the first
 * byte, whose answer has the size. `If-Range` becomes a precondition that the storage knows; a 412 then means "send it
 * whole".
 */
export function storageHeaders({ method, range, ifRange }: FileRequest): StorageHeaders {
  if (method === 'HEAD') return { range: 'bytes=0-0' };
  if (range === null || !oneRange.test(range)) return {};
  if (ifRange === null) return { range };
  if (strongTag.test(ifRange)) return { range, 'if-match': ifRange };
  if (httpDate.test(ifRange)) return { range, 'if-unmodified-since': ifRange };
  // A weak validator, or none: it matches nothing (RFC 9110 section 13.1.5).
  return {};
}

/** The size of the whole file in a `Content-Range`; null if it has none. */
export function sizeIn(contentRange: string | undefined): string | null {
  return /^bytes (?:\d+-\d+|\*)\/(\d+)$/.exec(contentRange ?? '')?.[1] ?? null;
}
