import type { Action } from './action.ts';
import type { Door } from './door.ts';
import type { SignInStrength } from './grant.ts';
import type { AgentId, ConsentId, KeyId, PrincipalId, SessionId, UserId, WorkspaceId } from './ids.ts';

/** The credentials that a door found in a request, not yet checked. Only `identify` checks them. */
export type Credentials =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'bearer';
      readonly token: string;
      /**
       * The address of the door as a resource (RFC 8707): an access token for another address is invalid here. Left
       * out: the door accepts keys only.
       */
      readonly resource?: string;
    }
  | { readonly kind: 'session'; readonly token: string }
  /** A link to a file, which opens without a key. It acts for the key or session that received it. */
  | { readonly kind: 'file_link'; readonly token: string }
  | { readonly kind: 'malformed' };

/** Why a caller is anonymous. Logged; the caller learns only "unauthorized". */
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

/** A service account. `owner` is the person who is responsible for it, and is logged beside it. */
export interface Agent {
  readonly kind: 'agent';
  readonly id: AgentId;
  readonly owner: UserId;
}

export interface Anonymous {
  readonly kind: 'anonymous';
  readonly why: AnonymousReason;
}

/**
 * Portcullis itself, calling Notion for its own reasons. Doors only hand over credentials, so no door can act as the
 * system.
 */
export interface System {
  readonly kind: 'system';
  readonly component: string;
  /**
   * The caller who waits for the answer. The system's call queues among the calls of this caller, and counts as theirs
   * (rule 29).
   */
  readonly onBehalfOf?: User | Agent;
}

export type Principal = User | Agent | Anonymous | System;

/**
 * The caller, as far as the credentials prove who they are.
 *
 * `epoch` is the principal's epoch when the credential was read. The intent commits only if it is still current. So a
 * cached credential can be stale, but has no effect after it was revoked (rule 10).
 */
export interface Caller {
  readonly principal: Principal;
  /**
   * The id of the credential, for the log: of a key, a session, or the consent behind an access token. Null for
   * anonymous callers and the system.
   */
  readonly credential: KeyId | SessionId | ConsentId | null;
  readonly epoch: number | null;
  /** Null if the credential is not bound to one workspace (a browser session). */
  readonly boundTo: WorkspaceId | null;
  /** The actions that a key is limited to. Null: the key has no such limit (rule 11). */
  readonly ceiling: ReadonlySet<Action> | null;
  /** The pages and databases that a key is limited to, with what is below them. Null: no such limit. */
  readonly under: readonly string[] | null;
  /** How and when the caller proved who they are, for conditions. Null for anonymous callers and the system. */
  readonly signIn: { readonly strength: SignInStrength; readonly at: Date | null } | null;
  /** Rights in the deployment as a whole, for example to connect a new workspace. */
  readonly deploymentRights: ReadonlySet<Action>;
  /** How the call came in. For commands that check again whether the caller may do this. */
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

/** The person or agent behind a call. Null for Portcullis itself, and for unknown callers. */
export function principalIdOf({ principal }: Pick<Caller, 'principal'>): PrincipalId | null {
  return principal.kind === 'user' || principal.kind === 'agent' ? principal.id : null;
}
