import type { InvitationId, KeyId, PrincipalId, UserId, WorkspaceId } from '../domain/ids.ts';

/** A membership that nobody has accepted yet. */
export interface Invitation {
  readonly id: InvitationId;
  readonly email: string;
  readonly role: string;
  /** Whether its link went out by mail. */
  readonly mailed: boolean;
  /** Who made it, or renewed it last, and answers for it. */
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
  /** Holds a pending invitation until the end. Null: there is none, or none any more. */
  lockInvitation(id: InvitationId): Promise<Invitation | null>;
  /** Takes the place of a pending one to the same address. */
  addInvitation(invitation: NewInvitation): Promise<void>;
  /** Gives a pending invitation another link, for which its author answers; the last one ends. */
  renewInvitation(id: InvitationId, link: NewInvitationLink): Promise<void>;
  acceptInvitation(id: InvitationId, by: UserId, at: Date): Promise<void>;
  withdrawInvitation(id: InvitationId, at: Date): Promise<void>;
  /** Those that somebody made and that are pending: they end with the right of whoever made them. */
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
