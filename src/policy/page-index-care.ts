import type { RecordedEvent } from '../domain/event.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { CommandContext, NotionObjectKind } from '../domain/operation.ts';

/** Bounds for how old knowledge about places may be, in seconds. */
export const pageFreshnessSeconds = { min: 5, max: 86_400 } as const;

/** What the page index of a workspace holds. */
export interface PageIndexState {
  readonly freshnessSeconds: number;
  readonly counts: readonly { readonly kind: NotionObjectKind; readonly count: number }[];
  /** When the page or database with the oldest knowledge was shown. Null: nothing is known. */
  readonly oldest: Date | null;
}

/** The page index as admins see it. */
export interface PageIndexCare {
  state(workspaceId: WorkspaceId): Promise<PageIndexState>;
  /**
   * Sets how old knowledge about places may be, and writes the event in the same commit. Every instance knows it within
   * 5 s.
   */
  setFreshness(workspaceId: WorkspaceId, seconds: number, event: RecordedEvent): Promise<void>;
}

/** What one step of a discovery has brought. */
export interface PageDiscoveryStep {
  readonly found: number;
  /** Of how many of them it is known where they stand, up to the top. */
  readonly placed: number;
  /** Where the next step goes on; null at the end. */
  readonly next: string | null;
}

/**
 * Asks Notion's search for objects, a hundred at a time, and Notion for unknown parents, as Portcullis itself and at
 * the cost of the caller. Throws `PortcullisError` if Notion does not answer: the step can be repeated.
 */
export type DiscoverPages = (
  workspaceId: WorkspaceId,
  from: string | null,
  context: CommandContext,
) => Promise<PageDiscoveryStep>;
