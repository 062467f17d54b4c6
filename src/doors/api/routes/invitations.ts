import { z } from 'zod';
import type { Invitation } from '../../../accounts/invitation-store.ts';
import type { Invitations } from '../../../accounts/invitations.ts';
import type { RecordEvent } from '../../../domain/event.ts';
import { email, idOf, role } from '../fields.ts';
import { workspaceOf } from '../in-workspace.ts';
import { recordChange } from '../record-change.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import { invitationsAnswer, issuedAnswer, joinedAnswer } from '../shapes/people.ts';

const byInvitation = z.strictObject({ invitation: idOf('inv') });
const mayInvite = { on: 'workspace', action: 'members' } as const;

/** Memberships that were offered and not accepted yet. */
export function invitationRoutes(parts: {
  invitations: Invitations;
  record: RecordEvent;
  now: () => Date;
}): ApiRoute[] {
  const { invitations, record } = parts;
  const view = (invitation: Invitation) => invitationView(invitation, parts.now());
  return [
    apiRoute({
      method: 'GET',
      path: '/api/workspaces/:workspace/invitations',
      name: 'invitations.list',
      answer: invitationsAnswer,
      summary: 'Invitations that are not accepted yet',
      demand: mayInvite,
      run: async (_input, context) => ({ invitations: (await invitations.list(workspaceOf(context))).map(view) }),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/workspaces/:workspace/invitations',
      name: 'invitations.create',
      answer: issuedAnswer,
      summary: 'Invite a person; the answer has the link, unless it goes to them by mail',
      demand: mayInvite,
      also: {
        says: 'Callers cannot give a role that holds more than they do.',
        of: ({ body }) => [{ ...mayInvite, gives: { kind: 'role', role: body.role } }],
      },
      body: z.strictObject({ email, role }),
      status: 201,
      run: async ({ body }, context) => {
        const { invitation, acceptUrl } = await invitations.invite(context.caller, workspaceOf(context), body);
        const detail = { invitation: invitation.id, role: invitation.role, mailed: invitation.mailed };
        await recordChange(record, context, 'invitation.created', detail);
        return { invitation: view(invitation), acceptUrl };
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/workspaces/:workspace/invitations/:invitation/resend',
      name: 'invitations.resend',
      answer: issuedAnswer,
      summary: 'Give an invitation a new link; the last one ends',
      demand: mayInvite,
      also: {
        says: 'Callers cannot give a role that holds more than they do.',
        of: ({ params }) => [{ ...mayInvite, gives: { kind: 'invitation', id: params.invitation } }],
      },
      params: byInvitation,
      run: async ({ params }, context) => {
        const id = params.invitation;
        const { invitation, acceptUrl } = await invitations.resend(context.caller, workspaceOf(context), id);
        await recordChange(record, context, 'invitation.resent', { invitation: id, mailed: invitation.mailed });
        return { invitation: view(invitation), acceptUrl };
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/workspaces/:workspace/invitations/:invitation',
      name: 'invitations.withdraw',
      answer: null,
      summary: 'Withdraw an invitation',
      demand: mayInvite,
      params: byInvitation,
      run: async ({ params }, context) => {
        await invitations.withdraw(context.caller, workspaceOf(context), params.invitation);
        await recordChange(record, context, 'invitation.withdrawn', { invitation: params.invitation });
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/me/invitations',
      name: 'me.accept_invitation',
      answer: joinedAnswer,
      summary: 'Join a workspace by the link of an invitation',
      demand: { on: 'self', by: 'session' },
      body: z.strictObject({ token: z.string().max(100) }),
      run: async ({ body }, context) => {
        const accepted = await invitations.acceptSignedIn(body.token, context.caller);
        const { workspaceId, invitation, member } = accepted;
        const detail = { invitation, member: member.principalId, role: member.role };
        await recordChange(record, { ...context, workspaceId }, 'invitation.accepted', detail);
        return { workspace: workspaceId };
      },
    }),
  ];
}

function invitationView(invitation: Invitation, now: Date) {
  const { id, email, role, mailed, createdBy, createdAt, expiresAt } = invitation;
  const times = { createdAt, expiresAt, expired: expiresAt <= now };
  return { id, email, role, mailed, createdBy, ...times };
}
