import { decodeOnce } from './decode-once.ts';

const dashed = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const dashedAnyCase = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const undashed = /^[0-9a-f]{32}$/i;

/** The canonical spelling (dashed, lower case) of an id in a spelling that Notion accepts; null for anything else. */
export function canonicalId(value: string): string | null {
  if (value.length === 36) {
    if (dashed.test(value)) return value;
    return dashedAnyCase.test(value) ? value.toLowerCase() : null;
  }
  return value.length === 32 && undashed.test(value) ? addDashes(value.toLowerCase()) : null;
}

function addDashes(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * True for every text that could pass as a Notion id: 32 hexadecimal digits, with dashes anywhere, in braces, or as a
 * URN. Wider than `canonicalId` on purpose: an id that Notion accepts and we do not recognise must not pass unseen.
 */
export function looksLikeId(value: string): boolean {
  if (value.length < 32 || value.length > 128) return false;
  return undashed.test(
    decodeOnce(value)
      .replace(/^urn:uuid:/i, '')
      .replace(/[-{}\s]/g, ''),
  );
}

/** An id in a form of its own that Notion uses for some objects, such as `task_…` of an async task. */
export function isOpaqueId(value: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(value);
}
