import type { Generated } from 'kysely';
import type { EventId, PrincipalId, SinkId, WorkspaceId } from '../../domain/ids.ts';
import type { SinkKind, SinkState } from '../../domain/sink.ts';
import type { Count, Timestamp } from './foundation.ts';

export interface SinkTables {
  sink: {
    id: SinkId;
    /** Null: the deployment's log. */
    workspace_id: WorkspaceId | null;
    kind: SinkKind;
    name: string;
    origin: 'api' | 'settings';
    /** JSON. */
    settings: Record<string, unknown>;
    generation: Count;
    sealed: string | null;
    kid: string | null;
    state: SinkState;
    problem: string | null;
    failures: Generated<number>;
    refusals: Generated<number>;
    cursor: number;
    doubtful: number | null;
    run_at: Date;
    lease: string | null;
    lease_until: Date | null;
    created_by: PrincipalId | null;
    created_at: Timestamp;
    delivered_at: Date | null;
  };
  sink_dead_letter: {
    workspace_id: WorkspaceId | null;
    sink_id: SinkId;
    index: number;
    entry_id: EventId;
    problem: string;
    at: Date;
    wanted: Generated<boolean>;
  };
  alert_watch: {
    workspace_id: WorkspaceId;
    /** JSON. */
    rules: Record<string, unknown>;
    judged: Count;
  };
  alert_memory: {
    workspace_id: WorkspaceId;
    rule: string;
    subject: string;
    value: string;
    count: number;
    at: Date;
  };
}
