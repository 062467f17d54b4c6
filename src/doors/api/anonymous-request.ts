import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Client } from '../../accounts/sign-in.ts';
import { PortcullisError } from '../../domain/errors.ts';
import type { EventName } from '../../domain/event-names.ts';
import type { Answer } from '../../domain/operation.ts';
import { KiB, MiB } from '../../domain/units.ts';
import type { ClientAddress } from '../../net/client-address.ts';
import { logFailure } from '../log-failure.ts';
import { isFromOurPages } from '../same-origin.ts';
import { readDeviceCookie, readSessionCookie } from '../session-cookie.ts';
import { createStrangeBodies } from '../strange-bodies.ts';
import { errorAnswer } from './json-answer.ts';
import { readBody } from './read-body.ts';
import { describe, notFromOurPages } from './read-input.ts';

/** The browser behind a request that comes before the gateway, because there is no caller yet. */
export function clientOf(request: FastifyRequest, clientAddress: ClientAddress): Client {
  const cookie = readSessionCookie(request.headers.cookie);
  return {
    address: clientAddress(request.raw),
    userAgent: request.headers['user-agent'] ?? '',
    oldToken: cookie.kind === 'present' ? cookie.token : null,
    device: readDeviceCookie(request.headers.cookie),
  };
}

/** An address and a password, or a token. */
const readStrange = createStrangeBodies({ bytesMax: 16 * KiB, heldMax: 4 * MiB });

/**
 * Also refuses foreign pages: a page that signs its visitor in as another person would see what the visitor does there.
 *
 * @param client the sender: the unfinished bodies of one address share a limit
 */
export async function readBodyAs<B>(
  request: FastifyRequest,
  shape: z.ZodType<B>,
  origins: ReadonlySet<string>,
  { address }: Pick<Client, 'address'>,
): Promise<B> {
  if (!isFromOurPages(request, origins)) throw new PortcullisError(notFromOurPages.code, notFromOurPages.message);
  const body = await readBody(request.raw, {}, () => readStrange(request.raw, address));
  if ('problem' in body) throw new PortcullisError(body.problem.code, body.problem.message);
  const parsed = shape.safeParse(body.value ?? {});
  if (!parsed.success) throw new PortcullisError('validation_error', describe(parsed.error));
  return parsed.data;
}

export function eventOf(client: Client, requestId: string, name: EventName) {
  const { address } = client;
  return { name, workspaceId: null, principalId: null, result: 'success', clientAddress: address, requestId } as const;
}

export function tooManyAttempts(retryAfterSeconds: number | null): PortcullisError {
  const details = retryAfterSeconds === null ? { hint: 'Try again in a minute.' } : { retryAfterSeconds };
  return new PortcullisError('rate_limited', 'Too many attempts.', details);
}

export function send(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  return reply
    .code(status)
    .headers({ ...headers, 'x-content-type-options': 'nosniff' })
    .send(body ?? undefined);
}

export function fail(request: FastifyRequest, reply: FastifyReply, error: unknown, requestId: string): FastifyReply {
  logFailure(request.log, { requestId }, error);
  reply.removeHeader('set-cookie');
  return send(reply, errorAnswer(error, requestId));
}
