import { z } from 'zod';
import { link, list, time } from './values.ts';

const user = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    deploymentRights: list(z.string()),
    disabled: z.boolean(),
    hasPassword: z.boolean(),
    createdAt: time,
  })
  .meta({ id: 'User' });

export const userAnswer = z.object({ user });
export const usersAnswer = z.object({ users: list(user) });
export const newUserAnswer = z.object({ user, signInUrl: link });
export const signInUrlAnswer = z.object({ signInUrl: link });
export const meAnswer = z.object({ user, demo: z.boolean() }).meta({ id: 'Me' });

export const sessionsAnswer = z.object({
  sessions: list(
    z
      .object({
        id: z.string(),
        openedBy: z.enum(['password', 'link']),
        createdAt: time,
        lastSeenAt: time,
        expiresAt: time,
        clientAddress: z.string(),
        userAgent: z.string(),
        current: z.boolean(),
      })
      .meta({ id: 'Session' }),
  ),
});

const member = z
  .object({
    principalId: z.string(),
    kind: z.enum(['user', 'agent']),
    name: z.string(),
    email: z.string().nullable().describe('Null for agents, and for people whose address the reader may not see.'),
    owner: z.object({ id: z.string(), name: z.string(), isMember: z.boolean() }).nullable(),
    role: z.string(),
    disabled: z.boolean(),
    suspended: z.boolean(),
    createdAt: time,
  })
  .meta({ id: 'Member' });

export const memberAnswer = z.object({ member });
export const membersAnswer = z
  .object({ members: list(member), total: z.int().describe('How many there are on all pages.') })
  .meta({ id: 'MemberPage' });

const invitation = z
  .object({
    id: z.string(),
    email: z.string(),
    role: z.string(),
    mailed: z.boolean(),
    createdBy: z.string().nullable(),
    createdAt: time,
    expiresAt: time,
    expired: z.boolean(),
  })
  .meta({ id: 'Invitation' });

export const invitationsAnswer = z.object({ invitations: list(invitation) });
export const issuedAnswer = z.object({ invitation, acceptUrl: link }).meta({ id: 'IssuedInvitation' });
export const joinedAnswer = z.object({ workspace: z.string() });

export const signedInByLinkAnswer = z.object({ user, passwordNeeded: z.boolean() });
export const offerAnswer = z
  .object({ workspace: z.string(), email: z.string(), role: z.string() })
  .meta({ id: 'Offer' });
export const acceptedAnswer = z.object({
  workspace: z.string(),
  user: user.nullable().describe('Null where the person must sign in by themselves.'),
});

const consent = z
  .object({
    id: z.string(),
    clientId: z.string(),
    clientName: z.string().describe('What the client calls itself.'),
    principalId: z.string().describe('As whom it calls: you, or an agent of yours.'),
    ceiling: list(z.string()).describe('What it may be used for at most.'),
    under: list(z.string())
      .nullable()
      .describe('Pages and databases that it is limited to, with everything under them; null for no such limit.'),
    createdAt: time,
    expiresAt: time,
    lastUsedAt: time.nullable(),
    revokedAt: time.nullable(),
  })
  .meta({ id: 'Consent' });

export const consentAnswer = z.object({ consent });
export const consentsAnswer = z.object({ consents: list(consent) });
