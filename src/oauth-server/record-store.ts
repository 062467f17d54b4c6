import type { ConsentId, UserId, WorkspaceId } from '../domain/ids.ts';

/** Something that the authorization server has to remember for a while: a code, a token, an interaction, a client. */
export interface OAuthRecord {
  /** oidc-provider's name for the kind of record: `AccessToken`. */
  readonly kind: string;
  /** Keyed hash of the secret that names it. */
  readonly hash: Buffer;
  /** JSON, without that secret. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly consentId: ConsentId | null;
  readonly grantId: string | null;
  readonly expiresAt: Date;
}

export interface EndedConsent {
  readonly id: ConsentId;
  readonly workspaceId: WorkspaceId;
  readonly userId: UserId;
}

/** Where records are kept. What has expired at `at` is not found. */
export interface OAuthRecordStore {
  /** Adds a record, or replaces it. */
  put(record: OAuthRecord): Promise<void>;
  find(
    kind: string,
    hash: Buffer,
    at: Date,
  ): Promise<{ readonly payload: Record<string, unknown>; readonly consumedAt: Date | null } | null>;
  /** Uses a record up. False: it was used up before, or is gone. Of several calls at once, exactly one gets true. */
  consume(kind: string, hash: Buffer, at: Date): Promise<boolean>;
  remove(kind: string, hash: Buffer): Promise<void>;
  /** Removes all records of a grant, and revokes the consent behind it. Null: there was nothing left to end. */
  endGrant(grantId: string, at: Date): Promise<EndedConsent | null>;
  /** How many clients registered themselves from that network since then. */
  registeredSince(network: string, since: Date): Promise<number>;
  /** Extends the life of a client that is in use. */
  keepClient(hash: Buffer, until: Date): Promise<void>;
  removeExpired(at: Date): Promise<void>;
}
