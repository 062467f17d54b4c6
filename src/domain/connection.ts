import type { ConnectionId, UserId, WorkspaceId } from './ids.ts';
import type { Secret } from './secret.ts';

export type ConnectionKind = 'rest' | 'mcp' | 'internal';

/** `pending → active → (refreshing) → needs_reauth | …`: `connection-states.ts` says which state leads to which. */
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

/** The tokens that Notion issued. Notion does not always issue a refresh token. */
export interface Tokens {
  readonly accessToken: Secret;
  readonly refreshToken: Secret | null;
  /** Whole seconds from Notion's answer to the end of the access token; null if Notion does not say. */
  readonly lifetimeSeconds?: number | null;
}

/** The place that a sealed token is bound to. It cannot be opened as the token of another place. */
export interface TokenPlace {
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  readonly field: TokenField;
  /** Counts the token pairs of this connection. */
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
  /** The name of the person at Notion who gave consent. A stranger chose this text. */
  readonly notionOwnerName: string | null;
  readonly connectedBy: UserId;
  readonly connectedByName: string;
  /** When it was connected first, and when a person last agreed to its tokens (defect A25). */
  readonly createdAt: Date;
  readonly authorizedAt: Date;
  readonly lastUsedAt: Date | null;
  /** When its tokens were last refreshed; null if they were not refreshed since a person agreed to them. */
  readonly refreshedAt: Date | null;
  /** When the access token ends. A refresh is due then, and no person is needed. Null if Notion does not say. */
  readonly accessExpiresAt: Date | null;
}
