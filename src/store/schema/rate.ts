import type { ColumnType } from 'kysely';
import type { WorkspaceId } from '../../domain/ids.ts';
import type { Ledger } from '../../forward/budget/ledger.ts';
import type { Count } from './foundation.ts';

export interface RateTables {
  rate_ledger: {
    workspace_id: WorkspaceId;
    scope: string;
    version: Count;
    ledger: ColumnType<Ledger, string, string>;
  };
}
