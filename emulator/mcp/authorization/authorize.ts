import { type AuthorizeAnswer, signIn } from '../../oauth/authorize-endpoint.ts';
import { refusalPage } from '../../oauth/consent-page.ts';
import type { McpClient } from '../../world/mcp-grants.ts';
import type { World } from '../../world/world.ts';
import { isLoopbackHost } from '../loopback.ts';
import { fetchClient, isDocumentAddress } from './client-document.ts';
import { findClient } from './clients.ts';
import { mcpConsentPage } from './consent-page.ts';
import { openGrant } from './grants.ts';
import { isResource } from './resource.ts';

/** The parameters of an authorization request that the consent page carries through. */
const CARRIED = [
  'client_id',
  'redirect_uri',
  'response_type',
  'state',
  'scope',
  'code_challenge',
  'code_challenge_method',
  'resource',
] as const;

interface Issuer {
  readonly world: World;
  /** The issuer identifier; it goes into every redirect as `iss` (RFC 9207). */
  readonly baseUrl: string;
}

const refused = (reason: string): AuthorizeAnswer => ({ status: 400, page: refusalPage(reason) });

/** GET /authorize: the consent page, or a redirect that says what is wrong with the request. */
export async function showMcpConsent(issuer: Issuer, query: URLSearchParams): Promise<AuthorizeAnswer> {
  const client = await clientOf(issuer.world, query);
  const wrong = redirectProblem(client, query);
  if (client === null || wrong !== null) return refused(wrong ?? '');
  const problem = requestProblem(client, query);
  if (problem !== null) return { redirect: answered(issuer, query, problem) };
  const chosen = signIn(issuer.world, query) ?? signIn(issuer.world, new URLSearchParams());
  if (chosen === null) return refused('There is nobody who could sign in.');
  return { status: 200, page: mcpConsentPage(issuer.world, client, query, chosen) };
}

/** POST /authorize: what the person decided. A consent ends the grant that the same client had from the same person. */
export async function decideMcpConsent(issuer: Issuer, form: URLSearchParams): Promise<AuthorizeAnswer> {
  const client = await clientOf(issuer.world, form);
  const wrong = redirectProblem(client, form);
  if (client === null || wrong !== null) return refused(wrong ?? '');
  const problem = requestProblem(client, form);
  if (problem !== null) return { redirect: answered(issuer, form, problem) };
  if (form.get('decision') !== 'allow') {
    return {
      redirect: answered(issuer, form, { error: 'access_denied', error_description: 'The user denied the request' }),
    };
  }
  const chosen = signIn(issuer.world, form);
  if (chosen === null) return refused('This person is not a member of this workspace.');
  if (client.expiresAt === null) issuer.world.mcp.clients.set(client.id, client);
  const grant = openGrant(issuer.world, {
    clientId: client.id,
    userId: chosen.person.id,
    workspaceId: chosen.workspace.id,
    scope: form.get('scope') || 'default',
    resource: form.get('resource'),
    redirectUri: form.get('redirect_uri') ?? '',
    challenge: form.get('code_challenge'),
    challengeMethod: form.get('code_challenge_method') === 'S256' ? 'S256' : 'plain',
  });
  return { redirect: answered(issuer, form, { code: grant.code.code }) };
}

async function clientOf(world: World, params: URLSearchParams): Promise<McpClient | null> {
  const id = params.get('client_id') ?? '';
  return isDocumentAddress(id) ? fetchClient(id) : findClient(world, id);
}

/** Why no redirect may be sent at all (RFC 6749 section 4.1.2.1). */
function redirectProblem(client: McpClient | null, params: URLSearchParams): string | null {
  for (const name of CARRIED) {
    if (params.getAll(name).length > 1) return `The parameter ${name} is repeated.`;
  }
  if (client === null) return 'Invalid client. The clientId provided does not match to this client.';
  const wanted = params.get('redirect_uri') ?? '';
  if (client.redirectUris.some(uri => matches(uri, wanted))) return null;
  return 'Invalid redirect URI. The redirect URI provided does not match any registered URI for this client.';
}

/** Exact, but for the port of a loopback address, which native clients choose when they start (RFC 8252 section 7.3). */
function matches(registered: string, wanted: string): boolean {
  if (registered === wanted) return true;
  if (!URL.canParse(wanted)) return false;
  const [one, other] = [new URL(registered), new URL(wanted)];
  if (one.protocol !== 'http:' || !isLoopbackHost(one.hostname)) return false;
  one.port = other.port;
  return one.href === other.href && wanted.startsWith('http://');
}

function requestProblem(client: McpClient, params: URLSearchParams): Record<string, string> | null {
  const wrong = (error: string, text: string) => ({ error, error_description: text });
  if (params.get('response_type') !== 'code') {
    return wrong('unsupported_response_type', 'Only response_type=code is supported');
  }
  const method = params.get('code_challenge_method') ?? 'plain';
  if (method !== 'S256' && method !== 'plain') {
    return wrong('invalid_request', `Unsupported code_challenge_method: ${method}`);
  }
  if (client.authMethod === 'none' && !params.get('code_challenge')) {
    return wrong('invalid_request', 'code_challenge is required for public clients');
  }
  const resource = params.get('resource');
  if (resource !== null && !isResource(resource)) {
    return wrong('invalid_target', 'The resource parameter must be a valid absolute URI without a fragment');
  }
  return null;
}

function answered({ baseUrl }: Issuer, params: URLSearchParams, answer: Record<string, string>): string {
  const url = new URL(params.get('redirect_uri') ?? '');
  const state = params.get('state');
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
  if (state !== null) url.searchParams.set('state', state);
  url.searchParams.set('iss', baseUrl);
  return url.href;
}
