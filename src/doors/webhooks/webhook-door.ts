import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { PortcullisError } from '../../domain/errors.ts';
import type { Operation } from '../../domain/operation.ts';
import { KiB, MiB, secondMs } from '../../domain/units.ts';
import type { Gateway } from '../../gateway.ts';
import type { ClientAddress } from '../../net/client-address.ts';
import { logFailure } from '../log-failure.ts';
import { createStrangeBodies } from '../strange-bodies.ts';

/** Notion's events name what changed and hold no content: some hundred bytes, or a few thousand of ids. */
const webhookBytesMax = 256 * KiB;
/** What strangers can make us hold in memory: beyond it a delivery is refused, and Notion comes again. */
const heldBytesMax = 16 * MiB;
/** From the headers to the end of the body. Notion sends both at once. */
const bodyMsMax = 10 * secondMs;
/**
 * Deliveries that one instance looks up at once, and those that may wait. A stranger can send any number, and the
 * database must serve calls. So further deliveries are refused unread, and Notion sends them again.
 */
export const deliveriesMax = { atOnce: 16, waiting: 128 } as const;

interface Delivery {
  readonly address: string;
  readonly body: Buffer;
  readonly signature: string | undefined;
  readonly clientAddress: string;
  readonly requestId: string;
}

export interface WebhookDoorParts {
  readonly gateway: Gateway;
  /** Returns the result of a delivery. Rejects if the result could not be made durable. */
  receive(delivery: Delivery): Promise<'taken' | 'repeated' | 'passed_over' | 'unproven'>;
  readonly clientAddress: ClientAddress;
  readonly bodyMsMax?: number;
}

/**
 * `/webhooks/notion/:subscription`: where Notion sends its events. It answers 200 once a delivery is durable, or if it
 * need not come again: after another answer Notion repeats a delivery, and in the end gives the subscription up. A
 * request that does not prove that it comes from Notion is an anonymous call. It is denied on the path of every call,
 * so it is logged, counted and bounded like any stranger's call. The answer is the same whether or not the address
 * exists.
 */
export function webhookDoor(parts: WebhookDoorParts): FastifyPluginAsync {
  const { gateway, receive, clientAddress } = parts;
  const inTurn = fewAtOnce(deliveriesMax);
  const readBody = createStrangeBodies({ bytesMax: webhookBytesMax, heldMax: heldBytesMax });

  return async fastify => {
    // The signature covers the bytes, so they must not be parsed before it is checked.
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
    fastify.addHook('onRequest', async request => cutWhenSlow(request, parts.bodyMsMax ?? bodyMsMax));
    fastify.setErrorHandler(answerFailure);
    fastify.post('/webhooks/notion/:subscription', async (request, reply) => {
      const requestId = randomUUID();
      const body = await readBody(request.raw, clientAddress(request.raw));
      const receipt = await inTurn(() => receive(deliveryIn(request, body, requestId)));
      if (receipt === null) return refuse(request, reply, 503, requestId);
      if (receipt === 'unproven') return refuse(request, reply, 401, requestId);
      return reply.code(200).send();
    });
  };

  function deliveryIn(request: FastifyRequest, body: Buffer, requestId: string): Delivery {
    return {
      address: (request.params as { subscription: string }).subscription,
      body,
      signature: oneHeader(request, 'x-notion-signature'),
      clientAddress: clientAddress(request.raw),
      requestId,
    };
  }

  /** Refuses like the path refuses strangers: the log entry comes before the answer. */
  async function refuse(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    requestId: string = randomUUID(),
  ): Promise<FastifyReply> {
    const refusal: unknown = await gateway({
      door: 'webhooks',
      requestId,
      credentials: { kind: 'none' },
      clientAddress: clientAddress(request.raw),
      workspace: null,
      operation: unprovenDelivery,
      signal: new AbortController().signal,
    }).catch((error: unknown) => error);
    if (!(refusal instanceof PortcullisError)) throw refusal;
    return reply.code(refusal.code === 'unauthorized' ? status : refusal.status).send();
  }

  async function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    // A client that is gone gets no answer. The request itself is destroyed once it was read, so it does not show that.
    if (reply.raw.destroyed) return reply;
    const status = statusOf(error);
    // A body that was not read, and refusals by fastify itself.
    if (status !== null) return refuse(request, reply.header('connection', 'close'), status);
    logFailure(request.log, { door: 'webhooks' }, error);
    return reply.code(503).send();
  }
}

/** An operation that no one can be allowed: it has no demand and no target, and the caller is anonymous. */
const unprovenDelivery: Operation = {
  name: 'webhooks.receive',
  effect: 'write',
  demands: [],
  problem: null,
  target: null,
  response: { opaque: false, readAction: null, rewriteUrls: false, notFound: null, binds: null },
};

/** A header that came twice counts as missing, because it is unclear which of the two counts. */
function oneHeader(request: FastifyRequest, name: string): string | undefined {
  const values = request.raw.headersDistinct[name] ?? [];
  return values.length === 1 ? values[0] : undefined;
}

function cutWhenSlow({ raw }: FastifyRequest, ms: number): void {
  const timer = setTimeout(() => raw.destroy(), ms);
  const stop = () => clearTimeout(timer);
  raw.once('end', stop).once('close', stop);
}

/** The status for a delivery whose body could not be read; null for any other trouble. */
function statusOf(error: unknown): number | null {
  if (error instanceof PortcullisError) {
    // Too many unfinished deliveries: Notion comes again after this answer.
    if (error.code === 'rate_limited') return 503;
    // A text that the database cannot keep is none of our addresses, and Notion would not send it.
    if (error.code === 'validation_error') return 401;
    return error.code === 'too_large' || error.code === 'too_slow' ? error.status : null;
  }
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null;
  return typeof status === 'number' && status < 500 ? status : null;
}

/**
 * Runs at most `atOnce` works at the same time, while at most `waiting` others wait. Null: there were more than that.
 */
function fewAtOnce(limits: { readonly atOnce: number; readonly waiting: number }) {
  let running = 0;
  const waiting: (() => void)[] = [];

  return async function inTurn<T>(work: () => Promise<T>): Promise<T | null> {
    if (running < limits.atOnce) running += 1;
    else if (waiting.length < limits.waiting) await new Promise<void>(resolve => waiting.push(resolve));
    else return null;
    try {
      return await work();
    } finally {
      // The place goes directly to the next in line, so that a newcomer cannot take it.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
