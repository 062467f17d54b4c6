import type { MirroredProperties } from '../../domain/grant.ts';
import type { ConnectionId, WorkspaceId } from '../../domain/ids.ts';
import type { NotionObjectKind } from '../../domain/operation.ts';
import type { LearnedObject, NotionRef } from '../../domain/page-index.ts';

/** What is kept about one object. Ages are by the database's clock, at the moment of reading. */
export interface IndexedObject extends NotionRef {
  readonly kind: NotionObjectKind;
  /** Null: not known, because no connection was ever shown the object. */
  readonly parent: NotionRef | 'workspace' | null;
  readonly title: string | null;
  readonly inTrash: boolean | null;
  /** Only for blocks: whether it has children. */
  readonly hasChildren: boolean | null;
  /** By the names that were looked for; null for a property that the page does not have. */
  readonly properties: Readonly<Record<string, MirroredProperties[string] | null>> | null;
  readonly propertiesAgeMs: number | null;
  /** How long ago the parent was shown. Null: never. */
  readonly ageMs: number | null;
  /** It may stand elsewhere since. */
  readonly doubted: boolean;
  /** When a connection last asked for it in vain, if that was after it was shown. */
  readonly missing: { readonly to: ConnectionId; readonly ageMs: number } | null;
}

/** Some objects and everything that is known above them, in no order. */
export interface Above {
  /** The highest age that counts in this workspace. */
  readonly freshnessMs: number;
  readonly objects: readonly IndexedObject[];
}

/** What an answer showed, and when. */
export interface ShownAt {
  /** How long ago the request was sent. Asked at the moment of writing. */
  readonly ageMs: () => number;
  readonly write: boolean;
  readonly tested: readonly string[];
}

/** The storage of the page index. */
export interface IndexStore {
  /** Reads at most 200 generations of parents. */
  above(workspaceId: WorkspaceId, ids: readonly string[]): Promise<Above>;
  /**
   * Remembers what an answer showed. If something else was learned after the request was sent, it is unclear which of
   * the two is newer: then neither counts.
   */
  learn(workspaceId: WorkspaceId, objects: readonly LearnedObject[], shown: ShownAt): Promise<void>;
  /** Notion does not show the object to this connection. What was known about its parents stays. */
  noteMissing(workspaceId: WorkspaceId, object: NotionRef, to: ConnectionId): Promise<void>;
  doubt(workspaceId: WorkspaceId, objects: readonly NotionRef[]): Promise<void>;
}
