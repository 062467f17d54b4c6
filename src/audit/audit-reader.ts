import type { Door } from '../domain/door.ts';
import type { EventId, KeyId, WorkspaceId } from '../domain/ids.ts';
import type { Activity } from './activity.ts';
import type { EntryKind, Result } from './audit-log.ts';

/** What to look for in the log. Every criterion that is given must match. */
export interface AuditFilter {
  readonly principal?: string | undefined;
  /** The key or the session with which a call was made. */
  readonly credential?: string | undefined;
  readonly operation?: string | undefined;
  readonly effect?: 'allow' | 'deny' | undefined;
  /** Result of the outcome; `open` for intents that nothing has closed yet. */
  readonly result?: string | undefined;
  readonly door?: Door | undefined;
  /** Any of these. */
  readonly activity?: readonly Activity[] | undefined;
  /** Id of an object in Notion that the entry names, in its canonical spelling. */
  readonly object?: string | undefined;
  /** In any value of an entry or its outcome, or in the name of who called; upper and lower case are the same. */
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

/** A decision or an event, with the entry that closed it beside it. */
export interface AuditRecord {
  readonly entry: WrittenEntry;
  readonly outcome: WrittenOutcome | null;
}

/**
 * Some of the log. One reading looks at a bounded number of entries: `next` is where to go on, also when nothing was found
 * yet; null at the end of the log.
 */
export interface AuditPage {
  readonly records: readonly AuditRecord[];
  readonly next: EventId | null;
}

export interface AuditReader {
  /**
   * Entries of one workspace (null: the deployment's own), newest first, at most `limit`, strictly older than `before`.
   */
  read(
    workspaceId: WorkspaceId | null,
    filter: AuditFilter,
    page: { readonly before: EventId | null; readonly limit: number },
  ): Promise<AuditPage>;
  /** The first call to Notion with a key that was made at that time; null before there is one. */
  firstCallWith(workspaceId: WorkspaceId, key: KeyId, since: Date): Promise<AuditRecord | null>;
  /**
   * What to call the people, agents and keys whose ids are given: today's members, agents and keys of the workspace (null:
   * all people). Who has left is known by id alone.
   */
  namesOf(workspaceId: WorkspaceId | null, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
