import type { EventId, WorkspaceId } from '../../domain/ids.ts';
import type { TreeHash } from '../proof/merkle.ts';

/** A log of entries: that of a workspace, or of the deployment. */
export type LogName = WorkspaceId | 'deployment';

/** An entry that is durable and in no log yet. */
export interface WaitingEntry {
  readonly id: EventId;
  readonly workspaceId: WorkspaceId | null;
  /** Canonical JSON. */
  readonly entry: string;
  /** When it happened, or its call was decided: milliseconds. */
  readonly atMs: number;
}

/** What waits, and the rows under which it does. */
export interface WaitingList {
  readonly rows: readonly string[];
  readonly entries: readonly WaitingEntry[];
  /** Entries that were written and are gone: they were deleted before they had a place. */
  readonly lost: readonly EventId[];
}

/** Where a log ends: its size, and the roots of its complete subtrees. */
export interface LogEnd {
  readonly size: number;
  readonly edge: readonly TreeHash[];
  /** When the newest of its entries was: milliseconds. */
  readonly newestMs: number;
}

/** What one checkpoint adds to a log, and the log's end with it. */
export interface NewBatch {
  readonly first: number;
  readonly leaves: readonly TreeHash[];
  readonly end: LogEnd;
  /** The checkpoint, a signed note. */
  readonly note: string;
}

/** What a checkpoint adds to a log of entries. */
export interface NewEntries extends NewBatch {
  readonly log: LogName;
  readonly entries: readonly EventId[];
  /** When the oldest of these entries was: milliseconds. */
  readonly oldestMs: number;
  /** Where its checkpoint is in the root log. */
  readonly rootIndex: number;
}

/** A key of the logs as it is stored. */
export interface StoredKey {
  readonly number: number;
  /** The name of the root log. */
  readonly name: string;
  readonly publicKey: string;
  /** Whether it signs now, by the database's clock: the newest does, and the one before it during the overlap. */
  readonly signs: boolean;
}

/**
 * The only session that gives places. It holds a lock that makes it the only one: if the session ends, the lock ends
 * with it.
 */
export interface SequencerSession {
  waiting(rowsMax: number): Promise<WaitingList>;
  /** Logs without entries are left out. */
  ends(logs: readonly (LogName | 'root')[]): Promise<ReadonlyMap<LogName | 'root', LogEnd>>;
  /** Gives places, all or none. Throws if another session did so in between. */
  add(batch: { entries: readonly NewEntries[]; root: NewBatch; taken: readonly string[] }): Promise<void>;
  close(): Promise<void>;
}

/** Where public keys are kept. */
export interface LogKeyStore {
  /** Oldest first. */
  keys(): Promise<readonly StoredKey[]>;
  /** Throws if there is a key of that number: then another process was faster. */
  addKey(key: { number: number; name: string; publicKey: string; overlapMs: number }): Promise<void>;
}

/** Where logs are kept. */
export interface Sequencing extends LogKeyStore {
  /** Null: another instance is the sequencer. */
  lead(): Promise<SequencerSession | null>;
  /** Now, by the database's clock. */
  mark(): Promise<string>;
  /** Whether everything has its place that waited when the mark was taken. */
  isPlaced(mark: string): Promise<boolean>;
  /** Whether an entry has waited for longer than that, by the database's clock. */
  isLate(ms: number): Promise<boolean>;
}
