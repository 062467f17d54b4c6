import type { MirroredProperties } from '../../domain/grant.ts';
import type { WorkspaceId } from '../../domain/ids.ts';
import type { NotionObjectKind } from '../../domain/operation.ts';
import type { LearnedObject, NotionRef } from '../../domain/page-index.ts';

/** What is kept of one object. */
export interface IndexedObject {
  readonly kind: NotionObjectKind;
  readonly id: string;
  /** Null: not known, because the connection was never shown the object. */
  readonly parent: NotionRef | 'workspace' | null;
  /** Of blocks: whether it holds others. Null: not known. */
  readonly hasChildren: boolean | null;
  /** Properties by the names that conditions tested when the page was read; null for one that the page does not have. */
  readonly properties: Readonly<Record<string, MirroredProperties[string] | null>> | null;
  /** How long ago this was true, by the database's clock. */
  readonly ageMs: number;
  /** It was moved, deleted or brought back since. */
  readonly doubted: boolean;
  /** Notion did not show it when it was last asked for. */
  readonly missing: boolean;
}

/** Chains of parents by the id that they begin at. */
export interface Chains {
  /** How old what is known may be in this workspace. */
  readonly freshnessMs: number;
  readonly byId: ReadonlyMap<string, readonly IndexedObject[]>;
}

/** Where the page index is kept. Everything is one statement. */
export interface IndexStore {
  /** For each id the object and everything above it that is known, nearest first; at most 200 of them, and none twice. */
  chains(workspaceId: WorkspaceId, ids: readonly string[]): Promise<Chains>;
  /**
   * Remembers what was true `ageMs` ago. What was learned later stays.
   *
   * @param tested names of the properties that were looked for on pages
   */
  learn(
    workspaceId: WorkspaceId,
    objects: readonly LearnedObject[],
    ageMs: number,
    tested: readonly string[],
  ): Promise<void>;
  /** Notion does not show it. What was known above it stays. */
  noteMissing(workspaceId: WorkspaceId, object: NotionRef): Promise<void>;
  doubt(workspaceId: WorkspaceId, objects: readonly NotionRef[]): Promise<void>;
}
