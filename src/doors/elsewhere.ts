import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PortcullisError } from '../domain/errors.ts';
import type { Gateway } from '../gateway.ts';
import type { ClientAddress } from '../net/client-address.ts';
import { unrecognised } from '../notion/classify.ts';
import { renderEnvelope, renderError } from '../notion/error-envelope.ts';
import { html } from './connect/html.ts';
import { page } from './connect/page.ts';
import { sendPage } from './connect/send-page.ts';
import { securityHeaders } from './dashboard/security-headers.ts';
import { namesHostTwice } from './request-target.ts';
import { readCredentials } from './rest/request-headers.ts';

export interface ElsewhereParts {
  readonly gateway: Gateway;
  readonly clientAddress: ClientAddress;
  readonly publicUrl: string;
  readonly demo: boolean;
}

export interface Elsewhere {
  /** Refuses an address that cannot be decoded. */
  refuseAddress(request: FastifyRequest, reply: FastifyReply): void;
  /** Lets this server answer requests that no door knows, and requests that are refused before a door sees them. */
  answerFor(app: FastifyInstance): void;
}

interface Refused {
  readonly status: number;
  readonly code: 'invalid_request_url' | 'invalid_request';
  readonly message: string;
}

const nowhere: Refused = {
  status: 404,
  code: 'invalid_request_url',
  message: "There is nothing at this address. Notion's API is at /v1, the admin API at /api, the dashboard at /.",
};

const hostTwice: Refused = {
  status: 400,
  code: 'invalid_request',
  message: 'The header host was sent more than once.',
};

/**
 * Answers requests that no door knows: people get a page, programs get Notion's words. Such a request is a call for
 * something that does not exist, so it is decided and logged. `/` tells a program where everything is.
 */
export function createElsewhere(parts: ElsewhereParts): Elsewhere {
  const headers = { ...securityHeaders(parts.publicUrl.startsWith('https:')), 'cache-control': 'no-store' };
  const places = {
    name: 'Portcullis',
    notion_api: `${parts.publicUrl}/v1`,
    admin_api: `${parts.publicUrl}/api/openapi.json`,
    dashboard: `${parts.publicUrl}/`,
  };

  return {
    refuseAddress: (request, reply) => void refuse(request, reply.headers(headers), { ...nowhere, status: 400 }),
    answerFor(app) {
      app.addHook('onRequest', async (request, reply) => {
        if (namesHostTwice(request.raw)) return refuse(request, reply.headers(headers), hostTwice);
      });
      app.setNotFoundHandler(async (request, reply) => {
        reply.headers(headers);
        const isRead = request.method === 'GET' || request.method === 'HEAD';
        if (isRead && request.url.split('?', 1)[0] === '/') return reply.send(places);
        return refuse(request, reply, nowhere);
      });
      app.setErrorHandler(async (error, request, reply) => {
        // Refusals by fastify itself: a body that is too large, or has another length than stated.
        const status = (error as { statusCode?: unknown } | null)?.statusCode;
        if (typeof status === 'number' && status < 500)
          return refuse(request, reply.headers(headers), { ...nowhere, status });
        request.log.error({ err: error }, 'a request failed');
        return sendEnvelope(reply.headers(headers), renderError(error, randomUUID()));
      });
    },
  };

  async function refuse(request: FastifyRequest, reply: FastifyReply, refused: Refused): Promise<FastifyReply> {
    const requestId = randomUUID();
    const refusal: unknown = await parts
      .gateway({
        door: 'api',
        requestId,
        credentials: readCredentials(request.raw),
        clientAddress: parts.clientAddress(request.raw),
        workspace: null,
        operation: unrecognised(refused.code, refused.message),
        signal: new AbortController().signal,
      })
      .catch((error: unknown) => error);
    const recorded = refusal instanceof PortcullisError && refusal.status < 500;
    if (!recorded) return sendEnvelope(reply, renderError(refusal, requestId));
    if ((request.headers.accept ?? '').includes('text/html')) {
      const { status } = refused;
      return sendPage(reply, status, parts.demo, options => page('There is nothing here', whereTo, options));
    }
    return sendEnvelope(reply, renderEnvelope(refused, requestId));
  }
}

const whereTo = html`<p>No page of Portcullis has this address.</p><p><a href="/">To the dashboard</a></p>`;

function sendEnvelope(reply: FastifyReply, { status, headers, body }: ReturnType<typeof renderError>): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}
