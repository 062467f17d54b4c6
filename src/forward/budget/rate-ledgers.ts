import type { ConnectionId, WorkspaceId } from '../../domain/ids.ts';
import type { Ledger } from './ledger.ts';

/** What one of Notion's limits is about: all calls to a workspace, or those of one connection. */
export type RateScope = 'workspace' | ConnectionId;

/** Where ledgers are kept, for all processes. */
export interface RateLedgers {
  /**
   * Reads a ledger (an empty one if there is none), computes the new one with `change`, and stores it. If another
   * process was faster, it starts again with that process's ledger. `nowMs` is the store's clock, which all processes
   * share. Returns the result of the change that was stored.
   */
  change<T>(
    workspaceId: WorkspaceId,
    scope: RateScope,
    change: (ledger: Ledger, nowMs: number) => { readonly ledger: Ledger; readonly result: T },
  ): Promise<T>;
}
