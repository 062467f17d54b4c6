import type { ConsentId, PrincipalId, UserId, WorkspaceId } from '../../domain/ids.ts';
import type { Timestamp } from './foundation.ts';

export interface OAuthTables {
  consent: {
    id: ConsentId;
    workspace_id: WorkspaceId;
    principal_id: PrincipalId;
    user_id: UserId;
    client_id: string;
    client_name: string;
    resource: string;
    ceiling: string[];
    under: string[] | null;
    created_at: Date;
    expires_at: Date;
    last_used_at: Date | null;
    revoked_at: Date | null;
  };
  oauth_record: {
    kind: string;
    hash: Buffer;
    /** JSON. */
    payload: unknown;
    consent_id: ConsentId | null;
    grant_id: string | null;
    created_at: Timestamp;
    expires_at: Date;
    consumed_at: Date | null;
  };
}
