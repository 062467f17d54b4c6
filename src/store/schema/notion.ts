import type { ColumnType } from 'kysely';
import type { ConnectionId, ConsentId, KeyId, SessionId, WorkspaceId } from '../../domain/ids.ts';
import type { Ledger } from '../../forward/budget/ledger.ts';
import type { Count, Timestamp } from './foundation.ts';

export interface PageTables {
  page_index: {
    workspace_id: WorkspaceId;
    notion_id: string;
    kind: string;
    parent_kind: string | null;
    parent_id: string | null;
    title: string | null;
    in_trash: boolean | null;
    has_children: boolean | null;
    properties: ColumnType<Readonly<Record<string, unknown>> | null, string | null, string | null>;
    properties_at: Date | null;
    learned_at: Date | null;
    doubted_at: Date | null;
    missing_at: Date | null;
    missing_to: ConnectionId | null;
  };
}

export interface CapabilityTables {
  capability_checked_first: {
    origin: string;
    operation: string;
    shown_at: Timestamp;
  };
}

export interface FileTables {
  file_ticket: {
    hash: Buffer;
    workspace_id: WorkspaceId;
    credential_id: KeyId | SessionId | ConsentId;
    sealed: string;
    expires_at: Date;
  };
}

export interface RateTables {
  rate_ledger: {
    workspace_id: WorkspaceId;
    scope: string;
    version: Count;
    ledger: ColumnType<Ledger, string, string>;
  };
}
