import { resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { dayMs } from '../../domain/units.ts';
import { notBuiltPage, readPage } from './page.ts';
import { inertPolicy, newNonce, pagePolicy, securityHeaders } from './security-headers.ts';

export interface DashboardOptions {
  /** The directory of the built dashboard: `dist/web`. */
  readonly root: string;
  /** The page then says on every view that it is a demo. */
  readonly demo: boolean;
  /** Whether people reach Portcullis by https. */
  readonly https?: boolean;
}

/** Paths of the other doors. If no door knows such a path, it is not a page of the dashboard either. */
const otherDoors = /^\/(?:api|auth|oauth|\.well-known|webhooks|scim|v1|w|mcp|healthz|readyz|metrics)(?:\/|$)/;

/**
 * Serves the dashboard: its built files, and its one page for every other address that a browser opens. It has no data
 * and no sessions: the page asks the admin API for all that it shows.
 */
export function dashboardDoor(options: DashboardOptions): FastifyPluginAsync {
  const root = resolve(options.root);
  const headers = securityHeaders(options.https ?? false);

  return async fastify => {
    fastify.addHook('onRequest', async (_request, reply) => {
      reply.headers({ ...headers, 'content-security-policy': inertPolicy });
    });
    // The build has compressed the text files. A client that accepts no compression gets the file itself.
    await fastify.register(fastifyStatic, { root, serve: false, preCompressed: true });

    // The names of these files contain a digest of their content, so they never change.
    fastify.get<{ Params: { '*': string } }>('/assets/*', (request, reply) =>
      reply.sendFile(`assets/${request.params['*']}`, root, { immutable: true, maxAge: 365 * dayMs, index: false }),
    );
    fastify.get('/*', (request, reply) => (opensPage(request) ? sendPage(reply) : reply.callNotFound()));
  };

  async function sendPage(reply: FastifyReply): Promise<FastifyReply> {
    const nonce = newNonce();
    const page = await readPage(root, nonce, options.demo);
    reply.header('cache-control', 'no-store').type('text/html; charset=utf-8');
    if (page === null) return reply.code(503).send(notBuiltPage);
    return reply.header('content-security-policy', pagePolicy(nonce)).send(page);
  }
}

function opensPage(request: FastifyRequest): boolean {
  const path = request.url.split('?', 1)[0] ?? '';
  return !otherDoors.test(path) && (request.headers.accept ?? '').includes('text/html');
}
