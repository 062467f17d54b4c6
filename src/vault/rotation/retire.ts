import type { WorkspaceId } from '../../domain/ids.ts';

/** The end of keys that are no longer in use. */
export interface KeyEndings {
  /**
   * Destroys workspace keys that were superseded longer ago than `retainMs`, if nothing in the database and no known
   * spool is sealed under them. Returns how many it destroyed, and how many superseded keys it kept.
   */
  destroySuperseded(retainMs: number): Promise<{ destroyed: number; kept: number }>;
  /** Retires previous root keys in the same way, and returns their names. */
  retirePrevious(retainMs: number): Promise<{ retired: readonly string[]; kept: readonly string[] }>;
  /**
   * Destroys every key of a workspace, and the secrets of its OAuth clients: nothing that is sealed there can ever be
   * opened again. The same commit makes its connections `undecryptable`. Returns how many keys there were.
   */
  destroyWorkspace(workspaceId: WorkspaceId): Promise<number>;
  /** Values and keys that are under a destroyed or retired one. Always 0. */
  countUnderEnded(): Promise<number>;
}

export interface RetireResult {
  readonly destroyedKeys: number;
  readonly keptKeys: number;
  readonly retiredRoots: readonly string[];
  readonly keptRoots: readonly string[];
}

/**
 * Ends what rotations left behind. Keys are kept for `retainMs` after they went out of use: an instance that slept, or a
 * refresh that waits in a spool, may still need one.
 */
export async function retireKeys(endings: KeyEndings, retainMs: number): Promise<RetireResult> {
  const { destroyed: destroyedKeys, kept: keptKeys } = await endings.destroySuperseded(retainMs);
  const { retired: retiredRoots, kept: keptRoots } = await endings.retirePrevious(retainMs);
  return { destroyedKeys, keptKeys, retiredRoots, keptRoots };
}
