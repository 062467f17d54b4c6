import type { EventId } from '../../domain/ids.ts';
import type { RootPlace } from './bundle-lines.ts';
import type { TreeHash } from './merkle.ts';

/** An entry at its place in a log. `entry` is null when it is gone. */
export interface ArchivedEntry {
  readonly id: EventId;
  readonly index: number;
  /** The hash with which it was logged. */
  readonly leaf: TreeHash;
  /** Canonical JSON. */
  readonly entry: string | null;
}

/** A signed checkpoint as it was published. */
export interface PublishedCheckpoint {
  readonly size: number;
  /** A signed note. */
  readonly note: string;
}

/** Where an entry is in a log, and what leads from it to the first checkpoint that covers it. */
export interface EntryPlace {
  readonly index: number;
  /** Canonical JSON; null when the entry is gone. */
  readonly entry: string | null;
  readonly path: readonly TreeHash[];
  /** A signed note. */
  readonly checkpoint: string;
}

/**
 * One log as it is stored, sequenced and signed. It gives the stored data, right or wrong: its reader verifies them.
 */
export interface LogArchive {
  readonly origin: string;
  /** Every public key of the log, oldest first. */
  keys(): Promise<readonly string[]>;
  /** The newest checkpoint; null before there is one. */
  newest(): Promise<PublishedCheckpoint | null>;
  /** Checkpoints up to that size, oldest first, at least `apart` entries apart, and the one of that size. */
  checkpoints(size: number, apart: number): Promise<readonly PublishedCheckpoint[]>;
  /** Where the checkpoint of that size is in the root log. */
  rootPlace(size: number): Promise<RootPlace | null>;
  /** Entries from the first index to before the second, in their order, some at a time. */
  entries(from: number, to: number): AsyncIterable<readonly ArchivedEntry[]>;
  /** Entries that were written past the log and are in no tree, at most `limit`. */
  strays(limit: number): Promise<readonly EventId[]>;
}

/** Where single entries of a log are. */
export interface EntryPlaces {
  /** Null: no checkpoint of this log covers such an entry. */
  placeOf(id: EventId): Promise<EntryPlace | null>;
}
