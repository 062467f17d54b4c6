import type { EventId, InstanceId, PrincipalId, WorkspaceId } from '../../domain/ids.ts';

export interface AuditTables {
  audit_entry: {
    id: EventId;
    workspace_id: WorkspaceId | null;
    kind: 'intent' | 'denial' | 'outcome' | 'event' | 'summary';
    intent_id: EventId | null;
    instance_id: InstanceId;
    at: Date;
    principal_id: PrincipalId | null;
    operation: string;
    result: string | null;
    entry: string;
  };
}
