import { bundleFormat, digestOfLines, lineBytesMax, sealText } from './bundle-lines.ts';
import { isCanonicalJson } from './canonical-json.ts';
import { type Checkpoint, checkpointText, parseCheckpoint } from './checkpoint.ts';
import { entryStart, isEntryLine, nameOfEntry, readEntryLine } from './entry-lines.ts';
import { compareWithKept } from './kept-checkpoint.ts';
import { growTree, leafHash, type TreeHash } from './merkle.ts';
import { parseNote, signersOf } from './note.ts';
import { type BundleHead, brokenIn, headIn, noteIn, rootIn } from './parse-lines.ts';
import { createProblems } from './problems.ts';
import { type Line, linesOf } from './read-lines.ts';
import type { VerifierKey } from './signing-keys.ts';
import { provesInclusion } from './tree-proofs.ts';
import type { Trust, Verdict } from './verdict.ts';

/** Other code that wants to see the entries. Their bytes are valid during the call only. */
export interface Watching {
  entry?(index: number, entry: Buffer, leaf: TreeHash): void;
  /** Now and then: how many entries were seen. */
  progress?(count: number): void;
}

/** Verifies a bundle from its bytes, in constant memory. Nothing in it is trusted. */
export async function verifyBundle(
  pieces: AsyncIterable<Buffer>,
  trust: Trust,
  watching: Watching = {},
): Promise<Verdict> {
  const reader = createBundleReader(trust, watching);
  for await (const lines of linesOf(pieces)) {
    for (const line of lines) reader.take(line);
    watching.progress?.(reader.size());
  }
  return reader.end();
}

