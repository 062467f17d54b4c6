import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccessRequest, AccessScope, ConsentChoice } from '../../domain/consent.ts';
import { PortcullisError } from '../../domain/errors.ts';
import { type ConsentId, isId } from '../../domain/ids.ts';
import type { CommandContext, Demand, Operation } from '../../domain/operation.ts';
import type { Gateway } from '../../gateway.ts';
import type { ClientAddress } from '../../net/client-address.ts';
import { canonicalId } from '../../notion/ids.ts';
import { idsInLink } from '../../notion/links.ts';
import { formTokenFor, isFormToken } from '../connect/form-token.ts';
import { sendPage } from '../connect/send-page.ts';
import { toSignIn } from '../connect/way-on.ts';
import { readSessionCookie } from '../session-cookie.ts';
import { consentPage, noWorkspacePage } from './consent-page.ts';
import type { ConsentCommands, ConsentPlace, OAuthProtocol } from './protocol.ts';

export interface ConsentStepParts {
  readonly gateway: Gateway;
  readonly protocol: OAuthProtocol;
  readonly consents: ConsentCommands;
  readonly clientAddress: ClientAddress;
  readonly publicUrl: string;
  readonly demo: boolean;
}

type Step = (request: FastifyRequest<{ Params: { uid: string } }>, reply: FastifyReply) => Promise<FastifyReply>;

/** The two steps of the page on which a person lets a client in: it is shown, and it is answered. */
export function consentSteps(parts: ConsentStepParts): { readonly show: Step; readonly answer: Step } {
  const { gateway, protocol, consents, demo } = parts;

  const show: Step = async (request, reply) => {
    const asked = await pendingOf(request, reply);
    if (asked === null) return gone(reply);
    return draw(request, reply, asked, null, 200);
  };

  const answer: Step = async (request, reply) => {
    const session = sessionOf(request);
    const asked = await pendingOf(request, reply);
    if (asked === null) return gone(reply);
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    if (!isFormToken(form.get('token') ?? '', session, asked.uid)) {
      await pass(request, 'oauth.consent', null, noForm);
    }
    if (form.get('answer') !== 'allow') {
      await pass(request, 'oauth.refuse', null, async () => ({}));
      return reply.redirect(await protocol.refuse(request.raw, reply.raw), 303);
    }
    const choice = choiceIn(form, asked);
    if (choice === null) return draw(request, reply, asked, 'Name at least one page by its link.', 422);
    const { consentId } = await pass<{ consentId: ConsentId }>(request, 'oauth.consent', choice, async ({ caller }) => {
      const { id } = await consents.give(caller, asked, choice);
      return { consentId: id };
    });
    const granted = { consentId, asked, scopes: choice.scopes };
    return reply.redirect(await protocol.grant(request.raw, reply.raw, granted), 303);
  };

  async function draw(
    request: FastifyRequest,
    reply: FastifyReply,
    asked: AccessRequest,
    problem: string | null,
    status: number,
  ): Promise<FastifyReply> {
    const { places } = await pass<{ places: ConsentPlace[] }>(request, 'oauth.review', null, async ({ caller }) => ({
      places: await placesOf(caller.principal, asked),
    }));
    if (places.length === 0) return sendPage(reply, 403, demo, noWorkspacePage);
    const form = { uid: asked.uid, token: formTokenFor(sessionOf(request), asked.uid), problem };
    reply.header('referrer-policy', 'same-origin');
    sendPage(reply, status, demo, options => consentPage(asked, places, form, options));
    // Browsers hold the redirects that follow a form to its policy, too.
    const policy = String(reply.getHeader('content-security-policy'));
    const target = new URL(asked.redirectUri);
    const onward = ['http:', 'https:'].includes(target.protocol) ? target.origin : target.protocol;
    return reply.header(
      'content-security-policy',
      policy.replace("form-action 'self'", `form-action 'self' ${onward}`),
    );
  }

  async function placesOf(principal: CommandContext['caller']['principal'], asked: AccessRequest) {
    if (principal.kind !== 'user') return [];
    const workspaces = await consents.workspacesOf(principal.id);
    const named = /\/w\/([^/]+)\/mcp$/.exec(asked.resource)?.[1];
    const places: ConsentPlace[] = [];
    for (const workspace of workspaces.filter(({ id }) => named === undefined || id === named)) {
      places.push({ ...workspace, agent: null });
      for (const agent of await consents.agentsOf(workspace.id, principal.id)) places.push({ ...workspace, agent });
    }
    return places;
  }

  /** The request for consent, if it was made in this browser and is this one. */
  async function pendingOf(
    request: FastifyRequest<{ Params: { uid: string } }>,
    reply: FastifyReply,
  ): Promise<AccessRequest | null> {
    const asked = await protocol.pending(request.raw, reply.raw);
    return asked?.uid === request.params.uid ? asked : null;
  }

  function gone(reply: FastifyReply): never {
    void reply;
    throw new PortcullisError('invalid_state', 'This question was answered already, or is too old.');
  }

  async function pass<T>(
    request: FastifyRequest,
    name: OAuthOperationName,
    choice: ConsentChoice | null,
    run: (context: CommandContext) => Promise<object>,
  ): Promise<T> {
    const session = sessionOf(request);
    const { body } = await gateway({
      door: 'oauth',
      requestId: randomUUID(),
      credentials: session === '' ? { kind: 'none' } : { kind: 'session', token: session },
      clientAddress: parts.clientAddress(request.raw),
      workspace: choice?.workspaceId ?? null,
      operation: operation(name, choice, run),
      signal: new AbortController().signal,
    });
    return JSON.parse(String(body));
  }

  return { show, answer };
}

