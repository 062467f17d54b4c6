import { type Action, contentActions } from './action.ts';
import type { AgentId, ConsentId, PrincipalId, UserId, WorkspaceId } from './ids.ts';

/** What an MCP client can ask for: to read, and to change as well. The policy decides what of it the person has. */
export const accessScopes = ['read', 'write'] as const;
export type AccessScope = (typeof accessScopes)[number];

const readingActions = ['read', 'comment.read', 'file.read', 'people.read'] as const satisfies readonly Action[];

/** The most that somebody may do with these scopes. Portcullis's own affairs are never among it. */
export function actionsOfScopes(scopes: readonly AccessScope[]): readonly Action[] {
  return scopes.includes('write') ? contentActions : readingActions;
}

export function isAccessScope(value: unknown): value is AccessScope {
  return (accessScopes as readonly unknown[]).includes(value);
}

/** What a person allowed one client to do in one workspace. The client's tokens stand for it, and end with it. */
export interface Consent {
  readonly id: ConsentId;
  readonly workspaceId: WorkspaceId;
  /** As whom the client calls: the person, or an agent of theirs. */
  readonly principalId: PrincipalId;
  /** Who allowed it. */
  readonly userId: UserId;
  readonly clientId: string;
  readonly clientName: string;
  /** The only address at which its tokens are good (RFC 8707). */
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
  /** Canonical ids; null for everything that whom it calls as may have. */
  readonly under: readonly string[] | null;
  /** Null: the client calls as the person. */
  readonly as: AgentId | null;
}
