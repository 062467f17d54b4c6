import type { WorkspaceId } from '../../domain/ids.ts';
import { checkpointText, signCheckpoint } from '../proof/checkpoint.ts';
import { growTree, leafHash, type TreeHash } from '../proof/merkle.ts';
import type { SignerKey } from '../proof/signing-keys.ts';
import type { LogEnd, LogName, NewBatch, NewEntries, SequencerSession, WaitingEntry } from './sequencing.ts';

/** With what checkpoints are signed, and the name of the root log. */
export interface LogSigners {
  readonly name: string;
  readonly signers: readonly SignerKey[];
}

/** What one round did: how many entries have a place now, and whether more are waiting. */
export interface Round {
  readonly entries: number;
  readonly more: boolean;
  /** The checkpoint of the root log; null if there was nothing to do. */
  readonly root: { readonly size: number; readonly note: string } | null;
}

/** Rows of the waiting list in one round: each has what one commit wrote. */
const rowsMax = 256;

const empty: LogEnd = { size: 0, edge: [], newestMs: 0 };

/**
 * Gives every waiting entry its place in its log, signs a checkpoint of each log that grew, puts these into the root log, and
 * signs that: all durable at once.
 */
export async function sequenceRound(session: SequencerSession, { name, signers }: LogSigners): Promise<Round> {
  const { rows, entries, lost } = await session.waiting(rowsMax);
  if (lost.length > 0) throw new Error(`entries were deleted before they had a place in the log: ${lost.join(' ')}`);
  if (entries.length === 0) return { entries: 0, more: false, root: null };
  const byLog = new Map<LogName, WaitingEntry[]>();
  for (const entry of entries) {
    const log = entry.workspaceId ?? 'deployment';
    const own = byLog.get(log);
    if (own === undefined) byLog.set(log, [entry]);
    else own.push(entry);
  }
  const ends = await session.ends([...byLog.keys(), 'root']);
  const rootEnd = ends.get('root') ?? empty;
  const heads: TreeHash[] = [];
  const added = [...byLog].map(([log, own]): NewEntries => {
    const origin = originOf(name, log);
    const leaves = own.map(({ entry }) => leafHash(Buffer.from(entry)));
    const [oldestMs, newestMs] = span(own);
    const { batch, head } = grow(ends.get(log) ?? empty, { leaves, newestMs }, origin, signers);
    heads.push(leafHash(Buffer.from(head)));
    const rootIndex = rootEnd.size + heads.length - 1;
    return { ...batch, log, entries: own.map(({ id }) => id), oldestMs, rootIndex };
  });
  const { batch: root } = grow(rootEnd, { leaves: heads, newestMs: 0 }, name, signers);
  await session.add({ entries: added, root, taken: rows });
  return { entries: entries.length, more: rows.length === rowsMax, root: { size: root.end.size, note: root.note } };
}

/** When the oldest of some entries was, and the newest. */
function span(entries: readonly WaitingEntry[]): [oldestMs: number, newestMs: number] {
  let [oldest, newest] = [Number.POSITIVE_INFINITY, 0];
  for (const { atMs } of entries) {
    oldest = Math.min(oldest, atMs);
    newest = Math.max(newest, atMs);
  }
  return [oldest, newest];
}

/** The name of a log of entries, below that of the root log. */
export function originOf(name: string, log: WorkspaceId | 'deployment'): string {
  return `${name}/${log}`;
}

function grow(
  from: LogEnd,
  { leaves, newestMs }: { leaves: readonly TreeHash[]; newestMs: number },
  origin: string,
  signers: readonly SignerKey[],
): { batch: NewBatch; head: string } {
  const tree = growTree(from);
  for (const leaf of leaves) tree.append(leaf);
  const checkpoint = { origin, size: tree.size, root: tree.root() };
  const end = { size: tree.size, edge: [...tree.edge], newestMs: Math.max(from.newestMs, newestMs) };
  const note = signCheckpoint(checkpoint, signers);
  return { batch: { first: from.size, leaves, end, note }, head: checkpointText(checkpoint) };
}
