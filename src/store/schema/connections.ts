import type { ColumnType, Generated, RawBuilder } from 'kysely';
import type { ConnectAttemptState } from '../../domain/attempt-states.ts';
import type { ConnectProblem } from '../../domain/connect-problem.ts';
import type { ConnectionKind, ConnectionStatus, TokenField } from '../../domain/connection.ts';
import type {
  AttemptId,
  ConnectionId,
  JobId,
  PrincipalId,
  RegistrationId,
  UserId,
  WorkspaceId,
} from '../../domain/ids.ts';
import type { JobState } from '../../domain/job-states.ts';
import type { WorkspaceKeyState } from '../../domain/key-states.ts';
import type { PinnedTool } from '../../domain/tool-pins.ts';
import type { Count, Timestamp } from './foundation.ts';

export interface ConnectionTables {
  connection: {
    id: ConnectionId;
    workspace_id: WorkspaceId;
    kind: ConnectionKind;
    origin: string;
    oauth_client_id: string | null;
    registration_id: Generated<RegistrationId | null>;
    bot_id: string;
    notion_owner_id: string | null;
    notion_owner_name: string | null;
    audience: 'members' | 'owner';
    connected_by: UserId;
    status: ConnectionStatus;
    status_reason: string | null;
    status_changed_at: Timestamp;
    generation: Count;
    last_generation: Count;
    attempt_id: AttemptId | null;
    lease_until: Date | null;
    refresh_after: Date | null;
    refresh_failures: Count;
    unanswered: Count;
    refreshed_at: Date | null;
    check_after: Timestamp;
    created_at: Timestamp;
    authorized_at: Timestamp;
    last_used_at: Date | null;
  };
  workspace_key: {
    workspace_id: WorkspaceId;
    version: number;
    kid: string;
    wrapped: string | null;
    root_kid: string;
    state: WorkspaceKeyState;
    created_at: Timestamp;
    superseded_at: Date | null;
    replacement_wanted_at: Date | null;
  };
  connection_secret: {
    workspace_id: WorkspaceId;
    connection_id: ConnectionId;
    field: TokenField;
    generation: number;
    sealed: string;
    kid: string;
    expires_at: Date | null;
    /** The job that revokes it: the connection has left it behind. */
    job_id: JobId | null;
  };
  tool_pin: {
    connection_id: ConnectionId;
    workspace_id: WorkspaceId;
    looked_at: ColumnType<Date, RawBuilder<Date>, RawBuilder<Date>>;
    tools: ColumnType<readonly PinnedTool[], string, string>;
  };
  connect_attempt: {
    state_hash: Buffer;
    session_hash: Buffer;
    user_id: UserId;
    kind: ConnectionKind;
    state: Generated<ConnectAttemptState>;
    target_workspace_id: WorkspaceId | null;
    redirect_uri: string;
    registration_id: RegistrationId | null;
    sealed: string | null;
    created_at: Date;
    expires_at: Date;
    used_at: Date | null;
    made_workspace_id: WorkspaceId | null;
    made_connection_id: ConnectionId | null;
    made_generation: number | null;
  };
  connect_outcome: {
    state_hash: Buffer;
    session_hash: Buffer;
    user_id: UserId;
    kind: ConnectionKind;
    target_workspace_id: WorkspaceId | null;
    made_connection_id: ConnectionId | null;
    problem: ConnectProblem;
    ended_at: Date;
  };
  client_registration: {
    id: RegistrationId;
    user_id: UserId;
    issuer: string;
    source: 'pre_registered' | 'metadata_document' | 'dynamic';
    client_id: string;
    auth_method: 'client_secret_basic' | 'client_secret_post' | 'none';
    sealed_secret: string | null;
    secret_expires_at: Date | null;
    redirect_uri: string;
    resource: string;
    scope: string | null;
    refused_at: Generated<Date | null>;
    used_at: Timestamp;
    management_uri: string | null;
    sealed_management_token: string | null;
    created_at: Timestamp;
  };
  job: {
    id: JobId;
    workspace_id: WorkspaceId | null;
    kind: string;
    state: Generated<JobState>;
    payload: ColumnType<unknown, string, string>;
    attempts: Count;
    run_at: Date;
    done_at: Date | null;
    last_error: string | null;
    line: Generated<string | null>;
    created_at: Timestamp;
  };
  object_owner: {
    workspace_id: WorkspaceId;
    kind: string;
    notion_id: string;
    principal_id: PrincipalId;
    created_at: Timestamp;
  };
}
