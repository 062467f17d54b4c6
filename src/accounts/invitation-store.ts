import type { InvitationId, KeyId, PrincipalId, UserId, WorkspaceId } from '../domain/ids.ts';

/** A membership that was offered and not accepted yet. */
export interface Invitation {
  readonly id: InvitationId;
  readonly email: string;
  readonly role: string;
  /** Whether its link went out by mail. */
  readonly mailed: boolean;
  /** The principal who made or last renewed it, and is responsible for it. */
  readonly createdBy: PrincipalId | null;
  /** The key that they made or renewed it with, if it was one. */
  readonly madeWithKey: KeyId | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface NewInvitation extends Invitation {
  readonly hash: Buffer;
}

export type NewInvitationLink = Pick<NewInvitation, 'hash' | 'mailed' | 'expiresAt' | 'createdBy' | 'madeWithKey'>;

/** The invitations of one workspace. */
export interface WorkspaceInvitations {
  /** Those that are pending, expired ones too. The newest first. */
  invitations(): Promise<Invitation[]>;
  /** Locks a pending invitation until the end. Null: there is none, or it is no longer pending. */
  lockInvitation(id: InvitationId): Promise<Invitation | null>;
  /** Replaces a pending invitation to the same address. */
  addInvitation(invitation: NewInvitation): Promise<void>;
  /** Gives a pending invitation another link, for which its author answers; the last one ends. */
  renewInvitation(id: InvitationId, link: NewInvitationLink): Promise<void>;
  acceptInvitation(id: InvitationId, by: UserId, at: Date): Promise<void>;
  withdrawInvitation(id: InvitationId, at: Date): Promise<void>;
  /** Withdraws the pending invitations of this principal: they end with the rights of their author. */
  withdrawInvitationsBy(id: PrincipalId, at: Date): Promise<void>;
  /** Those that a key made: they end with the key. */
  withdrawInvitationsMadeWith(key: KeyId, at: Date): Promise<void>;
}

/** What the holder of a link may know of the invitation behind it. */
export interface Offer {
  readonly id: InvitationId;
  readonly workspaceId: WorkspaceId;
  readonly workspaceName: string;
  readonly email: string;
  readonly role: string;
  readonly mailed: boolean;
}
