import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Accounts } from '../../accounts/accounts.ts';
import type { Client } from '../../accounts/sign-in.ts';
import { PortcullisError } from '../../domain/errors.ts';
import type { RecordEvent } from '../../domain/event.ts';
import type { ClientAddress } from '../../net/client-address.ts';
import { deviceCookie, sessionCookie } from '../session-cookie.ts';
import { clientOf, eventOf, fail, readBodyAs, send, tooManyAttempts } from './anonymous-request.ts';
import { displayName } from './fields.ts';
import { jsonAnswer } from './json-answer.ts';
import { acceptedAnswer, offerAnswer } from './shapes/people.ts';
import { userView } from './user-view.ts';

export interface JoiningParts {
  readonly accounts: Pick<Accounts, 'invitations' | 'links' | 'signIn'>;
  readonly record: RecordEvent;
  readonly clientAddress: ClientAddress;
  readonly origins: ReadonlySet<string>;
}

const offerBody = z.strictObject({ token: z.string().max(100) });
const acceptBody = z.strictObject({
  token: z.string().max(100),
  name: displayName,
  password: z.string().max(1024),
});
const forgottenBody = z.strictObject({ email: z.string().max(320) });

/** For the description of the API; these are not rows, because they have no caller yet. */
export const joiningRoutes = [
  {
    path: '/api/invitations/offer',
    name: 'invitations.offer',
    summary: 'What the link of an invitation offers',
    body: offerBody,
    answer: offerAnswer,
  },
  {
    path: '/api/invitations/accept',
    name: 'invitations.accept',
    summary: 'Make an account, join the workspace and sign in; sets the session cookie',
    body: acceptBody,
    answer: acceptedAnswer,
  },
  {
    path: '/api/sign-in/forgotten',
    name: 'sign_in.forgotten',
    summary: 'Have a link mailed to an address, where mail is set up and the address has an account',
    body: forgottenBody,
    answer: null,
  },
] as const;

/**
 * Joining by invitation, and coming back after a forgotten password. Like signing in it comes before the gateway,
 * because there is no caller yet. It writes every result durably to the log before it answers. Attempts are counted by
 * address.
 */
export function joiningDoor(parts: JoiningParts): FastifyPluginAsync {
  const { accounts, record, clientAddress, origins } = parts;
  const { invitations, links, signIn } = accounts;

  return async fastify => {
    fastify.post('/api/invitations/offer', (request, reply) =>
      serve(request, reply, offerBody, async ({ token }) => {
        const offer = await invitations.offer(token);
        if (offer === null) throw new PortcullisError('not_found', invitationOver);
        return jsonAnswer({ workspace: offer.workspaceName, email: offer.email, role: offer.role });
      }),
    );
    fastify.post('/api/invitations/accept', (request, reply) =>
      serve(request, reply, acceptBody, async ({ token, ...account }, client, requestId) => {
        const accepted = await invitations.acceptAsNew(token, { ...account, clientAddress: client.address });
        const { workspaceId, userId: principalId, invitation, member, email } = accepted;
        const detail = { invitation, member: member.principalId, role: member.role };
        await record({ ...eventOf(client, requestId, 'invitation.accepted'), workspaceId, principalId, detail });
        const opened = await signIn.withPassword(email, account.password, client);
        if (opened.kind === 'refused') return jsonAnswer({ workspace: workspaceId, user: null });
        const session = { session: opened.sessionId };
        await record({ ...eventOf(client, requestId, 'session.started'), principalId, detail: session });
        reply.header('set-cookie', [sessionCookie(opened.token), deviceCookie(opened.device)].flat());
        return jsonAnswer({ workspace: workspaceId, user: userView(opened.user) });
      }),
    );
    fastify.post('/api/sign-in/forgotten', (request, reply) =>
      serve(request, reply, forgottenBody, async ({ email: typed }, client, requestId) => {
        await record({ ...eventOf(client, requestId, 'sign_in.forgotten'), detail: {} });
        await links.recover(typed);
        return jsonAnswer(undefined);
      }),
    );
  };

  async function serve<B>(
    request: FastifyRequest,
    reply: FastifyReply,
    shape: z.ZodType<B>,
    answer: (body: B, client: Client, requestId: string) => Promise<ReturnType<typeof jsonAnswer>>,
  ): Promise<FastifyReply> {
    const requestId = randomUUID();
    try {
      const client = clientOf(request, clientAddress);
      const refused = await signIn.admit(client);
      if (refused !== null) throw await overLimit(refused, client, requestId);
      const body = await readBodyAs(request, shape, origins, client);
      return send(reply, await answer(body, client, requestId));
    } catch (error) {
      return fail(request, reply, error, requestId);
    }
  }

  async function overLimit(
    { noteworthy, retryAfterSeconds }: { noteworthy: boolean; retryAfterSeconds: number | null },
    client: Client,
    requestId: string,
  ): Promise<PortcullisError> {
    const detail = { why: 'too_many_attempts' };
    if (noteworthy) await record({ ...eventOf(client, requestId, 'session.refused'), result: 'denied', detail });
    return tooManyAttempts(retryAfterSeconds);
  }
}

const invitationOver = 'This invitation is over. Ask the person who invited you for a new one.';
