import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { PortcullisError } from '../../domain/errors.ts';
import type { Operation } from '../../domain/operation.ts';
import { KiB } from '../../domain/units.ts';
import type { Gateway } from '../../gateway.ts';
import type { ClientAddress } from '../client-address.ts';

/** Notion's events name what changed and hold no content: some hundred bytes, or a few thousand of ids. */
export const webhookBytesMax = 256 * KiB;

export interface WebhookDoorParts {
  readonly gateway: Gateway;
  /** What became of a delivery. Rejects when that could not be made durable. */
  receive(delivery: {
    readonly address: string;
    readonly body: Buffer;
    readonly signature: string | undefined;
    readonly clientAddress: string;
    readonly requestId: string;
  }): Promise<'taken' | 'repeated' | 'passed_over' | 'refused' | 'unproven'>;
  readonly clientAddress: ClientAddress;
}

/**
 * `/webhooks/notion/:subscription`: where Notion sends its events. It answers 200 once a delivery is durable, or need not
 * come again: Notion repeats what got another answer, and in the end gives a subscription up. A request that does not
 * prove that it comes from Notion is an anonymous call, denied on the path that every call takes, so it is in the log,
 * counted and bounded like any stranger's.
 */
export function webhookDoor({ gateway, receive, clientAddress }: WebhookDoorParts): FastifyPluginAsync {
  return async fastify => {
    // The signature is over the bytes, so nothing may parse them before it was checked.
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: webhookBytesMax }, (_request, body, done) =>
      done(null, body),
    );
    fastify.setErrorHandler(async (error, request, reply) => answerFailure(error, request, reply));
    fastify.post('/webhooks/notion/:subscription', async (request, reply) => {
      const requestId = randomUUID();
      const receipt = await receive({
        address: (request.params as { subscription: string }).subscription,
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        signature: oneHeader(request, 'x-notion-signature'),
        clientAddress: clientAddress(request.raw),
        requestId,
      });
      if (receipt === 'unproven') return deny(request, requestId);
      return reply.code(receipt === 'refused' ? 409 : 200).send();
    });
  };

  async function deny(request: FastifyRequest, requestId: string): Promise<never> {
    await gateway({
      door: 'webhooks',
      requestId,
      credentials: { kind: 'none' },
      clientAddress: clientAddress(request.raw),
      workspace: null,
      operation: unprovenDelivery,
      signal: new AbortController().signal,
    });
    throw new PortcullisError('internal', undefined, { log: 'a delivery that proves nothing was allowed' });
  }
}

/** Nothing that anybody could be allowed: it has no demand and no target, and an anonymous caller gets no further. */
const unprovenDelivery: Operation = {
  name: 'webhooks.receive',
  effect: 'write',
  demands: [],
  problem: null,
  target: null,
  response: { opaque: false, readAction: null, rewriteUrls: false, notFound: null, binds: null },
};

/** A header that came twice is no header: nobody could say which of the two counts. */
function oneHeader(request: FastifyRequest, name: string): string | undefined {
  const values = request.raw.headersDistinct[name] ?? [];
  return values.length === 1 ? values[0] : undefined;
}

async function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (error instanceof PortcullisError) return reply.code(error.status).send();
  const status = statusOf(error);
  // What fastify refuses by itself: a body that is too large, or not as long as it says.
  if (status !== null && status < 500) return reply.code(status).header('connection', 'close').send();
  request.log.error({ err: error }, 'a webhook delivery could not be taken');
  return reply.code(503).send();
}

function statusOf(error: unknown): number | null {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : null;
}
