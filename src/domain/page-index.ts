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

/** The answer that showed it. */
export interface Showing {
  /** When the request was sent, on the monotonic clock of this process: what was learned since then may be newer. */
  readonly sentAtMs: number;
  /** The call was a write: what its answer shows is the state after it. */
  readonly write: boolean;
  /** Names of the properties that were looked for on pages. */
  readonly tested: ReadonlySet<string>;
}

export interface FindOptions {
  /** At most so old, instead of the workspace's limit (rule 18: 5 s for delete and move). */
  readonly maxAgeMs?: number;
  /** How many calls to Notion this question may cost at most; 0: only what is known counts. */
  readonly mayAsk?: number;
  /** Properties of pages that conditions test. */
  readonly tested?: ReadonlySet<string>;
  /** Whether a block holds others is needed, and so is looked up now. */
  readonly leaf?: boolean;
}

/** Where objects stand, kept in PostgreSQL and learned from every answer that passes. */
export interface PageIndex {
  /**
   * The ancestry of each object, by `objectKey`. Asks Notion for what is not known or too old, within bounds of depth and
   * number; what stays open is `unknown` or `stale`. Never rejects for want of an answer of Notion's.
   */
  find(asker: IndexAsker, objects: readonly NotionRef[], options?: FindOptions): Promise<ReadonlyMap<string, Ancestry>>;
  /**
   * Asks Notion for objects that are known and hidden from the asker, as often as it is asked for one that does not exist: so
   * that neither time nor trouble at Notion tells one from the other (rule 12). Null: Notion answers.
   */
  lookForHidden(asker: IndexAsker, objects: readonly NotionRef[]): Promise<AskingTrouble | null>;
  /** Remembers what an answer showed, durably and before it resolves: the next call on this instance sees it. */
  learn(workspaceId: WorkspaceId, objects: readonly LearnedObject[], showing: Showing): Promise<void>;
  /** These may be about to stand elsewhere, or stand there already: what is known of their place counts no more. */
  doubt(workspaceId: WorkspaceId, objects: readonly NotionRef[]): Promise<void>;
}
