import { checkpointText, signCheckpoint } from '../../src/audit/proof/checkpoint.ts';
import type { ArchivedEntry, LogArchive } from '../../src/audit/proof/log-archive.ts';
import { growTree, leafHash } from '../../src/audit/proof/merkle.ts';
import { type SignerKey, signerKey } from '../../src/audit/proof/signing-keys.ts';
import { pathNearEdge } from '../../src/audit/proof/tree-proofs.ts';
import { writeBundle } from '../../src/audit/proof/write-bundle.ts';
import type { EventId } from '../../src/domain/ids.ts';

const name = 'portcullis.example/log';
export const oldKey = signerKey(name, Buffer.alloc(32, 1));
export const newKey = signerKey(name, Buffer.alloc(32, 2));

export function anEntry(number: number): string {
  const id = `evt_019ad7a4-0000-7000-8000-${String(number).padStart(12, '0')}`;
  return JSON.stringify({ id, kind: 'event', operation: 'höflich', v: 1 });
}

/** A log in memory, with a checkpoint after each of these sizes. */
export function aLog(
  sizes: readonly number[],
  given: { workspace?: string; entryOf?: (number: number) => string; signers?: readonly SignerKey[] } = {},
): LogArchive {
  const { workspace = 'wsp_a', entryOf = anEntry, signers = [oldKey, newKey] } = given;
  const origin = `${name}/${workspace}`;
  const entries: ArchivedEntry[] = [];
  const tree = growTree();
  const checkpoints = sizes.map(size => {
    while (tree.size < size) {
      const entry = entryOf(tree.size);
      const leaf = leafHash(Buffer.from(entry));
      const { id } = JSON.parse(entry) as { id: EventId };
      entries.push({ id, index: tree.size, leaf, entry });
      tree.append(leaf);
    }
    return { size, root: tree.root(), note: signCheckpoint({ origin, size, root: tree.root() }, signers) };
  });
  // A root log in which others are before this one, and after it.
  const leaves = [leafHash(Buffer.of(1)), ...checkpoints.map(leafOf), leafHash(Buffer.of(2))];
  const root = growTree();
  for (const leaf of leaves) root.append(leaf);
  function leafOf({ size, root }: { size: number; root: string }) {
    return leafHash(Buffer.from(checkpointText({ origin, size, root })));
  }
  return {
    origin,
    keys: async () => [oldKey.verifier.text, newKey.verifier.text],
    newest: async () => checkpoints.at(-1) ?? null,
    checkpoints: async size => checkpoints.filter(checkpoint => checkpoint.size <= size),
    async rootPlace(size) {
      const rootIndex = 1 + checkpoints.findIndex(checkpoint => checkpoint.size === size);
      const rootPath = pathNearEdge({ size: 0, edge: [] }, leaves, rootIndex);
      const note = signCheckpoint({ origin: name, size: root.size, root: root.root() }, signers);
      return { root: note, rootIndex, rootPath };
    },
    async *entries(from, to) {
      yield entries.slice(from, to);
    },
    strays: async () => [],
  };
}

/** All of a bundle. */
export async function aBundle(
  log: LogArchive,
  signers: readonly SignerKey[] = [oldKey, newKey],
  from = 0,
): Promise<string> {
  const { size } = (await log.newest()) ?? { size: 0 };
  let bundle = '';
  for await (const lines of writeBundle(log, { size, from, signers })) bundle += lines;
  return bundle;
}
