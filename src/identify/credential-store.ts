import type { Action } from '../domain/action.ts';
import type { SignInStrength } from '../domain/grant.ts';
import type { ConsentId, KeyId, SessionId, WorkspaceId } from '../domain/ids.ts';
import type { Agent, User } from '../domain/principal.ts';

/** A key, a session or an access token, with everything about its principal that one look-up returns. */
export interface StoredCredential {
  readonly id: KeyId | SessionId | ConsentId;
  readonly principal: User | Agent;
  /** The principal's epoch, read in the same statement as the rest (rule 10). */
  readonly epoch: number;
  /** Revoked, or the session was ended. It stays so. */
  readonly revoked: boolean;
  /** The principal is disabled or suspended, or its owner is disabled. This can be undone. */
  readonly principalDisabled: boolean;
  readonly expiresAt: Date;
  /** For sessions: when it ends unless it is used before. Null for keys, which have no idle limit. */
  readonly idleExpiresAt: Date | null;
  readonly boundTo: WorkspaceId | null;
  readonly ceiling: ReadonlySet<Action> | null;
  /** Pages and databases that a key is limited to. */
  readonly under: readonly string[] | null;
  readonly signIn: { readonly strength: SignInStrength; readonly at: Date | null };
  readonly deploymentRights: ReadonlySet<Action>;
  /** Of an access token: the one resource that it is for. Null: the credential is no access token. */
  readonly resource: string | null;
}

/** What a caller can present. */
export type PresentedKind = 'api_key' | 'session' | 'access_token' | 'file_link';

export interface CredentialUse {
  readonly id: KeyId | SessionId | ConsentId;
  readonly at: Date;
}

/**
 * Looks credentials up by their keyed hash. Null: there is no such credential. An error means that the answer is not
 * known.
 *
 * `noteUses` writes when credentials were last used, and extends the idle limit of sessions. An older time never
 * replaces a newer one; ids that are gone are skipped.
 */
export interface CredentialStore {
  /** `file_link`: the key or session that received the link, with only the rights that the link gives. */
  find(kind: PresentedKind, hash: Buffer): Promise<StoredCredential | null>;
  noteUses(uses: readonly CredentialUse[]): Promise<void>;
}
