import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { accessScopes } from '../../domain/consent.ts';
import { PortcullisError } from '../../domain/errors.ts';
import { isId } from '../../domain/ids.ts';
import { KiB } from '../../domain/units.ts';
import { parseStrictJson } from '../../notion/strict-json.ts';
import { pageProblemOf, statusOf } from '../connect/page-problem.ts';
import { problemPage } from '../connect/problem-page.ts';
import { logProblem, pagePolicy, sendPage } from '../connect/send-page.ts';
import { toDashboard } from '../connect/way-on.ts';
import { securityHeaders } from '../dashboard/security-headers.ts';
import { type ConsentStepParts, consentSteps, signInPath } from './consent-steps.ts';

export interface OAuthServerDoorParts extends ConsentStepParts {
  /** What of a registration is taken; null if it names nowhere to send people. Throws `rate_limited`. */
  readonly register: (given: Record<string, unknown>, address: string) => Promise<Record<string, unknown> | null>;
}

const protocolRoutes = [
  ['GET', '/.well-known/oauth-authorization-server'],
  ['GET', '/.well-known/openid-configuration'],
  ['GET', '/oauth/authorize'],
  ['GET', '/oauth/authorize/:uid'],
  ['GET', '/oauth/jwks'],
  ['POST', '/oauth/token'],
  ['POST', '/oauth/revoke'],
  ['OPTIONS', '/oauth/token'],
  ['OPTIONS', '/oauth/revoke'],
] as const;

/** `/oauth/…` and `/.well-known/…`: our authorization server for MCP clients, and the page on which people let them in. */
export function oauthServerDoor(parts: OAuthServerDoorParts): FastifyPluginAsync {
  const { protocol, publicUrl } = parts;
  const { host, protocol: scheme } = new URL(publicUrl);
  const headers = {
    ...securityHeaders(scheme === 'https:'),
    'cache-control': 'no-store',
    'content-security-policy': pagePolicy(null),
  };
  return async fastify => {
    const { show, answer } = consentSteps(parts);
    fastify.removeAllContentTypeParsers();
    // The protocol reads its own bodies.
    fastify.addContentTypeParser('*', (_request, _body, done) => done(null));
    fastify.addHook('onRequest', async (request, reply) => {
      reply.headers(headers);
      claim(request.raw);
    });
    for (const [method, url] of protocolRoutes) {
      fastify.route({
        method,
        url,
        exposeHeadRoute: false,
        handler: async (request, reply) => hand(request.raw, reply),
      });
    }
    for (const prefix of ['', '/w/:workspace']) {
      fastify.get(`/.well-known/oauth-protected-resource${prefix}/mcp`, (request, reply) =>
        reply.header('access-control-allow-origin', '*').send(resourceMetadata(publicUrl, request)),
      );
    }
    fastify.get('/.well-known/oauth-protected-resource', (request, reply) =>
      reply.header('access-control-allow-origin', '*').send(resourceMetadata(publicUrl, request)),
    );
    await fastify.register(async forms => {
      forms.removeAllContentTypeParsers();
      const parser = { parseAs: 'string', bodyLimit: 16 * KiB } as const;
      forms.addContentTypeParser('application/x-www-form-urlencoded', parser, (_request, body, done) =>
        done(null, new URLSearchParams(body.toString())),
      );
      forms.addContentTypeParser('application/json', { ...parser, parseAs: 'buffer' }, (_request, body, done) =>
        done(null, parseStrictJson(body as Buffer)),
      );
      forms.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, parts.demo));
      forms.get('/oauth/consent/:uid', show);
      forms.post('/oauth/consent/:uid', answer);
      forms.post('/oauth/register', (request, reply) => register(request, reply));
    });
  };

  /** The protocol's answers use the public address, and its own sign-in cookie is never used. */
  function claim(request: IncomingMessage): void {
    request.headers.host = host;
    request.headers['x-forwarded-proto'] = scheme.slice(0, -1);
    delete request.headers['x-forwarded-host'];
    const cookies = (request.headers.cookie ?? '').split(';').filter(pair => !/^\s*_session(?:\.sig)?=/.test(pair));
    request.headers.cookie = cookies.join(';');
    // A request without a scope asks for all that there is: the person narrows it.
    if (request.method === 'GET' && /^\/oauth\/authorize\?/.test(request.url ?? '')) {
      const url = new URL(request.url ?? '', publicUrl);
      if (!url.searchParams.get('scope')) url.searchParams.set('scope', accessScopes.join(' '));
      request.url = url.pathname + url.search;
    }
  }

  function hand(request: IncomingMessage, reply: FastifyReply): FastifyReply {
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
    reply.hijack();
    protocol.handle(request, reply.raw);
    return reply;
  }

  /**
   * Dynamic registration (RFC 7591): the protocol gets only the accepted fields, as if the client had sent just these.
   */
  async function register(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const refuse = (status: number, error: string, description: string) =>
      reply.code(status).send({ error, error_description: description });
    const { body } = request;
    if (typeof body !== 'object' || body === null) {
      return refuse(400, 'invalid_client_metadata', 'Send one JSON object without repeated keys.');
    }
    const given = body as Record<string, unknown>;
    try {
      const metadata = await parts.register(given, parts.clientAddress(request.raw));
      if (metadata === null) {
        return refuse(
          400,
          'invalid_redirect_uri',
          'Name 1 to 10 redirect URIs: https, a loopback address, or a scheme of your own.',
        );
      }
      return hand(withBody(request.raw, Buffer.from(JSON.stringify(metadata))), reply);
    } catch (error) {
      if (!(error instanceof PortcullisError) || error.code !== 'rate_limited') throw error;
      reply.header('retry-after', '3600');
      return refuse(429, 'temporarily_unavailable', 'Too many clients registered from there. Wait an hour.');
    }
  }
}

/** RFC 9728. `offline_access` is no scope of a resource. */
function resourceMetadata(publicUrl: string, request: FastifyRequest): object {
  const { workspace } = request.params as { workspace?: string };
  return {
    resource: isId('wsp', workspace) ? `${publicUrl}/w/${workspace}/mcp` : `${publicUrl}/mcp`,
    authorization_servers: [publicUrl],
    scopes_supported: accessScopes,
    bearer_methods_supported: ['header'],
    resource_name: 'Portcullis',
  };
}

/** The request once more, as if the client had sent this body. The protocol uses only these members of it. */
function withBody({ socket, headers, method, url }: IncomingMessage, body: Buffer): IncomingMessage {
  const said = { 'content-type': 'application/json', 'content-length': String(body.length) };
  const { host, 'x-forwarded-proto': proto } = headers;
  const request = Object.assign(Readable.from([body], { objectMode: false }), {
    ...{ socket, method, url, httpVersion: '1.1' },
    headers: { host, 'x-forwarded-proto': proto, ...said },
  });
  return request as unknown as IncomingMessage;
}

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, demo: boolean): FastifyReply {
  const problem = pageProblemOf(error);
  if (problem === 'not_signed_in' && request.method === 'GET') return reply.redirect(signInPath(request), 303);
  logProblem(request.log, { step: request.routeOptions.url, problem }, error);
  return sendPage(reply, statusOf(error), demo, options => problemPage(problem, toDashboard, options));
}
