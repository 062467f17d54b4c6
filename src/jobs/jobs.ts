import type { JobId, WorkspaceId } from '../domain/ids.ts';

export interface Job {
  readonly id: JobId;
  readonly kind: string;
  readonly payload: unknown;
  /** Null: the job belongs to no workspace. */
  readonly workspaceId: WorkspaceId | null;
  /** How often it was tried, this time included. */
  readonly attempts: number;
}

/** Work that must happen although the process may die. Times are the database's. */
export interface Jobs {
  add(job: { id: JobId; kind: string; payload: object; workspaceId: WorkspaceId | null }): Promise<void>;
  /**
   * The next due job of one of these kinds, never ahead of an older one of its line. It becomes due again after a
   * growing wait, unless it is finished before.
   */
  claim(kinds: readonly string[]): Promise<Job | null>;
  finish(id: JobId): Promise<void>;
  /**
   * Notes why an attempt failed: a code, never text from outside. The next attempt comes at its usual time, and not
   * before the given seconds have passed.
   */
  note(id: JobId, problem: string, waitSecondsMin: number): Promise<void>;
  /**
   * Deletes the rows of jobs that were finished a week ago. Also deletes jobs of the given kinds that have been due for
   * a week: kinds without a worker.
   */
  purge(undoneKinds: readonly string[]): Promise<void>;
}
