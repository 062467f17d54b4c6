import { canonicalId } from '../identifiers.ts';
import type { Person, Workspace } from '../world/records.ts';
import { mayShare } from '../world/sharing.ts';
import type { World } from '../world/world.ts';
import { type AuthorizeRequest, consentPage, refusalPage } from './consent-page.ts';
import { issueCode } from './grants.ts';
import type { Html } from './html.ts';

/** What the browser gets: a page, or a redirect back to the connection. */
export type AuthorizeAnswer = { readonly status: 200 | 400; readonly page: Html } | { readonly redirect: string };

const refused = (reason: string): AuthorizeAnswer => ({ status: 400, page: refusalPage(reason) });

/** GET /v1/oauth/authorize (RFC 6749 section 4.1.1, with Notion's mandatory `owner=user`): shows the consent page. */
export function showConsent(world: World, query: URLSearchParams): AuthorizeAnswer {
  const request = readRequest(world, query);
  if (typeof request === 'string') return refused(request);
  const error = requestError(query);
  if (error !== null) return { redirect: withParams(request, { error }) };
  // Choosing another person may leave a workspace behind that is not theirs: their own first one takes its place.
  const chosen = signIn(world, query) ?? signIn(world, without(query, 'workspace_id'));
  if (chosen === null) return refused('This person is not a member of this workspace.');
  return { status: 200, page: consentPage(world, request, chosen.person, chosen.workspace) };
}

/** POST of the consent form: the decision, as the fields described at `consentPage`. */
export function decideConsent(world: World, form: URLSearchParams): AuthorizeAnswer {
  const request = readRequest(world, form);
  if (typeof request === 'string') return refused(request);
  if (form.get('decision') !== 'allow') return { redirect: withParams(request, { error: 'access_denied' }) };
  const chosen = signIn(world, form);
  if (chosen === null) return refused('This person is not a member of this workspace.');
  const pageIds = form.getAll('page_id').map(id => canonicalId(id) ?? id);
  for (const id of pageIds) {
    const node = world.nodes.get(id);
    if (node?.workspaceId !== chosen.workspace.id || !mayShare(world, chosen.person.id, node)) {
      return refused('You do not have full access to one of the pages.');
    }
  }
  const { code } = issueCode(world, {
    clientId: request.client.id,
    userId: chosen.person.id,
    workspaceId: chosen.workspace.id,
    pageIds,
    redirectUri: request.redirectUri,
  });
  return { redirect: withParams(request, { code }) };
}

/** The request, or why it must not be answered by a redirect (RFC 6749 section 4.1.2.1). */
function readRequest(world: World, params: URLSearchParams): AuthorizeRequest | string {
  const client = world.connections.clients.get(params.get('client_id') ?? '');
  if (client === undefined) return 'Missing or invalid client_id.';
  const redirectUri = params.get('redirect_uri');
  if (redirectUri !== null && !client.redirectUris.includes(redirectUri)) {
    return 'Missing or invalid redirect_uri: it must be one of those configured for this connection, exactly.';
  }
  const only = client.redirectUris.length === 1 ? client.redirectUris[0] : undefined;
  const target = redirectUri ?? only;
  if (target === undefined) return 'Missing or invalid redirect_uri.';
  return { client, redirectUri, target, state: params.get('state') };
}

function requestError(query: URLSearchParams): string | null {
  if (query.get('response_type') !== 'code') return 'unsupported_response_type';
  return query.get('owner') === 'user' ? null : 'invalid_request';
}

/** Who the person says they are; without a choice the first of the workspace, and without that the first of all. */
export function signIn(world: World, params: URLSearchParams): { person: Person; workspace: Workspace } | null {
  const personId = params.get('person_id');
  const workspaceId = params.get('workspace_id');
  const workspaces = [...world.workspaces.values()];
  const workspace =
    workspaceId === null
      ? workspaces.find(one => personId === null || one.members.includes(personId))
      : world.workspaces.get(workspaceId);
  const person = world.people.get(personId ?? workspace?.members[0] ?? '');
  if (workspace === undefined || person === undefined) return null;
  return workspace.members.includes(person.id) ? { person, workspace } : null;
}

function without(params: URLSearchParams, name: string): URLSearchParams {
  const rest = new URLSearchParams(params);
  rest.delete(name);
  return rest;
}

function withParams(request: AuthorizeRequest, params: Record<string, string>): string {
  const url = new URL(request.target);
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  if (request.state !== null) url.searchParams.set('state', request.state);
  return url.href;
}