type OAuthOperationName = 'oauth.review' | 'oauth.consent' | 'oauth.refuse';

/** A person in a browser decides about their own affairs, and about a workspace only as a member of it. */
function operation(
  name: OAuthOperationName,
  choice: ConsentChoice | null,
  run: (context: CommandContext) => Promise<object>,
): Operation {
  const own: Demand = { action: 'read', object: { kind: 'self' }, by: 'session' };
  const member: Demand = { action: 'read', object: { kind: 'membership' } };
  return {
    name,
    effect: name === 'oauth.review' ? 'read' : 'write',
    demands: choice === null ? [own] : [own, member],
    problem: null,
    target: {
      kind: 'local',
      run: async context => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(await run(context))),
      }),
    },
    response: { opaque: false, readAction: null, rewriteUrls: false, notFound: null, binds: null },
  };
}

async function noForm(): Promise<never> {
  throw new PortcullisError('invalid_request', 'The form was not made by our page for this session.');
}

function sessionOf(request: FastifyRequest): string {
  const cookie = readSessionCookie(request.headers.cookie);
  return cookie.kind === 'present' ? cookie.token : '';
}

/** The path for a person who is not signed in. */
export function signInPath(request: FastifyRequest): string {
  return toSignIn(request.url).path;
}

/** The choices of the form. Null: the form limits the client to pages, but names none. */
function choiceIn(form: URLSearchParams, asked: AccessRequest): ConsentChoice | null {
  const [workspaceId, agent] = (form.get('place') ?? '').split(' ');
  if (!isId('wsp', workspaceId)) throw new PortcullisError('validation_error', 'Choose a workspace.');
  const scopes: AccessScope[] = asked.scopes.filter(scope => scope === 'read' || form.get('access') === 'write');
  const under = form.get('reach') === 'pages' ? pagesIn(form.get('pages') ?? '') : null;
  if (under?.length === 0) return null;
  return { workspaceId, scopes, under, as: isId('agt', agent) ? agent : null };
}

function pagesIn(text: string): string[] {
  const words = text.split(/\s+/).filter(word => word !== '');
  return [...new Set(words.flatMap(word => canonicalId(word) ?? idsInLink(word)))];
}
