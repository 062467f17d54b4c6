import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Client, SignIn, SignInOpened, SignInResult } from '../../accounts/sign-in.ts';
import { PortcullisError } from '../../domain/errors.ts';
import type { RecordEvent } from '../../domain/event.ts';
import type { ClientAddress } from '../../net/client-address.ts';
import { deviceCookie, endedSessionCookie, sessionCookie } from '../session-cookie.ts';
import { clientOf, eventOf, fail, readBodyAs, send, tooManyAttempts } from './anonymous-request.ts';
import { jsonAnswer } from './json-answer.ts';
import { signedInByLinkAnswer, userAnswer } from './shapes/people.ts';
import { userView } from './user-view.ts';

export interface SignInParts {
  readonly signIn: SignIn;
  readonly record: RecordEvent;
  readonly clientAddress: ClientAddress;
  readonly origins: ReadonlySet<string>;
}

const passwordBody = z.strictObject({ email: z.string().max(320), password: z.string().max(1024) });
const linkBody = z.strictObject({ token: z.string().max(100) });
const emptyBody = z.strictObject({});

/** For the description of the API; these three are not rows, because they have no caller yet. */
export const signInRoutes = [
  {
    path: '/api/sign-in',
    name: 'sign_in.password',
    summary: 'Sign in with a password; sets the session cookie',
    body: passwordBody,
    answer: userAnswer,
  },
  {
    path: '/api/sign-in/link',
    name: 'sign_in.link',
    summary: 'Sign in with a one-time link; sets the session cookie',
    body: linkBody,
    answer: signedInByLinkAnswer,
  },
  {
    path: '/api/sign-out',
    name: 'sign_out',
    summary: 'End the session of this browser',
    body: emptyBody,
    answer: null,
  },
] as const;

/**
 * Signing in and out. It comes before the gateway, because there is no caller yet whom the gateway could identify. Like
 * the gateway, it writes every result durably to the log before it answers. Nothing here can be done by GET.
 */
export function signInDoor(parts: SignInParts): FastifyPluginAsync {
  const { signIn, record, clientAddress, origins } = parts;

  return async fastify => {
    fastify.post('/api/sign-in', (request, reply) =>
      conclude(request, reply, passwordBody, wrongPassword, async ({ email, password }, client) => {
        const result = await signIn.withPassword(email, password, client);
        return { result, answer: (opened: SignInOpened) => ({ user: userView(opened.user) }) };
      }),
    );
    fastify.post('/api/sign-in/link', (request, reply) =>
      conclude(request, reply, linkBody, spentLink, async ({ token }, client) => {
        const result = await signIn.withLink(token, client);
        const answer = ({ user, passwordNeeded }: SignInOpened) => ({ user: userView(user), passwordNeeded });
        return { result, answer };
      }),
    );
    fastify.post('/api/sign-out', async (request, reply) => {
      const requestId = randomUUID();
      try {
        const client = clientOf(request, clientAddress);
        await readBodyAs(request, emptyBody, origins, client);
        const ended = client.oldToken === null ? null : await signIn.signOut(client.oldToken);
        if (ended !== null) {
          const detail = { session: ended.id };
          await record({ ...eventOf(client, requestId, 'session.ended'), principalId: ended.userId, detail });
        }
        return await send(reply.header('set-cookie', endedSessionCookie), jsonAnswer(undefined));
      } catch (error) {
        return await fail(request, reply, error, requestId);
      }
    });
  };

  async function conclude<B>(
    request: FastifyRequest,
    reply: FastifyReply,
    shape: z.ZodType<B>,
    failure: Failure,
    attempt: (body: B, client: Client) => Promise<{ result: SignInResult; answer: (opened: SignInOpened) => unknown }>,
  ): Promise<FastifyReply> {
    const requestId = randomUUID();
    try {
      const client = clientOf(request, clientAddress);
      const body = await readBodyAs(request, shape, origins, client).catch(async error => {
        await tell(await signIn.malformed(client), client, requestId);
        throw error;
      });
      const { result, answer } = await attempt(body, client);
      await tell(result, client, requestId);
      if (result.kind === 'refused') throw refusal(failure);
      const cookies = [sessionCookie(result.token), ...deviceCookie(result.device)];
      return await send(reply.header('set-cookie', cookies), jsonAnswer(answer(result)));
    } catch (error) {
      return await fail(request, reply, error, requestId);
    }
  }

  /**
   * Logs how an attempt ended. An address that tries too often is told to wait, even if something else is wrong too.
   */
  async function tell(result: SignInResult, client: Client, requestId: string): Promise<void> {
    if (result.kind === 'opened') {
      const detail = { session: result.sessionId };
      await record({ ...eventOf(client, requestId, 'session.started'), principalId: result.user.id, detail });
      return;
    }
    const detail = { account: result.account, why: result.why };
    if (result.noteworthy) await record({ ...eventOf(client, requestId, 'session.refused'), result: 'denied', detail });
    if (result.why === 'too_many_attempts') throw tooManyAttempts(result.retryAfterSeconds);
  }
}

/**
 * The message for a person whose attempt failed. It is the same for every reason, so that it does not reveal which
 * accounts exist.
 */
interface Failure {
  readonly message: string;
  readonly hint: string;
}

const wrongPassword: Failure = {
  message: 'Wrong email or password.',
  hint: 'Check both. If you forgot your password, have a link sent to you, or ask an admin of your workspace to reset it.',
};

const spentLink: Failure = {
  message: 'This sign-in link does not work, or no longer.',
  hint: 'A link works once, and for a limited time. Ask for a new one.',
};

function refusal({ message, hint }: Failure): PortcullisError {
  return new PortcullisError('unauthorized', message, { hint });
}
