import { hash } from 'node:crypto';
import { entryEnd } from './bundle-lines.ts';
import { isCanonicalJson } from './canonical-json.ts';
import { type TreeHash, toBase64 } from './merkle.ts';
import { isPlainCanonicalJson } from './plain-json.ts';

const start = Buffer.from('{"entry":');
/** Where the entry begins in its line. */
export const entryStart = start.length;
const hashLength = 44;

/**
 * The result of reading a line with an entry. `leaf` is computed from the bytes of the entry, never taken from the
 * line. The entry goes from `entryStart` to before `end`.
 */
export type EntryLine =
  | { readonly kind: 'as_logged' | 'changed' | 'not_canonical'; readonly leaf: TreeHash; readonly end: number }
  | { readonly kind: 'elsewhere'; readonly index: number }
  | { readonly kind: 'unreadable' };

export function isEntryLine(line: Buffer): boolean {
  return line.length > start.length && line.compare(start, 0, start.length, 0, start.length) === 0;
}

/**
 * Reads a line that begins as one with an entry does.
 *
 * @param index where the entry must stand. All that follows it in its line is then known beforehand, but for the hash.
 */
export function readEntryLine(line: Buffer, index: number): EntryLine {
  const end = line.length - entryEnd(index, '').length - hashLength;
  if (end <= start.length) return readMoved(line);
  const leaf = hashInPlace(line, start.length, end);
  const after = line.toString('latin1', end);
  if (after === entryEnd(index, toBase64(leaf)))
    return { kind: isCanonicalEntry(line, end) ? 'as_logged' : 'not_canonical', leaf, end };
  const isHere = after.startsWith(entryEnd(index, '').slice(0, -2)) && after.endsWith('"}');
  return isHere ? { kind: 'changed', leaf, end } : readMoved(line);
}

function readMoved(line: Buffer): EntryLine {
  const [index] = /,"index":(0|[1-9]\d{0,14}),"leaf":"[A-Za-z0-9+/=]{44}"\}$/.exec(line.toString())?.slice(1) ?? [];
  return index === undefined ? { kind: 'unreadable' } : { kind: 'elsewhere', index: Number(index) };
}

/** `12 (evt_…)`: how a person finds an entry. */
export function nameOfEntry(index: number, line: Buffer): string {
  const [id] = /"id":"(evt_[0-9a-f-]{36})"/.exec(line.toString())?.slice(1) ?? [];
  return id === undefined ? String(index) : `${index} (${id})`;
}

/**
 * Hashes a part of a line as a leaf. It writes the prefix into the byte before the part for a moment, which saves a
 * copy.
 */
function hashInPlace(line: Buffer, from: number, to: number): TreeHash {
  const before = line[from - 1] as number;
  line[from - 1] = 0;
  const leaf = hash('sha256', line.subarray(from - 1, to), 'binary');
  line[from - 1] = before;
  return leaf;
}

function isCanonicalEntry(line: Buffer, end: number): boolean {
  if (line[entryStart] !== 0x7b) return false;
  if (isPlainCanonicalJson(line, entryStart, end)) return true;
  const text = line.toString('utf8', entryStart, end);
  // Bytes that are no UTF-8 become replacement characters, which have other bytes.
  if (text.includes('\ufffd') && !Buffer.from(text).equals(line.subarray(entryStart, end))) return false;
  return isCanonicalJson(text);
}
