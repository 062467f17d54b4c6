import { type Action, contentActions } from './action.ts';
import type { AgentId, ConsentId, PrincipalId, UserId, WorkspaceId } from './ids.ts';

/**
 * The scopes that an MCP client can ask for: to read, and also to change. The policy still decides what the person may
 * do.
 */
export const accessScopes = ['read', 'write'] as const;
export type AccessScope = (typeof accessScopes)[number];

const readingActions = ['read', 'comment.read', 'file.read', 'people.read'] as const satisfies readonly Action[];

/** The most that a principal may do with these scopes. Administration of Portcullis is never included. */
export function actionsOfScopes(scopes: readonly AccessScope[]): readonly Action[] {
  return scopes.includes('write') ? contentActions : readingActions;
}

export function isAccessScope(value: unknown): value is AccessScope {
  return (accessScopes as readonly unknown[]).includes(value);
}

/** What a person allowed one client to do in one workspace. The client's tokens point to this, and end with it. */
export interface Consent {
  readonly id: ConsentId;
  readonly workspaceId: WorkspaceId;
  /** The principal that the client acts as: the person, or one of their agents. */
  readonly principalId: PrincipalId;
  /** The person who allowed it. */
  readonly userId: UserId;
  readonly clientId: string;
  readonly clientName: string;
  /** The only address that accepts its tokens (RFC 8707). */
  readonly resource: string;
  readonly ceiling: readonly Action[];
  /** Pages and databases that the client is limited to, with what lies under them. Null: no such limit. */
  readonly under: readonly string[] | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** What a client asked a person for, as far as oidc-provider has checked it. */
export interface AccessRequest {
  readonly uid: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly redirectUri: string;
  readonly resource: string;
  readonly scopes: readonly AccessScope[];
}

/** What a person chose on the page. */
export interface ConsentChoice {
  readonly workspaceId: WorkspaceId;
  readonly scopes: readonly AccessScope[];
  /** Canonical ids. Null: everything that the principal it acts as may use. */
  readonly under: readonly string[] | null;
  /** Null: the client acts as the person. */
  readonly as: AgentId | null;
}
