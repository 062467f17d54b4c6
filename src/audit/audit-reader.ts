import type { EventId, WorkspaceId } from '../domain/ids.ts';

/** What to look for in the log. Every criterion that is given must match. */
export interface AuditFilter {
  readonly principal?: string | undefined;
  readonly operation?: string | undefined;
  /** An operation to leave out: who watches the log does not look for their own readings of it. */
  readonly notOperation?: string | undefined;
  readonly effect?: 'allow' | 'deny' | undefined;
  /** Result of the outcome; `open` for intents that nothing has closed yet. */
  readonly result?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** A decision or an event as it was written, with the entry that closed it beside it. */
export interface AuditRecord {
  readonly entry: Readonly<Record<string, unknown>> & { readonly id: EventId };
  readonly outcome: Readonly<Record<string, unknown>> | null;
}

export interface AuditReader {
  /**
   * Entries of one workspace (null: the deployment's own), newest first, at most `limit`, strictly older than `before`.
   */
  read(
    workspaceId: WorkspaceId | null,
    filter: AuditFilter,
    page: { readonly before: EventId | null; readonly limit: number },
  ): Promise<readonly AuditRecord[]>;
}
