import type { ConnectionId, WorkspaceId } from '../../domain/ids.ts';
import type { CommandContext } from '../../domain/operation.ts';

/** A connection that waits to be confirmed, for the page that asks. All names are text that strangers chose. */
export interface Waiting {
  readonly workspaceName: string;
  readonly isNew: boolean;
  readonly notionOwnerName: string | null;
  /** Connections that stay as they are, beside this one; null if it replaces one. */
  readonly beside: number | null;
  /** Those connections that it could replace. */
  readonly replaceable: readonly { readonly connectionId: ConnectionId; readonly notionOwnerName: string | null }[];
  readonly audience: 'members' | 'owner';
  readonly admins: readonly { readonly name: string; readonly email: string }[];
  readonly memberCount: number;
}

/** The two ways to connect: Notion's REST OAuth, and the OAuth of its hosted MCP server. */
export type ConnectKind = 'rest' | 'mcp';

/** A workspace to act in; null is the deployment, where new workspaces are connected. */
export interface ConnectTarget {
  readonly workspaceId: WorkspaceId | null;
}

/**
 * The commands of this door. The two look-ups only say where a call is to be decided. The commands run after the
 * decision, and check for themselves that the attempt belongs to the calling session.
 */
export interface ConnectDoorCommands {
  targetOfState(kind: ConnectKind, state: unknown): Promise<ConnectTarget | null>;
  targetOfConnection(connectionId: ConnectionId): Promise<ConnectTarget | null>;
  start(
    input: { kind: ConnectKind; target: WorkspaceId | null },
    context: CommandContext,
  ): Promise<{ authorizeUrl: string }>;
  finish(
    input: { kind: ConnectKind; state: unknown; iss: unknown; error: unknown; code: unknown },
    context: CommandContext,
  ): Promise<{ connectionId: ConnectionId }>;
  /** The waiting connection; or the workspace that uses it, if this session has confirmed it before. */
  review(
    input: { connectionId: ConnectionId },
    context: CommandContext,
  ): Promise<Waiting | { readonly confirmedIn: WorkspaceId }>;
  confirm(
    input: { connectionId: ConnectionId; replacing: ConnectionId | null },
    context: CommandContext,
  ): Promise<{ workspaceId: WorkspaceId }>;
  cancel(input: { connectionId: ConnectionId }, context: CommandContext): Promise<void>;
}
