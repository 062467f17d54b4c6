import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { type ConnectionId, isId, type WorkspaceId } from '../../domain/ids.ts';
import { KiB } from '../../domain/units.ts';
import type { Gateway } from '../../gateway.ts';
import type { ClientAddress } from '../client-address.ts';
import { newNonce, securityHeaders } from '../dashboard/security-headers.ts';
import { confirmationPage } from './confirmation-page.ts';
import type { ConnectCommands, ConnectKind, Waiting } from './connect-commands.ts';
import { connectOperation, impossibleOperation } from './connect-operation.ts';
import { crossSitePage } from './cross-site-page.ts';
import { formTokenFor, isFormToken } from './form-token.ts';
import type { PageOptions } from './page.ts';
import { pageProblemOf, statusOf } from './page-problem.ts';
import { problemPage } from './problem-page.ts';
import { openVisit, queryOf, type Visit } from './visit.ts';
import { startPath, toDashboard, toSignIn } from './way-on.ts';

export interface OAuthDoorParts {
  readonly gateway: Gateway;
  readonly commands: ConnectCommands;
  readonly clientAddress: ClientAddress;
  /** Where people reach Portcullis. Every absolute URL is made from it (rule 26). */
  readonly publicUrl: string;
  readonly demo: boolean;
}

const badAddress = {
  code: 'validation_error',
  message: 'The address names no workspace that could be connected.',
} as const;
const badState = { code: 'invalid_state', message: 'This attempt to connect is unknown or has expired.' } as const;
const badForm = { code: 'invalid_request', message: 'The form was not made by our page for this session.' } as const;

