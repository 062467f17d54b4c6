import type { Door } from '../domain/door.ts';
import type { EventId, KeyId, WorkspaceId } from '../domain/ids.ts';
import type { Activity } from './activity.ts';
import type { EntryKind, Result } from './audit-log.ts';

/** What to look for in the log. Every criterion that is given must match. */
export interface AuditFilter {
  readonly principal?: string | undefined;
  /** A person: their own calls, and those of the agents that they answer for. */
  readonly person?: string | undefined;
  /** The key or the session with which a call was made. */
  readonly credential?: string | undefined;
  readonly operation?: string | undefined;
  /** What the call needed on an object: `read`, `edit`. */
  readonly action?: string | undefined;
  readonly effect?: 'allow' | 'deny' | undefined;
  /** Result of the outcome; `open` for intents that are not closed yet. */
  readonly result?: string | undefined;
  readonly door?: Door | undefined;
  /** Any of these. */
  readonly activity?: readonly Activity[] | undefined;
  /** Id of an object in Notion that the entry names, in its canonical spelling. */
  readonly object?: string | undefined;
  /** Likewise, and everything that the page index knows to stand below it today. */
  readonly below?: string | undefined;
  /** In the reason of a decision or of an event, or in the error that a call ended with. */
  readonly reason?: string | undefined;
  /** Text in any value of an entry or its outcome, or in the name of the caller; upper and lower case are the same. */
  readonly text?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** An entry as it was written. A decision has more to it than an event. */
export interface WrittenEntry {
  readonly id: EventId;
  readonly time: string;
  readonly kind: Exclude<EntryKind, 'outcome'>;
  readonly operation: string;
  readonly principal: { readonly kind: string; readonly id: string | null; readonly owner: string | null } | null;
  readonly clientAddress: string | null;
  readonly requestId: string | null;
  /** Of decisions only: */
  readonly activity?: Activity;
  readonly door?: Door;
  readonly credential?: string | null;
  readonly objects?: readonly { readonly kind: string; readonly id: string | null; readonly action: string }[];
  readonly decision?: {
    readonly because: string;
    readonly role: string | null;
    readonly id?: string;
    readonly effect?: 'allow' | 'deny';
    readonly grants?: readonly string[];
    /** What of it failed. */
    readonly demand?: { readonly kind: string; readonly id: string | null; readonly action: string } | null;
    readonly policyRevision?: number | null;
  };
  readonly connection?: { readonly id: string; readonly because: string } | null;
  /** Of events only: */
  readonly result?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

/** The entry that closed an intent. */
export interface WrittenOutcome {
  readonly id: EventId;
  readonly time: string;
  readonly result: Result;
  readonly status: number | null;
  readonly withheld: number;
  readonly timings: { readonly upstreamMs: number | null } | null;
  readonly error: string | null;
  readonly upstreamRequestId: string | null;
}

/**
 * A decision or an event, with its closing entry beside it. A call has the place of the entry that closed it, so what
 * is at a place is complete and never changes.
 */
export interface AuditRecord {
  readonly entry: WrittenEntry;
  readonly outcome: WrittenOutcome | null;
  /** Its index in the log; null while it waits for its place. */
  readonly index: number | null;
}

/**
 * A part of the log. One reading looks at a bounded number of entries: `next` is where to go on, even if nothing was
 * found yet; null at the end.
 */
export interface AuditPage {
  readonly records: readonly AuditRecord[];
  readonly next: number | null;
}

/** How many calls and events there were in an hour. */
export interface HourCount {
  /** When the hour began. */
  readonly hour: Date;
  readonly allowed: number;
  readonly denied: number;
  /** Events beside the calls. */
  readonly events: number;
}

export interface AuditReader {
  /**
   * Calls and events of one workspace (null: the deployment's own), newest place first, at most `limit`, of entries
   * before that index. Open calls are in no page, except those that `result: 'open'` asks for.
   */
  read(
    workspaceId: WorkspaceId | null,
    filter: AuditFilter,
    page: { readonly before: number | null; readonly limit: number },
  ): Promise<AuditPage>;
  /** Likewise from that index on, oldest place first; `next` is where the log goes on, or will. */
  follow(
    workspaceId: WorkspaceId | null,
    filter: AuditFilter,
    page: { readonly from: number; readonly limit: number },
  ): Promise<AuditPage & { readonly next: number }>;
  /** How many entries have a place. */
  size(workspaceId: WorkspaceId | null): Promise<number>;
  /** What waits for its place, newest first, at most `limit`. */
  waiting(workspaceId: WorkspaceId | null, filter: AuditFilter, limit: number): Promise<readonly AuditRecord[]>;
  /**
   * How many there were in each hour (UTC) of the time that the filter names, oldest first; an hour without any is left out.
   * One question looks at a bounded number of entries, the newest: `since` says from when on they were counted, if not from
   * the beginning.
   */
  counts(
    workspaceId: WorkspaceId | null,
    filter: AuditFilter,
  ): Promise<{ readonly hours: readonly HourCount[]; readonly since: Date | null }>;
  /** The first call to Notion with a key that was made at that time; null before there is one. */
  firstCallWith(workspaceId: WorkspaceId, key: KeyId, since: Date): Promise<AuditRecord | null>;
  /**
   * The names of the people, agents and keys with these ids: of the workspace's present members, agents and keys (null:
   * all people). Those that have left have no name.
   */
  namesOf(workspaceId: WorkspaceId | null, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
