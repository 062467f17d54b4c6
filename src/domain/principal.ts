import type { Action } from './action.ts';
import type { Door } from './door.ts';
import type { SignInStrength } from './grant.ts';
import type { AgentId, ConsentId, KeyId, PrincipalId, SessionId, UserId, WorkspaceId } from './ids.ts';

/** What a door found in a request: raw, unjudged. Only `identify` gives it meaning. */
export type Credentials =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'bearer';
      readonly token: string;
      /** What the door is as a resource (RFC 8707): an access token for another one is none here. Left out: it takes keys alone. */
      readonly resource?: string;
    }
  | { readonly kind: 'session'; readonly token: string }
  /** A link to a file, which opens without a key. It stands for the key or session that it was given to. */
  | { readonly kind: 'file_link'; readonly token: string }
  | { readonly kind: 'malformed' };

/** Why a caller is anonymous. Logged, never told to the caller beyond "unauthorized". */
export type AnonymousReason =
  | 'no_credentials'
  | 'malformed_credentials'
  | 'unknown_credentials'
  | 'expired_credentials'
  | 'revoked_credentials'
  | 'disabled_principal';

export interface User {
  readonly kind: 'user';
  readonly id: UserId;
}

/** A service account. `owner` is the human who answers for it, and is logged beside it. */
export interface Agent {
  readonly kind: 'agent';
  readonly id: AgentId;
  readonly owner: UserId;
}

export interface Anonymous {
  readonly kind: 'anonymous';
  readonly why: AnonymousReason;
}

/** Portcullis itself, calling Notion for its own reasons. Doors hand over credentials, so none of them can name it. */
export interface System {
  readonly kind: 'system';
  readonly component: string;
  /** Who waits for the answer: the call takes its turn among theirs, and is charged to them (rule 29). */
  readonly onBehalfOf?: User | Agent;
}

export type Principal = User | Agent | Anonymous | System;

/**
 * Who calls, as far as the credentials prove it.
 *
 * `epoch` is the principal's epoch when the credential was read: the intent commits only if it is still current, so a
 * cached credential can be stale but never effective after a revocation (rule 10).
 */
export interface Caller {
  readonly principal: Principal;
  /** The credential's id, for the log: a key's, a session's, or that of the consent behind an access token. Null for anonymous callers and the system. */
  readonly credential: KeyId | SessionId | ConsentId | null;
  readonly epoch: number | null;
  /** Null when the credential is not bound to one workspace (a browser session). */
  readonly boundTo: WorkspaceId | null;
  /** A key's own ceiling: the actions it may be used for at most. Null means no ceiling of its own (rule 11). */
  readonly ceiling: ReadonlySet<Action> | null;
  /** The pages and databases that a key is limited to, with what lies under them. Null means no such limit. */
  readonly under: readonly string[] | null;
  /** How and when the caller proved who they are, for conditions. Null for anonymous callers and the system. */
  readonly signIn: { readonly strength: SignInStrength; readonly at: Date | null } | null;
  /** Rights in the deployment as a whole, such as connecting a new workspace. */
  readonly deploymentRights: ReadonlySet<Action>;
  /** How the call came in, where a command looks again whether its author may do this. */
  readonly via?: { readonly door: Door; readonly clientAddress: string };
}

export function anonymous(why: AnonymousReason): Caller {
  return {
    principal: { kind: 'anonymous', why },
    credential: null,
    epoch: null,
    boundTo: null,
    ceiling: null,
    under: null,
    signIn: null,
    deploymentRights: new Set(),
  };
}

/** The person or agent behind a call. Null for Portcullis itself, and for callers whom nobody knows. */
export function principalIdOf({ principal }: Pick<Caller, 'principal'>): PrincipalId | null {
  return principal.kind === 'user' || principal.kind === 'agent' ? principal.id : null;
}
