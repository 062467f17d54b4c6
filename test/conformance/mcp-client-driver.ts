/**
 * An MCP client for the conformance suite, whose authorization is done by `src/connect/mcp/` alone. The suite starts it
 * with the address of its own server as the last argument.
 */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { authorizeUrl, newVerifier } from '../../src/connect/mcp/authorize-url.ts';
import { acceptCallback } from '../../src/connect/mcp/callback.ts';
import { type Challenge, readChallenge } from '../../src/connect/mcp/challenge.ts';
import { discover } from '../../src/connect/mcp/discover.ts';
import { type ClientOptions, type OAuthClient, registerClient } from '../../src/connect/mcp/register-client.ts';
import { scopeFor } from '../../src/connect/mcp/scopes.ts';
import { readTokenAnswer } from '../../src/connect/mcp/token-answer.ts';
import { exchangeCodeRequest } from '../../src/connect/mcp/token-requests.ts';
import { createSafeFetch } from '../../src/connect/safe-fetch/safe-fetch.ts';
import { Secret } from '../../src/domain/secret.ts';

const serverUrl = process.argv.at(-1) ?? '';
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}') as {
  client_id?: string;
  client_secret?: string;
  issuer?: string;
  /** Where a scenario is about what is called. */
  toolCalls?: { name: string; arguments: Record<string, unknown> }[];
};
const redirectUri = 'http://localhost:3000/callback';
/** Consents in a row that one refused request may lead to. */
const consentsMax = 3;

/** The suite runs its scenarios at once, on however few cores there are. */
const outside = createSafeFetch({ allowLoopbackHttp: true, timeoutMs: 25_000 });
const clients = new Map<string, OAuthClient>();
let scopeBefore: string | null = null;
let accessToken: string | null = null;

async function clientAt(discovery: Awaited<ReturnType<typeof discover>>): Promise<OAuthClient> {
  const { server } = discovery;
  const known = clients.get(server.issuer);
  if (known !== undefined) return known;
  const { client_id: clientId, client_secret: secret, issuer = server.issuer } = context;
  const options: ClientOptions = {
    redirectUri,
    preRegistered:
      clientId === undefined ? null : { issuer, clientId, secret: secret === undefined ? null : new Secret(secret) },
    documentUrl: 'https://conformance-test.local/client-metadata.json',
  };
  const client = await registerClient(outside.fetch, server, options);
  clients.set(server.issuer, client);
  return client;
}

/** One consent, from the challenge to the token. The suite's server consents by itself: it redirects at once. */
async function authorize(challenge: Challenge | null): Promise<void> {
  const discovery = await discover(outside.fetch, serverUrl, challenge);
  const { server, resource } = discovery;
  const client = await clientAt(discovery);
  const scope = scopeFor(discovery, scopeBefore);
  scopeBefore = scope;
  const state = crypto.randomUUID();
  const verifier = newVerifier();
  const request = { clientId: client.clientId, redirectUri, state, verifier, resource, scope };
  const response = await fetch(await authorizeUrl(server, request, true), { redirect: 'manual' });
  const back = new URL(response.headers.get('location') ?? '').searchParams;
  const one = (name: string) => (back.getAll(name).length > 1 ? back.getAll(name) : (back.get(name) ?? undefined));
  const callback = acceptCallback(
    { state: one('state'), iss: one('iss'), error: one('error'), code: one('code') },
    {
      state,
      issuer: server.issuer,
      issPromised: server.authorization_response_iss_parameter_supported === true,
      clientId: client.clientId,
    },
  );
  const sent = exchangeCodeRequest(outside.fetch, { server, client, resource }, { callback, redirectUri, verifier });
  const answer = readTokenAnswer(await sent);
  if (answer.kind !== 'granted') throw new Error(`no token: ${answer.kind}`);
  accessToken = answer.granted.tokens.accessToken.reveal();
}

async function authorizedFetch(url: string | URL, init?: RequestInit): Promise<Response> {
  for (let consents = 0; ; consents++) {
    const headers = new Headers(init?.headers);
    if (accessToken !== null) headers.set('authorization', `Bearer ${accessToken}`);
    const response = await fetch(url, { ...init, headers });
    const challenge = readChallenge(response.headers.get('www-authenticate'));
    const wanted = response.status === 401 || (response.status === 403 && challenge?.error === 'insufficient_scope');
    if (!wanted || consents === consentsMax) return response;
    await response.body?.cancel();
    await authorize(challenge);
  }
}

/** Something that a tool's schema allows. */
function anInput(schema: { properties?: object | undefined }): Record<string, unknown> {
  const values = Object.entries(schema.properties ?? {}).map(([name, { type }]) => [
    name,
    type === 'number' ? 5 : 'text',
  ]);
  return Object.fromEntries(values);
}

const client = new Client(
  { name: 'portcullis', version: '1.0.0' },
  { versionNegotiation: { mode: 'auto' }, capabilities: { elicitation: { form: { applyDefaults: true } } } },
);
client.setRequestHandler('elicitation/create', async () => ({ action: 'accept', content: {} }));
await client.connect(new StreamableHTTPClientTransport(new URL(serverUrl), { fetch: authorizedFetch }));
const { tools } = await client.listTools();
const anyCalls = tools.map(({ name, inputSchema }) => ({ name, arguments: anInput(inputSchema) }));
for (const call of context.toolCalls ?? anyCalls) await client.callTool(call);
await client.close();
await outside.close();
