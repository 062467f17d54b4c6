import type { EventId, InstanceId, PrincipalId, WorkspaceId } from '../domain/ids.ts';

export type EntryKind = 'intent' | 'denial' | 'outcome' | 'event' | 'summary';

/**
 * How a forwarded call ended, as far as this gateway knows.
 *
 * done: an answer came and was released. refused: an answer came and was not released. failed: no usable answer, and
 * nothing changed at Notion. not_sent: nothing reached Notion. unknown: it may or may not have happened. streaming: the
 * answer is being streamed; a closing event follows.
 */
export type Result = 'done' | 'refused' | 'failed' | 'not_sent' | 'unknown' | 'streaming';

/** One entry, ready to be appended: its canonical JSON, and the columns by which it is found. */
export interface AuditRow {
  readonly id: EventId;
  readonly workspaceId: WorkspaceId | null;
  readonly kind: EntryKind;
  /** The intent that an outcome, or the end of a stream, closes. */
  readonly intentId: EventId | null;
  readonly at: Date;
  readonly principalId: PrincipalId | null;
  readonly operation: string;
  readonly result: Result | null;
  /** Canonical JSON (RFC 8785). */
  readonly entry: string;
  /** The row is appended only if the workspace still has this policy revision (rule 10). Null: unconditional. */
  readonly ifPolicyRevision: number | null;
  /** The row is appended only if the principal still has this epoch (rule 10). Null: unconditional. */
  readonly ifEpoch: number | null;
}

/**
 * The log's storage. Append-only.
 *
 * `append` is one durable commit. It returns the ids that are in the log afterwards. An id is missing in three cases: a
 * condition of its row did not hold; `instance` has lost its lease (intents only); or the intent that an outcome
 * closes, or whose stream ended, was closed before. If it throws, each row may or may not have been appended.
 *
 * `settle` appends outcomes late: those whose intent is in the log and still open. The others are skipped.
 */
export interface AuditLog {
  append(instance: InstanceId, rows: readonly AuditRow[]): Promise<ReadonlySet<EventId>>;
  settle(instance: InstanceId, outcomes: readonly AuditRow[]): Promise<void>;
}
