import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { isId } from '../../domain/ids.ts';
import { KiB } from '../../domain/units.ts';
import { securityHeaders } from '../dashboard/security-headers.ts';
import { logFailure } from '../log-failure.ts';
import type { ConnectKind } from './connect-commands.ts';
import { answer, finish, review, start } from './connect-steps.ts';
import { pageProblemOf, statusOf } from './page-problem.ts';
import { problemPage } from './problem-page.ts';
import { pagePolicy, sendPage } from './send-page.ts';
import { type OAuthDoorParts, openVisit, queryOf, type Visit } from './visit.ts';
import { startPath, toDashboard, toSignIn } from './way-on.ts';

const steps = [
  ['GET', startPath('rest', null), (visit: Visit) => start('rest', visit)],
  ['GET', startPath('mcp', null), (visit: Visit) => start('mcp', visit)],
  ['GET', '/auth/notion/callback', (visit: Visit) => finish('rest', visit)],
  ['GET', '/auth/notion-mcp/callback', (visit: Visit) => finish('mcp', visit)],
  ['GET', '/auth/notion/confirm', review],
  ['POST', '/auth/notion/confirm', answer],
] as const;

/** `/auth/notion…`: the pages and redirects by which a person connects a workspace. They work without scripts. */
export function oauthDoor(parts: OAuthDoorParts): FastifyPluginAsync {
  const headers = {
    ...securityHeaders(new URL(parts.publicUrl).protocol === 'https:'),
    'cache-control': 'no-store',
    'content-security-policy': pagePolicy(null),
  };
  return async fastify => {
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 4 * KiB },
      (_request, body, done) => done(null, new URLSearchParams(body.toString())),
    );
    fastify.addHook('onRequest', async (_request, reply) => {
      reply.headers(headers);
    });
    fastify.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, parts.demo));
    for (const [method, url, step] of steps) {
      const handler = (request: FastifyRequest, reply: FastifyReply) => step(openVisit(parts, request, reply));
      fastify.route({ method, url, exposeHeadRoute: false, handler });
    }
  };
}

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, demo: boolean): FastifyReply {
  const problem = pageProblemOf(error);
  logFailure(request.log, { step: request.routeOptions.url, problem }, error);
  const wayOn = problem === 'not_signed_in' ? toSignIn(pathAfterSignIn(request)) : toDashboard;
  return sendPage(reply, statusOf(error), demo, options => problemPage(problem, wayOn, options));
}

const connectKinds = ['rest', 'mcp'] as const satisfies readonly ConnectKind[];

/** Who was about to start starts; an attempt of an earlier session is over with it. */
function pathAfterSignIn(request: FastifyRequest): string {
  const kind = connectKinds.find(each => request.routeOptions.url === startPath(each, null));
  if (kind === undefined) return toDashboard.path;
  const { workspace } = queryOf(request);
  return startPath(kind, isId('wsp', workspace) ? workspace : null);
}
