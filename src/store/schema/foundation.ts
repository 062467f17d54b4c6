import type { ColumnType, Generated } from 'kysely';
import type { InstanceId, PrincipalId, WorkspaceId } from '../../domain/ids.ts';

/** A bigint column: read as a number (they count revisions, far below 2^53), written as one. */
export type Count = ColumnType<number, number | undefined, number>;
export type Timestamp = ColumnType<Date, Date | undefined, Date>;

export interface FoundationTables {
  deployment: { only_row: Generated<boolean>; stamp: 'demo' | 'serve'; created_at: Timestamp };
  instance: {
    id: InstanceId;
    host: string;
    pid: number;
    started_at: Timestamp;
    lease_until: Date;
    swept_at: Date | null;
  };
  principal: {
    id: PrincipalId;
    kind: 'user' | 'agent';
    epoch: Count;
    disabled_at: Date | null;
    created_at: Timestamp;
  };
  workspace: {
    id: WorkspaceId;
    notion_workspace_id: string;
    name: string;
    icon: string | null;
    policy_revision: Count;
    page_freshness_seconds: Count;
    confirmed_at: Date | null;
    created_at: Timestamp;
  };
  membership: {
    workspace_id: WorkspaceId;
    principal_id: PrincipalId;
    role: string;
    created_by: PrincipalId | null;
    created_at: Timestamp;
  };
}
