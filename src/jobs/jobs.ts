import type { JobId, WorkspaceId } from '../domain/ids.ts';

export interface Job {
  readonly id: JobId;
  readonly kind: string;
  readonly payload: unknown;
  /** Null: it belongs to none. */
  readonly workspaceId: WorkspaceId | null;
  /** How often it was tried, this time included. */
  readonly attempts: number;
}

/** Work that must happen although the process may die. Times are the database's. */
export interface Jobs {
  add(job: { id: JobId; kind: string; payload: object; workspaceId: WorkspaceId | null }): Promise<void>;
  /** The next due job of one of these kinds, never past an older one of its line. It is due again after a growing while, unless it is finished before. */
  claim(kinds: readonly string[]): Promise<Job | null>;
  finish(id: JobId): Promise<void>;
  /**
   * Notes why an attempt did not succeed: a code, never text that came from outside. The next one comes no earlier than
   * after the seconds given, nor than it would have.
   */
  note(id: JobId, problem: string, waitSecondsMin: number): Promise<void>;
  /**
   * Deletes what is left of jobs that were finished a week ago, and jobs of the kinds given that have been due for as
   * long: those that nobody is there to do.
   */
  purge(undoneKinds: readonly string[]): Promise<void>;
}
