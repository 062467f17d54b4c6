import type { PrincipalId, WorkspaceId } from './ids.ts';

/**
 * Remembers who made an object through this gateway: file uploads, async tasks, view queries, comments. Many callers
 * share one Notion token, so Notion itself cannot tell them apart (trap 7 of the classifier).
 */
export interface ObjectOwners {
  /** Durably records the maker of an object. The first record stays. */
  record(workspaceId: WorkspaceId, object: OwnedObject, principalId: PrincipalId): Promise<void>;
  /** Those of the given ids that this principal made. */
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
