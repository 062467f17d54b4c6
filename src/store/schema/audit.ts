import type { Generated, GeneratedAlways } from 'kysely';
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
  audit_waiting: {
    id: EventId;
    /** Ids of entries. */
    entries: string[];
    at: Generated<Date>;
  };
  audit_key: {
    number: number;
    name: string;
    public_key: string;
    created_at: Generated<Date>;
    overlap_until: Date;
  };
  audit_batch: {
    log: string;
    workspace_id: WorkspaceId | null;
    first: number;
    size: number;
    continues: GeneratedAlways<number | null>;
    /** UUIDs: ids of entries without their prefix. */
    entries: string[];
    leaves: Buffer;
    edge: Buffer;
    note: string;
    root_index: number | null;
    oldest: Date | null;
    newest: Date | null;
    taken: string[] | null;
  };
}
