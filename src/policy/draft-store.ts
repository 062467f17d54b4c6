import type { RecordedEvent } from '../domain/event.ts';
import type { PrincipalId, WorkspaceId } from '../domain/ids.ts';

/** A policy that is tried beside the real one. It decides nothing. */
export interface StoredDraft {
  /** Its own; each draft of a workspace has a higher one than any before it. */
  readonly revision: number;
  /** As it was given: it is read again with the names of the day. */
  readonly document: unknown;
  /** The revision of the policy that it was made on. */
  readonly madeOn: number;
  readonly author: PrincipalId | null;
  readonly setAt: Date;
  /** The first place of the log that has not been judged under it yet. */
  readonly watched: number;
  readonly counts: DraftCounts;
}

/** Of the calls since the draft was set. */
export interface DraftCounts {
  /** Judged under it too. */
  readonly calls: number;
  /** Calls that no policy decided, or with objects or keys that are no longer known. */
  readonly skipped: number;
  /** Allowed, and denied under the draft. */
  readonly lost: number;
  /** Denied, and allowed under the draft. */
  readonly gained: number;
}

/** Calls of one principal that a draft would decide differently, and that differ in their time only. */
export interface DraftFlip {
  readonly principal: PrincipalId;
  readonly operation: string;
  /** What decides it; a null id is the workspace itself. */
  readonly object: { readonly kind: string; readonly id: string | null };
  readonly action: string;
  readonly becomes: 'allow' | 'deny';
  readonly because: string;
  readonly calls: number;
  readonly first: Date;
  readonly last: Date;
  /** The decision about the last of them. */
  readonly decision: string | null;
}

/** Some of the log, by places: every entry has one place for ever, so each is looked at once. */
export interface WatchedEntries {
  /** As they were written. */
  readonly entries: readonly string[];
  /** The place where to go on. */
  readonly next: number;
  /** How many entries the log has. */
  readonly size: number;
}

export interface DraftStore {
  /** Null: there is no draft. */
  read(workspaceId: WorkspaceId): Promise<StoredDraft | null>;
  /** Starts to watch from the end of the log, and forgets the results of the draft before. */
  set(
    workspaceId: WorkspaceId,
    draft: Pick<StoredDraft, 'document' | 'madeOn' | 'author' | 'setAt'>,
    event: RecordedEvent,
  ): Promise<StoredDraft>;
  /** False: there was no draft. */
  remove(workspaceId: WorkspaceId, event: RecordedEvent): Promise<boolean>;
  /** Workspaces whose log has grown since their draft was last judged. */
  behind(): Promise<readonly WorkspaceId[]>;
  /** Entries of the log, from a place on. */
  entries(workspaceId: WorkspaceId, from: number, max: number): Promise<WatchedEntries>;
  /**
   * Adds results up to a place of the log. Adds nothing if there is another draft by now, or if another process was
   * faster: `from` is where these results begin.
   */
  add(
    workspaceId: WorkspaceId,
    found: DraftCounts & {
      readonly revision: number;
      readonly from: number;
      readonly next: number;
      readonly flips: readonly DraftFlip[];
    },
  ): Promise<void>;
  /** The most frequent first. */
  flips(workspaceId: WorkspaceId, max: number): Promise<readonly DraftFlip[]>;
}
