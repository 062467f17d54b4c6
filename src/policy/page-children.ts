import type { Container } from '../domain/ancestry.ts';
import type { WorkspaceId } from '../domain/ids.ts';

/** A page, database or data source, as a list of pages shows it. */
export interface ChildContainer extends Container {
  /** As Notion showed it: text that strangers wrote. */
  readonly title: string;
  readonly hasChildren: boolean;
}

/** What the page index knows below a page, without asking Notion. */
export interface PageChildren {
  /**
   * The pages directly below, in order of titles; a page in a block counts as below the page that holds the block. Null
   * as the parent: the topmost pages that connections can see. Nothing in the trash.
   */
  below(
    workspaceId: WorkspaceId,
    parentId: string | null,
    page: { readonly offset: number; readonly limit: number },
  ): Promise<{
    readonly children: readonly ChildContainer[];
    readonly total: number;
  }>;
}