/** `/auth/notion…`: the pages and redirects by which a person connects a workspace. They work without scripts. */
export function oauthDoor(parts: OAuthDoorParts): FastifyPluginAsync {
  const { commands, demo } = parts;
  const publicUrl = new URL(parts.publicUrl);
  const headers = {
    ...securityHeaders(publicUrl.protocol === 'https:'),
    'cache-control': 'no-store',
    'content-security-policy': pagePolicy(null),
  };
  const steps = [
    ['GET', startPath('rest', null), startBy('rest')],
    ['GET', startPath('mcp', null), startBy('mcp')],
    ['GET', '/auth/notion/callback', finishBy('rest')],
    ['GET', '/auth/notion-mcp/callback', finishBy('mcp')],
    ['GET', '/auth/notion/confirm', review],
    ['POST', '/auth/notion/confirm', answer],
  ] as const;

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
    fastify.setErrorHandler((error, request, reply) => sendProblem(request, reply, error));
    for (const [method, url, step] of steps) {
      const handler = (request: FastifyRequest, reply: FastifyReply) => step(openVisit(parts, request, reply));
      fastify.route({ method, url, exposeHeadRoute: false, handler });
    }
  };

  function startBy(kind: ConnectKind) {
    return (visit: Visit) => start(kind, visit);
  }

  function finishBy(kind: ConnectKind) {
    return (visit: Visit) => finish(kind, visit);
  }

  /** Sends the browser to Notion's consent page. */
  async function start(kind: ConnectKind, { request, reply, pass }: Visit): Promise<FastifyReply> {
    const { workspace } = queryOf(request);
    const target = workspace === undefined ? null : isId('wsp', workspace) ? workspace : 'bad';
    if (target === 'bad') return pass(impossibleOperation('connect.start', badAddress), null);
    // Cookies belong to a host name, and Notion will send the browser back to this one.
    if (request.headers.host !== publicUrl.host) {
      return reply.redirect(new URL(startPath(kind, target), publicUrl).href, 302);
    }
    // Another site may lead people here; it may not start anything for them.
    if (request.headers['sec-fetch-site'] === 'cross-site') {
      return sendPage(reply, 200, options => crossSitePage(startPath(kind, target), options));
    }
    const operation = connectOperation('connect.start', target, context => commands.start({ kind, target }, context));
    const { authorizeUrl } = await pass<{ authorizeUrl: string }>(operation, { workspaceId: target });
    return reply.redirect(authorizeUrl, 302);
  }

  /** Notion sends the browser back. */
  async function finish(kind: ConnectKind, { request, reply, pass }: Visit): Promise<FastifyReply> {
    const { state, iss, error, code } = queryOf(request);
    const target = await commands.targetOfState(kind, state);
    const operation =
      target === null
        ? impossibleOperation('connect.finish', badState)
        : connectOperation('connect.finish', target.workspaceId, context =>
            commands.finish({ kind, state, iss, error, code }, context),
          );
    const { connectionId } = await pass<{ connectionId: ConnectionId }>(operation, target);
    // Away from the address with the code in it; a reload then shows the same page.
    return reply.redirect(`/auth/notion/confirm?connection=${connectionId}`, 303);
  }

  /** Asks the person whether the connection is what they meant. */
  async function review({ request, reply, session, pass }: Visit): Promise<FastifyReply> {
    const { connection: connectionId } = queryOf(request);
    const target = isId('con', connectionId) ? await commands.targetOfConnection(connectionId) : null;
    const operation =
      target === null || !isId('con', connectionId)
        ? impossibleOperation('connect.review', badState)
        : connectOperation('connect.review', target.workspaceId, context => commands.review({ connectionId }, context));
    const waiting = await pass<Waiting>(operation, target);
    const form = { connectionId: String(connectionId), formToken: formTokenFor(session, String(connectionId)) };
    // With `no-referrer` the form would come with `Origin: null` (Fetch standard, "append a request Origin header").
    reply.header('referrer-policy', 'same-origin');
    return sendPage(reply, 200, options => confirmationPage(waiting, form, options));
  }

  /** Takes the person's answer. */
  async function answer({ request, reply, session, pass }: Visit): Promise<FastifyReply> {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const connectionId = form.get('connection');
    const cancelling = form.get('answer') === 'cancel';
    const name = cancelling ? 'connect.cancel' : 'connect.confirm';
    if (!isId('con', connectionId) || !isOurs(request, form.get('token') ?? '', session, connectionId)) {
      return pass(impossibleOperation(name, badForm), null);
    }
    const target = await commands.targetOfConnection(connectionId);
    if (target === null) return pass(impossibleOperation(name, badState), null);
    if (cancelling) {
      await pass(
        connectOperation(name, target.workspaceId, context => commands.cancel({ connectionId }, context)),
        target,
      );
      return reply.redirect(toDashboard.path, 303);
    }
    const confirm = connectOperation(name, target.workspaceId, context => commands.confirm({ connectionId }, context));
    const { workspaceId } = await pass<{ workspaceId: WorkspaceId }>(confirm, target);
    // An opaque id, never a name (defect A24).
    return reply.redirect(`/workspaces/${workspaceId}`, 303);
  }

  function isOurs(request: FastifyRequest, token: string, session: string, connectionId: ConnectionId): boolean {
    const { origin } = request.headers;
    return (origin === undefined || origin === publicUrl.origin) && isFormToken(token, session, connectionId);
  }

  function sendProblem(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
    const problem = pageProblemOf(error);
    if (problem === 'unavailable') request.log.error({ err: error }, 'a step of connecting a workspace failed');
    const wayOn = problem === 'not_signed_in' ? toSignIn(pathAfterSignIn(request)) : toDashboard;
    return sendPage(reply, statusOf(error), options => problemPage(problem, wayOn, options));
  }

  function sendPage(reply: FastifyReply, status: number, render: (options: PageOptions) => string): FastifyReply {
    const nonce = newNonce();
    return reply
      .code(status)
      .header('content-security-policy', pagePolicy(nonce))
      .type('text/html; charset=utf-8')
      .send(render({ nonce, demo }));
  }
}

const connectKinds = ['rest', 'mcp'] as const satisfies readonly ConnectKind[];

/** These pages have styles and one form, and nothing else (CSP Level 3). */
function pagePolicy(nonce: string | null): string {
  const styles = nonce === null ? '' : `style-src 'nonce-${nonce}'; `;
  return `default-src 'none'; ${styles}form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
}

/** Who was about to start starts; an attempt of an earlier session is over with it. */
function pathAfterSignIn(request: FastifyRequest): string {
  const kind = connectKinds.find(each => request.routeOptions.url === startPath(each, null));
  if (kind === undefined) return toDashboard.path;
  const { workspace } = queryOf(request);
  return startPath(kind, isId('wsp', workspace) ? workspace : null);
}
