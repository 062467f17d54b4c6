import type { ConnectionId, PrincipalId, UserId, WorkspaceId } from '../domain/ids.ts';

/** What a member sees of a workspace and its connections. */
export interface WorkspaceSummary {
  readonly id: WorkspaceId;
  readonly notionWorkspaceId: string;
  readonly name: string;
  readonly icon: string | null;
  readonly role: string;
  readonly connections: readonly ConnectionSummary[];
}

export interface ConnectionSummary {
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
  /** With a list of ids, only those of them of which the principal is a member. By name. */
  of(principal: PrincipalId, among?: readonly WorkspaceId[]): Promise<WorkspaceSummary[]>;
}
