import type { Ancestry } from '../domain/ancestry.ts';
import type { WorkspaceId } from '../domain/ids.ts';

/** Where pages and databases stand, as far as it is known without asking Notion. */
export type Locate = (workspaceId: WorkspaceId, ids: readonly string[]) => Promise<ReadonlyMap<string, Ancestry>>;
