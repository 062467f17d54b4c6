import type { Ancestry } from '../domain/ancestry.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { NotionRef } from '../domain/page-index.ts';

/** What a question about a policy must know of pages. */
export interface PagePlaces {
  /** Where objects stand, by `objectKey`. Notion is asked about unknown ones, and the caller is charged for that. */
  find(
    context: CommandContext,
    workspaceId: WorkspaceId,
    objects: readonly NotionRef[],
  ): Promise<ReadonlyMap<string, Ancestry>>;
  /** Where pages and databases stand as far as it is known, however old that is. By id. */
  known(workspaceId: WorkspaceId, ids: readonly string[]): Promise<ReadonlyMap<string, Ancestry>>;
  /** The same for any objects, by `objectKey`. */
  stillKnown(workspaceId: WorkspaceId, objects: readonly NotionRef[]): Promise<ReadonlyMap<string, Ancestry>>;
  /** The last known titles of pages and databases, by id. */
  titles(workspaceId: WorkspaceId, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
