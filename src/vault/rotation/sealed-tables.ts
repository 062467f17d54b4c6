import type { WorkspaceId } from '../../domain/ids.ts';
import type { Binding } from '../sealed-value.ts';

/** A value that is sealed under a workspace's key, in any table. */
export interface SealedRow {
  /** The columns that identify the row, and their order in the table. */
  readonly key: Readonly<Record<string, string | number>>;
  readonly workspaceId: WorkspaceId;
  readonly binding: Binding;
  readonly sealed: string;
  readonly kid: string;
}

/** A value under a key that is no longer the active one of its workspace. */
export interface StaleRow extends SealedRow {
  readonly activeKid: string;
}

/** A stale row with its replacement: the same value, sealed under the active key. */
export interface ResealedRow {
  readonly row: StaleRow;
  readonly sealed: string;
}

/** A table that has sealed values. Each method works across workspaces. */
export interface SealedTable {
  readonly name: string;
  countStale(): Promise<number>;
  /** The next rows after one, in the order of their keys. */
  stale(after: SealedRow | null, limit: number): Promise<readonly StaleRow[]>;
  all(after: SealedRow | null, limit: number): Promise<readonly SealedRow[]>;
  /**
   * Replaces the rows that still hold what was read. It does not wait for locked rows, which stay stale. Returns how
   * many it replaced.
   */
  replace(rows: readonly ResealedRow[]): Promise<number>;
}
