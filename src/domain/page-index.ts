import type { Ancestry } from './ancestry.ts';
import type { MirroredProperties } from './grant.ts';
import type { ConnectionId, WorkspaceId } from './ids.ts';
import type { NotionObjectKind } from './operation.ts';
import type { Caller } from './principal.ts';

/** An object of Notion by its kind and canonical id. */
export interface NotionRef {
  readonly kind: NotionObjectKind;
  readonly id: string;
}

/** For whom and through which connection the index may ask Notion what it does not know (rule 29). */
export interface IndexAsker {
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  readonly caller: Caller;
  readonly clientAddress: string;
  readonly requestId: string;
}

/** What an answer of Notion's shows of one object. */
export interface LearnedObject extends NotionRef {
  readonly parent: NotionRef | 'workspace';
  readonly title?: string;
  readonly inTrash?: boolean;
  /** Of blocks. */
  readonly hasChildren?: boolean;
  /** Those properties of a page that conditions test. */
  readonly properties?: MirroredProperties;
}

/** Where objects stand, kept in PostgreSQL and learned from every answer that passes. */
export interface PageIndex {
  /**
   * The ancestry of each object, by `objectKey`. Asks Notion for what is not known or too old, within bounds of depth and
   * number; what stays open is `unknown` or `stale`. Never rejects for want of an answer of Notion's.
   *
   * @param options.maxAgeMs at most so old, instead of the workspace's limit (rule 18: 5 s for delete and move)
   * @param options.mayAsk how many calls to Notion this question may cost at most; 0: only what is known counts
   * @param options.tested properties of pages that conditions test
   */
  find(
    asker: IndexAsker,
    objects: readonly NotionRef[],
    options?: { readonly maxAgeMs?: number; readonly mayAsk?: number; readonly tested?: ReadonlySet<string> },
  ): Promise<ReadonlyMap<string, Ancestry>>;
  /**
   * Remembers what an answer showed, durably and before it resolves: the next call on this instance sees it.
   *
   * @param options.ageMs how long ago the request was sent: what was learned since then stays
   * @param options.tested the properties that were looked for on pages
   */
  learn(
    workspaceId: WorkspaceId,
    objects: readonly LearnedObject[],
    options?: { readonly ageMs?: number; readonly tested?: ReadonlySet<string> },
  ): Promise<void>;
  /** Notion does not show these any more, or they were moved: what was known of them and of all below is not to be believed. */
  doubt(workspaceId: WorkspaceId, objects: readonly NotionRef[]): Promise<void>;
}
