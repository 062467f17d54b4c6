import type { FastifyReply } from 'fastify';
import { type ConnectionId, isId, type WorkspaceId } from '../../domain/ids.ts';
import { isHostOf } from '../request-target.ts';
import { confirmationPage } from './confirmation-page.ts';
import type { ConnectKind, Waiting } from './connect-commands.ts';
import { connectOperation, impossibleOperation } from './connect-operation.ts';
import { formTokenFor, isFormToken } from './form-token.ts';
import { html } from './html.ts';
import { type PageOptions, page } from './page.ts';
import { queryOf, type Visit } from './visit.ts';
import { startPath, toDashboard } from './way-on.ts';

const badAddress = {
  code: 'validation_error',
  message: 'The address names no workspace that could be connected.',
} as const;
const wrongHost = {
  code: 'wrong_host',
  message: 'The proxy in front of Portcullis does not pass on the Host header that the browser sent.',
} as const;
const badState = { code: 'invalid_state', message: 'This attempt to connect is unknown or has expired.' } as const;
const badForm = { code: 'invalid_request', message: 'The form was not made by our page for this session.' } as const;

/** Sends the browser to Notion's consent page. */
export async function start(kind: ConnectKind, visit: Visit): Promise<FastifyReply> {
  const { request, reply, publicUrl, commands, pass } = visit;
  const { workspace, sent } = queryOf(request);
  const target = workspace === undefined ? null : isId('wsp', workspace) ? workspace : 'bad';
  if (target === 'bad') return pass(impossibleOperation('connect.start', badAddress), null);
  // Cookies belong to a host name, and Notion will send the browser back to this one.
  if (!isHostOf(publicUrl, request.headers.host)) {
    // The browser was sent to the public address before, and the host still differs: another redirect would go in
    // circles for ever.
    if (sent !== undefined) return pass(impossibleOperation('connect.start', wrongHost), null);
    const there = new URL(startPath(kind, target), publicUrl);
    there.searchParams.set('sent', '1');
    return reply.redirect(there.href, 302);
  }
  // Another site may lead people here; it may not start anything for them.
  if (request.headers['sec-fetch-site'] === 'cross-site') {
    return visit.show(200, options => crossSitePage(startPath(kind, target), options));
  }
  const operation = connectOperation('connect.start', target, context => commands.start({ kind, target }, context));
  const { authorizeUrl } = await pass<{ authorizeUrl: string }>(operation, { workspaceId: target });
  return reply.redirect(authorizeUrl, 302);
}

/** Notion sends the browser back. */
export async function finish(kind: ConnectKind, visit: Visit): Promise<FastifyReply> {
  const { request, reply, commands, pass } = visit;
  const { state, iss, error, code } = queryOf(request);
  const target = await commands.targetOfState(kind, state);
  if (target === null) return pass(impossibleOperation('connect.finish', badState), null);
  const operation = connectOperation('connect.finish', target.workspaceId, context =>
    commands.finish({ kind, state, iss, error, code }, context),
  );
  const { connectionId } = await pass<{ connectionId: ConnectionId }>(operation, target);
  // Redirects away from the address that has the code. A reload then shows the same page.
  return reply.redirect(`/auth/notion/confirm?connection=${connectionId}`, 303);
}

/** Asks the person whether the connection is what they meant. */
export async function review(visit: Visit): Promise<FastifyReply> {
  const { request, reply, session, commands, pass } = visit;
  const { connection: connectionId } = queryOf(request);
  const target = isId('con', connectionId) ? await commands.targetOfConnection(connectionId) : null;
  if (target === null || !isId('con', connectionId)) return pass(impossibleOperation('connect.review', badState), null);
  const operation = connectOperation('connect.review', target.workspaceId, context =>
    commands.review({ connectionId }, context),
  );
  const waiting = await pass<Waiting | { confirmedIn: WorkspaceId }>(operation, target);
  // The page before this one in the browser's history, or the callback once more.
  if ('confirmedIn' in waiting) return reply.redirect(`/workspaces/${waiting.confirmedIn}`, 303);
  const form = { connectionId, formToken: formTokenFor(session, connectionId) };
  // With `no-referrer` the form would come with `Origin: null` (Fetch standard, "append a request Origin header").
  reply.header('referrer-policy', 'same-origin');
  return visit.show(200, options => confirmationPage(waiting, form, options));
}

/** Takes the person's answer. */
export async function answer(visit: Visit): Promise<FastifyReply> {
  const { request, reply, commands, pass } = visit;
  const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
  const connectionId = form.get('connection');
  const cancelling = form.get('answer') === 'cancel';
  const name = cancelling ? 'connect.cancel' : 'connect.confirm';
  if (!isId('con', connectionId) || !isOurs(visit, form.get('token') ?? '', connectionId)) {
    return pass(impossibleOperation(name, badForm), null);
  }
  const target = await commands.targetOfConnection(connectionId);
  if (target === null) return pass(impossibleOperation(name, badState), null);
  const given = form.get('replacing');
  const replacing = isId('con', given) ? given : null;
  const operation = connectOperation(name, target.workspaceId, context =>
    cancelling ? commands.cancel({ connectionId }, context) : commands.confirm({ connectionId, replacing }, context),
  );
  const { workspaceId } = await pass<{ workspaceId?: WorkspaceId }>(operation, target);
  // An opaque id, never a name (defect A24).
  return reply.redirect(cancelling ? toDashboard.path : `/workspaces/${workspaceId}`, 303);
}

function isOurs({ request, session, publicUrl }: Visit, token: string, connectionId: ConnectionId): boolean {
  const { origin } = request.headers;
  return (origin === undefined || origin === publicUrl.origin) && isFormToken(token, session, connectionId);
}

/** Another site sent the browser to where connecting starts: the person decides. */
function crossSitePage(startPath: string, options: PageOptions): string {
  const content = html`<p>Another site led you here. If you did not mean to connect a workspace, close this page.</p>
<p><a class="button primary" href="${startPath}">Go on to Notion</a></p>`;
  return page('Connect a Notion workspace?', content, options);
}
