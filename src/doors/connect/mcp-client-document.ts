import type { FastifyPluginAsync } from 'fastify';
import { isId, type RegistrationId } from '../../domain/ids.ts';

/** The path of the metadata documents of our own OAuth clients, below the public URL. */
export const mcpClientDocumentPath = '/auth/notion-mcp/client';

/**
 * `GET /auth/notion-mcp/client/:registration`: the document that an authorization server reads if our client id is a
 * URL. It is public, the same for every caller, and does not reveal whether such a registration exists.
 */
export function mcpClientDocumentDoor(documentOf: (id: RegistrationId) => object): FastifyPluginAsync {
  return async fastify => {
    fastify.get<{ Params: { registration: string } }>(
      `${mcpClientDocumentPath}/:registration`,
      async ({ params }, reply) => {
        const { registration } = params;
        if (!isId('reg', registration)) return reply.code(404).send({ error: 'not_found' });
        return reply.header('cache-control', 'public, max-age=3600').send(documentOf(registration));
      },
    );
  };
}
