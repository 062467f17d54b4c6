import type { PrincipalId, WorkspaceId } from './ids.ts';

/**
 * Which objects belong to whoever made them through this gate: file uploads, async tasks, view queries, comments. One
 * Notion token stands behind many callers, so Notion itself cannot tell (trap 7 of the classifier).
 */
export interface ObjectOwners {
  /** Durably remembers the maker of an object. The first to be recorded stays. */
  record(workspaceId: WorkspaceId, object: OwnedObject, principalId: PrincipalId): Promise<void>;
  /** The ids, among those asked for, that this principal made. */
  ownedAmong(
    workspaceId: WorkspaceId,
    principalId: PrincipalId,
    objects: readonly OwnedObject[],
  ): Promise<ReadonlySet<string>>;
}

export interface OwnedObject {
  readonly kind: string;
  /** Notion's id, canonical. */
  readonly id: string;
}
