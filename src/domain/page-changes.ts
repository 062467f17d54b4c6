import type { WorkspaceId } from './ids.ts';

/** An object in Notion that lies somewhere, canonical id. */
export interface PlacedObject {
  readonly kind: 'page' | 'database' | 'data_source';
  readonly id: string;
}

/**
 * Hears which objects may lie somewhere else than before, be gone, or be back. From then on nothing counts that anybody
 * remembers from before of the object, or of anything in it: it has to be looked up again. So neither the order of
 * changes nor their number matters, and whoever only suspects a change may say so too.
 */
export interface PageChanges {
  /** Resolves when it is durable. */
  changed(workspaceId: WorkspaceId, object: PlacedObject): Promise<void>;
}
