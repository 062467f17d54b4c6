import { type Bytes, fromBase64, utf8 } from './bytes.ts';
import { canonicalJson } from './canonical-json.ts';
import { type LogKey, readKey, readNote, type SignedNote } from './signatures.ts';

/** One entry, and what shows that it is in the log of a signed checkpoint: docs/log.md. */
export interface EntryProof {
  readonly entry: Readonly<Record<string, unknown>>;
  /** The entry's canonical JSON. */
  readonly bytes: Bytes;
  readonly index: number;
  readonly path: readonly Bytes[];
  readonly checkpoint: Checkpoint;
  /** Those that have signed the checkpoint, as the proof says. */
  readonly keys: readonly LogKey[];
}

/** What a log says of itself at one moment (https://c2sp.org/tlog-checkpoint). */
interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Bytes;
  readonly note: SignedNote;
}

/** Null: not a proof, or not the one spelling of it. */
export async function readProof(line: string): Promise<EntryProof | null> {
  const written = parsed(line);
  if (written === null || `${canonicalJson(written)}\n` !== line) return null;
  const { checkpoint: note, entry, format, index, keys, path, ...others } = written;
  if (format !== 'portcullis-log-proof/1' || Object.keys(others).length > 0) return null;
  if (!isRecord(entry) || !isIndex(index) || !isTexts(keys) || !isTexts(path) || typeof note !== 'string') return null;
  const checkpoint = readCheckpoint(note);
  const hashes = path.map(hashIn).filter(hash => hash !== null);
  const read = (await Promise.all(keys.map(readKey))).filter(key => key !== null);
  if (checkpoint === null || hashes.length !== path.length || read.length !== keys.length) return null;
  return { entry, bytes: utf8(canonicalJson(entry)), index, path: hashes, checkpoint, keys: read };
}

function readCheckpoint(written: string): Checkpoint | null {
  const note = readNote(written);
  const [origin = '', count = '', encoded = '', ...rest] = note?.text.split('\n') ?? [];
  const root = hashIn(encoded);
  if (note === null || origin === '' || root === null || !/^(0|[1-9]\d{0,14})$/.test(count)) return null;
  return rest.join('\n') === '' && rest.length === 1 ? { origin, size: Number(count), root, note } : null;
}

function hashIn(text: string): Bytes | null {
  const bytes = fromBase64(text);
  return bytes?.length === 32 ? bytes : null;
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= 64 && value.every(one => typeof one === 'string');
}