function createBundleReader(trust: Trust, watching: Watching) {
  const problems = createProblems();
  const digest = digestOfLines();
  const tree = growTree();
  const kept = compareWithKept(trust.against, problems);
  /** What the next line may be. */
  let place: 'head' | 'entries' | 'seal' | 'end' = 'head';
  let lineNumber = 0;
  let head: BundleHead | null = null;
  /** The index of the next entry. The tree stays behind it once entries are missing. */
  let next = 0;
  let last: { readonly checkpoint: Checkpoint; readonly written: string } | null = null;
  /** The last checkpoint, its place in the root log and the seal: each must be signed by the pinned key. */
  let pinned = 0;

  function take({ bytes, whole }: Line) {
    lineNumber += 1;
    if (!whole || bytes.length >= lineBytesMax) return problems.add(`line ${lineNumber} is cut off or too long`);
    if (place === 'entries' && isEntryLine(bytes)) return takeEntry(bytes);
    const line = bytes.toString();
    if (!Buffer.from(line).equals(bytes) || !isCanonicalJson(line)) return refuse();
    if (place === 'head') return takeHead(line);
    if (place === 'entries' && line.startsWith('{"checkpoint":')) return takeCheckpoint(line);
    if (place === 'entries' && line.startsWith('{"root":')) return takeRoot(line);
    if (place === 'entries') return takeBroken(line);
    if (place === 'seal' && line.startsWith('{"seal":')) return takeSeal(line);
    refuse();
  }

  function refuse(): void {
    problems.add(`line ${lineNumber} is not what stands there in a bundle`);
  }

  function takeHead(line: string) {
    place = 'entries';
    digest.add(`${line}\n`);
    head = headIn(line);
    if (head === null) problems.add(`line 1 is not the head of a bundle of the format ${bundleFormat}`);
  }

  function takeEntry(bytes: Buffer) {
    const read = readEntryLine(bytes, next);
    if (read.kind === 'unreadable') return refuse();
    if (read.kind === 'elsewhere') return takeMoved(read.index, bytes);
    const name = () => nameOfEntry(next, bytes);
    if (read.kind === 'changed')
      problems.add(`entry ${name()} was changed: it does not have the hash that was logged for it`);
    if (read.kind === 'not_canonical') problems.add(`entry ${name()} is not canonical JSON`);
    watching.entry?.(next, bytes.subarray(entryStart, read.end), read.leaf);
    tree.append(read.leaf);
    next += 1;
    if (tree.size === next) kept.look(tree);
  }

  function takeMoved(index: number, bytes: Buffer): void {
    if (index < next) {
      problems.add(`entry ${nameOfEntry(index, bytes)} stands again, or too late, after entry ${next - 1}`);
      return;
    }
    problems.add(
      index === next + 1 ? `entry ${next} is missing` : `entries ${next} to ${index - 1} are missing before ${index}`,
    );
    next = index + 1;
  }

  /** What the exporter itself found wrong. */
  function takeBroken(line: string) {
    const broken = brokenIn(line);
    if (broken === null) return refuse();
    if ('stray' in broken) {
      problems.add(`entry ${broken.stray} was never logged: it was written into the database directly`);
      return;
    }
    problems.add(`entry ${broken.index} (${broken.missing}) is missing: the database no longer had it`);
    next = Math.max(next, broken.index + 1);
  }

  function takeCheckpoint(line: string) {
    digest.add(`${line}\n`);
    const written = noteIn(line, 'checkpoint') ?? '';
    const checkpoint = parseCheckpoint(written);
    if (checkpoint === null) return problems.add(`line ${lineNumber} is not a checkpoint`);
    const { size, origin, root, note } = checkpoint;
    const about = `the checkpoint of size ${size}`;
    const before = last?.checkpoint.size ?? -1;
    if (signersOf(note, keys()) === null) problems.add(`${about} is not signed by the keys of the log`);
    if (origin !== head?.origin) problems.add(`${about} is of another log`);
    if (size <= before) problems.add(`${about} stands in the wrong place`);
    if (size !== next) problems.add(`${about} does not cover the ${next} entries before it`);
    else if (tree.size !== next) problems.add(`${about} cannot be compared: entries are missing`);
    else if (tree.root() !== root) {
      const range = `${Math.max(before, 0)} to ${size - 1}`;
      problems.add(`${about} has another root: something among the entries ${range} was changed`);
    }
    last = { checkpoint, written };
  }

  function takeRoot(line: string) {
    place = 'seal';
    digest.add(`${line}\n`);
    const found = rootIn(line);
    const checkpoint = parseCheckpoint(found?.root ?? '');
    if (found === null || checkpoint === null) return problems.add(`line ${lineNumber} is no place in the root log`);
    const signers = signersOf(checkpoint.note, keys());
    if (signers === null) problems.add('the checkpoint of the root log is not signed by the keys of the log');
    if (checkpoint.origin !== head?.name) problems.add('the checkpoint of the root log is of another root log');
    countPinned(signers);
    const leaf = last === null ? '' : leafHash(Buffer.from(checkpointText(last.checkpoint)));
    const proof = { index: found.rootIndex, size: checkpoint.size, leaf, path: found.rootPath };
    if (!provesInclusion(proof, checkpoint.root)) problems.add('the last checkpoint is not in the root log');
  }

  function takeSeal(line: string) {
    place = 'end';
    const note = parseNote(noteIn(line, 'seal') ?? '');
    const signers = note === null ? null : signersOf(note, keys());
    if (note === null || signers === null) return problems.add('the seal is not signed by the keys of the log');
    const sealed = { origin: head?.origin ?? '', size: next, digest: digest.value() };
    const ids = signers.map(({ id }) => id);
    if (note.text !== sealText(sealed, ids))
      problems.add('the seal is on something else: a line was changed, left out or added');
    countPinned(signers);
  }

  function countPinned(signers: readonly VerifierKey[] | null): void {
    if (signers?.some(({ text }) => text === trust.key?.text)) pinned += 1;
  }

  function keys(): readonly VerifierKey[] {
    return head?.keys ?? [];
  }

  function end(): Verdict {
    if (place !== 'end') problems.add('the bundle is cut off: its end is missing');
    if (last === null) problems.add('no checkpoint covers the entries');
    else if (last.checkpoint.size !== next)
      problems.add(`the last checkpoint covers ${last.checkpoint.size} entries of ${next}`);
    const note = parseNote(last?.written ?? '');
    countPinned(note === null ? null : signersOf(note, keys()));
    if (trust.key !== null && pinned < 3) problems.add(`the key ${trust.key.text} has not signed this`);
    kept.end({ origin: head?.origin ?? null, size: next, keys: keys() });
    return {
      ...problems.verdict(),
      origin: head?.origin ?? null,
      size: next,
      checkpoint: last?.written ?? null,
      keys: keys().map(({ text }) => text),
      continues: kept.continues(),
    };
  }

  return { take, end, size: () => next };
}
