import type { Ancestry, AskingTrouble } from './ancestry.ts';
import type { MirroredProperties } from './grant.ts';
import type { ConnectionId, WorkspaceId } from './ids.ts';
import type { NotionObjectKind } from './operation.ts';
import type { Caller } from './principal.ts';

/** An object of Notion by its kind and canonical id. */
export interface NotionRef {
  readonly kind: NotionObjectKind;
  readonly id: string;
}

/** The principal and the connection for which the index may ask Notion about unknown objects (rule 29). */
export interface IndexAsker {
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  readonly caller: Caller;
  readonly clientAddress: string;
  readonly requestId: string;
}

/** What one answer of Notion says about one object. */
export interface LearnedObject extends NotionRef {
  readonly parent: NotionRef | 'workspace';
  readonly title?: string;
  readonly inTrash?: boolean;
  /** Only for blocks. */
  readonly hasChildren?: boolean;
  /** The properties of a page that conditions test. */
  readonly properties?: MirroredProperties;
}

/** The answer that showed it. */
export interface Showing {
  /**
   * When the request was sent, on the monotonic clock of this process. Knowledge that came after this moment may be
   * newer.
   */
  readonly sentAtMs: number;
  /** The call was a write: its answer shows the state after the write. */
  readonly write: boolean;
  /** Names of the page properties that were looked for. */
  readonly tested: ReadonlySet<string>;
}

export interface FindOptions {
  /** The highest age that counts, instead of the workspace's limit (rule 18: 5 s for delete and move). */
  readonly maxAgeMs?: number;
  /** How many calls to Notion this question may cost. 0: use only what is known. */
  readonly mayAsk?: number;
  /** The page properties that conditions test. */
  readonly tested?: ReadonlySet<string>;
  /** The caller needs to know whether a block has children, so this is looked up now. */
  readonly leaf?: boolean;
}

/** Where objects stand. Kept in PostgreSQL, and learned from every answer that passes. */
export interface PageIndex {
  /**
   * The ancestry of each object, by `objectKey`. Asks Notion for what is unknown or too old, within bounds of depth and
   * number. What stays open is `unknown` or `stale`. Does not reject if Notion gives no answer.
   */
  find(asker: IndexAsker, objects: readonly NotionRef[], options?: FindOptions): Promise<ReadonlyMap<string, Ancestry>>;
  /**
   * Asks Notion about objects that are known and hidden from the asker, as often as it asks about objects that do not
   * exist. So neither time nor trouble at Notion tells a hidden object from a missing one (rule 12). Null: Notion answers.
   */
  lookForHidden(asker: IndexAsker, objects: readonly NotionRef[]): Promise<AskingTrouble | null>;
  /** Durably remembers what an answer showed. Once the promise resolves, the next call on this instance sees it. */
  learn(workspaceId: WorkspaceId, objects: readonly LearnedObject[], showing: Showing): Promise<void>;
  /** These objects may be moving, or may have moved: what is known about their place no longer counts. */
  doubt(workspaceId: WorkspaceId, objects: readonly NotionRef[]): Promise<void>;
}
