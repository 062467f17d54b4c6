import type { Generated } from 'kysely';
import type { AgentId, InvitationId, KeyId, PrincipalId, SessionId, UserId, WorkspaceId } from '../../domain/ids.ts';
import type { Timestamp } from './foundation.ts';

export interface AccountTables {
  user_account: {
    id: UserId;
    email: string;
    name: string;
    password_hash: string | null;
    deployment_rights: Generated<string[]>;
    created_at: Timestamp;
    email_proven_at: Date | null;
  };
  agent: {
    id: AgentId;
    workspace_id: WorkspaceId;
    name: string;
    owner_id: UserId;
    suspended_at: Date | null;
    suspended_because: 'owner_gone' | 'by_hand' | null;
    created_at: Timestamp;
  };
  api_key: {
    id: KeyId;
    workspace_id: WorkspaceId;
    principal_id: PrincipalId;
    name: string;
    hash: Buffer;
    ending: string;
    ceiling: string[] | null;
    under: string[] | null;
    created_by: PrincipalId;
    created_at: Timestamp;
    expires_at: Date;
    last_used_at: Date | null;
    revoked_at: Date | null;
  };
  session: {
    id: SessionId;
    hash: Buffer;
    user_id: UserId;
    opened_by: 'password' | 'link';
    created_at: Date;
    last_seen_at: Date;
    idle_expires_at: Date;
    expires_at: Date;
    ended_at: Date | null;
    client_address: string;
    user_agent: string;
  };
  sign_in_link: {
    hash: Buffer;
    user_id: UserId;
    purpose: 'first_run' | 'invitation' | 'recovery' | 'demo';
    mailed: Generated<boolean>;
    created_by: PrincipalId | null;
    made_with_key: KeyId | null;
    created_at: Date;
    expires_at: Date;
    used_at: Date | null;
  };
  invitation: {
    id: InvitationId;
    workspace_id: WorkspaceId;
    email: string;
    role: string;
    hash: Buffer;
    mailed: boolean;
    created_by: PrincipalId | null;
    made_with_key: KeyId | null;
    created_at: Date;
    expires_at: Date;
    accepted_at: Date | null;
    accepted_by: UserId | null;
    withdrawn_at: Date | null;
  };
  sign_in_failure: { subject: string; window_start: Date; count: number };
}
