import type { ConsentId, KeyId, SessionId, WorkspaceId } from '../../domain/ids.ts';

export interface FileTables {
  file_ticket: {
    hash: Buffer;
    workspace_id: WorkspaceId;
    credential_id: KeyId | SessionId | ConsentId;
    sealed: string;
    expires_at: Date;
  };
}
