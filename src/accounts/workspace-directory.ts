import type { Action } from '../domain/action.ts';
import type { ConnectionId, UserId, WorkspaceId } from '../domain/ids.ts';
import type { Asker } from '../domain/policy-snapshot.ts';

/** What a member sees of a workspace and its connections. */
export interface WorkspaceSummary {
  readonly id: WorkspaceId;
  readonly notionWorkspaceId: string;
  readonly name: string;
  readonly icon: string | null;
  readonly role: string;
  /** What the principal may do here, within the key's limit. For pages that offer only what is possible. */
  readonly actions: readonly Action[];
  readonly connections: readonly WorkspaceConnection[];
}

export interface WorkspaceConnection {
  readonly id: ConnectionId;
  readonly kind: 'rest' | 'mcp' | 'internal';
  readonly status: string;
  readonly statusReason: string | null;
  readonly audience: 'members' | 'owner';
  readonly connectedBy: { readonly id: UserId; readonly name: string };
  readonly authorizedAt: Date;
  readonly lastUsedAt: Date | null;
}

/** The workspaces of a principal, and only those. */
export interface WorkspaceDirectory {
  /**
   * By name. With a list of ids, only those workspaces of the list that have the principal as a member. Only those who
   * may read see connections: a role that may not read, or a key that is limited to other actions, sees none.
   */
  of(asker: Asker, among?: readonly WorkspaceId[]): Promise<WorkspaceSummary[]>;
}
