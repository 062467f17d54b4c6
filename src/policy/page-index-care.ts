import type { RecordedEvent } from '../domain/event.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { CommandContext, NotionObjectKind } from '../domain/operation.ts';

/** Bounds of how old what is known of where objects stand may be, in seconds. */
export const pageFreshnessSeconds = { min: 5, max: 86_400 } as const;

/** What the page index of a workspace holds. */
export interface PageIndexState {
  readonly freshnessSeconds: number;
  readonly counts: readonly { readonly kind: NotionObjectKind; readonly count: number }[];
  /** When what is known was shown, of the page or database that was shown the longest ago. Null: nothing is known. */
  readonly oldest: Date | null;
}

/** The page index as admins see it. */
export interface PageIndexCare {
  state(workspaceId: WorkspaceId): Promise<PageIndexState>;
  /** Sets how old what is known may be, and writes the event in the same commit. Every instance knows within 5 s. */
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
 * Asks Notion's search what there is, a hundred objects at a time, and for what is missing above them, as Portcullis itself
 * and at the cost of the caller. Throws `PortcullisError` where Notion does not go along: the step can be repeated.
 */
export type DiscoverPages = (
  workspaceId: WorkspaceId,
  from: string | null,
  context: CommandContext,
) => Promise<PageDiscoveryStep>;
