import type { ConnectionId, UserId, WorkspaceId } from './ids.ts';
import type { Secret } from './secret.ts';

export type ConnectionKind = 'rest' | 'mcp' | 'internal';

/** `pending → active → (refreshing) → needs_reauth | …`: `connection-states.ts` has what leads from which to which. */
export type ConnectionStatus =
  | 'pending'
  | 'active'
  | 'refreshing'
  | 'suspect'
  | 'needs_reauth'
  | 'needs_reregister'
  | 'undecryptable'
  | 'revoking'
  | 'revoked';

export type TokenField = 'access_token' | 'refresh_token';

/** What Notion issued. A refresh token is not always among it. */
export interface Tokens {
  readonly accessToken: Secret;
  readonly refreshToken: Secret | null;
  /** Whole seconds from the answer that brought it to the end of the access token; null where nobody says. */
  readonly lifetimeSeconds?: number | null;
}

/** Where a sealed token belongs. It opens nowhere else. */
export interface TokenPlace {
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  readonly field: TokenField;
  /** Counts the token pairs that this connection has had. */
  readonly generation: number;
}

/** A token as it is stored. */
export interface SealedToken {
  readonly field: TokenField;
  readonly generation: number;
  /** Compact JWE (RFC 7516). */
  readonly sealed: string;
  /** The workspace key that it is sealed under. */
  readonly kid: string;
}

/** A workspace's key as it is stored: wrapped by the root key. */
export interface WrappedKey {
  readonly workspaceId: WorkspaceId;
  readonly version: number;
  readonly kid: string;
  readonly wrapped: string;
  readonly rootKid: string;
}

/** A connection, in its workspace. */
export interface ConnectionPlace {
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
}

/** A connection as people see it: without any secret. */
export interface ConnectionSummary {
  readonly id: ConnectionId;
  readonly kind: ConnectionKind;
  readonly botId: string;
  readonly audience: 'members' | 'owner';
  readonly status: ConnectionStatus;
  readonly statusReason: string | null;
  readonly statusChangedAt: Date;
  /** The person at Notion who gave consent: text that a stranger chose. */
  readonly notionOwnerName: string | null;
  readonly connectedBy: UserId;
  readonly connectedByName: string;
  /** When it was connected first, and when its tokens were last agreed to (defect A25). */
  readonly createdAt: Date;
  readonly authorizedAt: Date;
  readonly lastUsedAt: Date | null;
  /** When its tokens were last exchanged for new ones; null if never since a person agreed to them. */
  readonly refreshedAt: Date | null;
  /** When the access token ends, which calls for a refresh and not for a person; null where Notion does not say. */
  readonly accessExpiresAt: Date | null;
}
