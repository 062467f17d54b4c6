import type { RecordedEvent } from '../domain/event.ts';
import type { PrincipalId, WorkspaceId } from '../domain/ids.ts';

/** A policy that is tried beside the one that decides. It decides nothing. */
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
  /** Decided by no policy, or with objects or keys that nobody knows any more. */
  readonly skipped: number;
  /** Allowed, and denied under the draft. */
  readonly lost: number;
  /** Denied, and allowed under the draft. */
  readonly gained: number;
}

/** Calls of one principal that a draft would decide differently, and that differ in nothing but their moment. */
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
  /** Null: there is none. */
  read(workspaceId: WorkspaceId): Promise<StoredDraft | null>;
  /** Begins to watch from the end of the log, and forgets what was found of the draft before. */
  set(
    workspaceId: WorkspaceId,
    draft: Pick<StoredDraft, 'document' | 'madeOn' | 'author' | 'setAt'>,
    event: RecordedEvent,
  ): Promise<StoredDraft>;
  /** False: there was none. */
  remove(workspaceId: WorkspaceId, event: RecordedEvent): Promise<boolean>;
  /** Workspaces whose log has gone on since their draft was last looked at. */
  behind(): Promise<readonly WorkspaceId[]>;
  /** Entries of the log, from a place on. */
  entries(workspaceId: WorkspaceId, from: number, max: number): Promise<WatchedEntries>;
  /**
   * Adds what was found up to a place of the log. Adds nothing where the draft is another by now, or where somebody else was
   * faster: `from` is where the finding began.
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
