import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { isId } from '../../domain/ids.ts';
import { hasNul } from '../../domain/printable.ts';
import { KiB } from '../../domain/units.ts';
import { securityHeaders } from '../dashboard/security-headers.ts';
import type { ConnectKind } from './connect-commands.ts';
import { impossibleOperation } from './connect-operation.ts';
import { answer, finish, review, start } from './connect-steps.ts';
import { pageProblemOf, statusOf } from './page-problem.ts';
import { problemPage } from './problem-page.ts';
import { logProblem, pagePolicy, sendPage } from './send-page.ts';
import { type OAuthDoorParts, openVisit, queryOf, type Visit } from './visit.ts';
import { startPath, toDashboard, toSignIn } from './way-on.ts';

const steps = [
  ['GET', startPath('rest', null), 'connect.start', (visit: Visit) => start('rest', visit)],
  ['GET', startPath('mcp', null), 'connect.start', (visit: Visit) => start('mcp', visit)],
  ['GET', '/auth/notion/callback', 'connect.finish', (visit: Visit) => finish('rest', visit)],
  ['GET', '/auth/notion-mcp/callback', 'connect.finish', (visit: Visit) => finish('mcp', visit)],
  ['GET', '/auth/notion/confirm', 'connect.review', review],
  ['POST', '/auth/notion/confirm', 'connect.confirm', answer],
] as const;

const nulInAddress = {
  code: 'validation_error',
  message: 'No text in the address may have the character U+0000.',
} as const;

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
    fastify.addHook('onRequest', async (request, reply) => {
      reply.headers(headers);
      // The status is no success, so that the browser does not keep the answer for the person who may follow the link:
      // the browser then asks again.
      if (isPrefetch(request.headers)) return reply.code(503).header('retry-after', '0').send();
    });
    fastify.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, parts.demo));
    for (const [method, url, name, step] of steps) {
      const handler = async (request: FastifyRequest, reply: FastifyReply) => {
        const visit = openVisit(parts, request, reply);
        return hasNul(request.query) ? visit.pass<never>(impossibleOperation(name, nulInAddress), null) : step(visit);
      };
      fastify.route({ method, url, exposeHeadRoute: false, handler });
    }
    for (const url of new Set(steps.map(([, url]) => url))) fastify.head(url, refuseHead);
  };
}

/** A HEAD request (scanners of links send them) takes no step. */
async function refuseHead(_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply.code(405).header('allow', 'GET').send();
}

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, demo: boolean): FastifyReply {
  const problem = pageProblemOf(error);
  logProblem(request.log, { step: request.routeOptions.url, problem }, error);
  const wayOn = problem === 'not_signed_in' ? toSignIn(pathAfterSignIn(request)) : toDashboard;
  return sendPage(reply, statusOf(error), demo, options => problemPage(problem, wayOn, options));
}

const connectKinds = ['rest', 'mcp'] as const satisfies readonly ConnectKind[];

/** A person who was about to start goes on to start. An attempt of an earlier session ended with that session. */
function pathAfterSignIn(request: FastifyRequest): string {
  const kind = connectKinds.find(each => request.routeOptions.url === startPath(each, null));
  if (kind === undefined) return toDashboard.path;
  const { workspace } = queryOf(request);
  return startPath(kind, isId('wsp', workspace) ? workspace : null);
}

/**
 * Whether a browser asks before the person does: `Sec-Purpose: prefetch;prerender` (Fetch standard), and the headers of
 * older browsers and of proxies.
 */
function isPrefetch(headers: IncomingHttpHeaders): boolean {
  return ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some(name =>
    /\b(?:prefetch|prerender|preview)\b/i.test(String(headers[name] ?? '')),
  );
}
