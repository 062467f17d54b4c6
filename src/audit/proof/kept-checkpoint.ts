import { parseCheckpoint } from './checkpoint.ts';
import { type GrowingTree, growTree } from './merkle.ts';
import { signersOf } from './note.ts';
import type { Problems } from './problems.ts';
import type { VerifierKey } from './signing-keys.ts';

/** Compares a log with a checkpoint that the verifier kept (rule 22): only that says that it was merely appended to. */
export interface KeptComparison {
  /** After each entry. */
  look(tree: GrowingTree): void;
  end(found: { origin: string | null; size: number; keys: readonly VerifierKey[] }): void;
  /**
   * The size of the kept checkpoint that the log continues; null if there is none, or if the log does not continue it.
   */
  continues(): number | null;
}

export function compareWithKept(written: string | null, problems: Problems): KeptComparison {
  if (written === null) return { look: () => {}, end: () => {}, continues: () => null };
  const kept = parseCheckpoint(written);
  if (kept === null) {
    problems.add('the kept checkpoint is not a checkpoint');
    return { look: () => {}, end: () => {}, continues: () => null };
  }
  const { size, root, origin, note } = kept;
  let continues = size === 0 && root === growTree().root() ? 0 : null;
  return {
    look(tree) {
      if (tree.size !== size) return;
      if (tree.root() === root) continues = size;
      else problems.add(`the log does not continue the kept checkpoint: its first ${size} entries were others`);
    },
    end(found) {
      if (origin !== found.origin) problems.add(`the kept checkpoint is of another log: ${origin}`);
      if (signersOf(note, found.keys) === null)
        problems.add('the kept checkpoint is not signed by the keys of the log');
      if (size > found.size) problems.add(`the kept checkpoint has ${size} entries, the bundle only ${found.size}`);
      else if (continues === null && !problems.any()) problems.add('the kept checkpoint could not be compared');
    },
    continues: () => continues,
  };
}
