/**
 * An MCP client for the conformance suite, whose authorization is done by `src/connect/mcp/` alone. The suite starts it
 * with the address of its own server as the last argument.
 */
import { randomBytes } from 'node:crypto';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { type Challenge, readChallenge } from '../../src/connect/mcp/challenge.ts';
import { createMcpConsent } from '../../src/connect/mcp/consent.ts';
import type { StoredRegistration } from '../../src/connect/mcp/registrations.ts';
import { stepUp } from '../../src/connect/mcp/scopes.ts';
import { createServerDirectory } from '../../src/connect/mcp/server-directory.ts';
import { newId, type RegistrationId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/domain/secret.ts';
import { minuteMs } from '../../src/domain/units.ts';
import { createSafeFetch } from '../../src/net/safe-fetch/safe-fetch.ts';
import { createMcpSeal } from '../../src/vault/deployment-seals.ts';
import { deriveKeysFrom } from '../../src/vault/derive-key.ts';

const serverUrl = process.argv.at(-1) ?? '';
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}') as {
  client_id?: string;
  client_secret?: string;
  issuer?: string;
  /** Where a scenario is about what is called. */
  toolCalls?: { name: string; arguments: Record<string, unknown> }[];
};
/** Consents in a row that one refused request may lead to. */
const consentsMax = 3;

/** The suite runs its scenarios at once, on however few cores there are. */
const outside = createSafeFetch({ allowLoopbackHttp: true, timeoutMs: 25_000 });
const userId = newId('usr');
const stored = new Map<RegistrationId, StoredRegistration>();
const registrations = {
  async takeUp({ issuer, source }: Pick<StoredRegistration, 'issuer' | 'source'>) {
    return [...stored.values()].find(one => one.issuer === issuer && one.source === source) ?? null;
  },
  add: async (one: StoredRegistration) => void stored.set(one.id, one),
  find: async (id: RegistrationId) => stored.get(id) ?? null,
  async noteScope(id: RegistrationId, scope: string | null) {
    const one = stored.get(id);
    if (one !== undefined) stored.set(id, { ...one, scope });
  },
  refuse: async (id: RegistrationId) => void stored.delete(id),
};
const { client_id: clientId, client_secret: secret } = context;
const consent = createMcpConsent({
  app: {
    serverUrl,
    redirectUri: 'http://localhost:3000/callback',
    documentUrlOf: () => 'https://conformance-test.local/client-metadata.json',
    preRegistered:
      clientId === undefined || secret === undefined
        ? null
        : { issuer: context.issuer ?? new URL(serverUrl).origin, clientId, secret: new Secret(secret) },
    reach: { allowLoopbackHttp: true },
  },
  fetch: outside.fetch,
  now: () => new Date(),
  registrations,
  servers: createServerDirectory(outside.fetch, () => performance.now()),
  seal: createMcpSeal(deriveKeysFrom(randomBytes(64))),
});
let registrationId: RegistrationId | null = null;
let accessToken: string | null = null;

/** One consent, from the challenge to the token. The suite's server consents by itself: it redirects at once. */
async function authorize(challenge: Challenge | null): Promise<void> {
  if (registrationId !== null && challenge !== null) await stepUp(registrations, registrationId, challenge);
  const [state, stateHash] = [crypto.randomUUID(), randomBytes(32)];
  const end = AbortSignal.timeout(minuteMs);
  const begun = await consent.begin({ state, stateHash, userId, target: null }, end);
  registrationId = begun.registrationId;
  const response = await fetch(begun.authorizeUrl, { redirect: 'manual' });
  const back = new URL(response.headers.get('location') ?? '').searchParams;
  const one = (name: string) => (back.getAll(name).length > 1 ? back.getAll(name) : (back.get(name) ?? undefined));
  const callback = { state: one('state'), iss: one('iss'), error: one('error'), code: one('code') };
  const { tokens } = await consent.exchange(callback, { stateHash, registrationId, sealed: begun.sealed }, end);
  accessToken = tokens.accessToken.reveal();
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

/**
 * The client opens the stream of a session without waiting for it. One that comes after the call which it was to come
 * before (a busy machine suffices) looks like a reconnection, and a too early one: `sse-retry` fails.
 */
let streamOpened: Promise<unknown> = Promise.resolve();
async function inOrder(url: string | URL, init?: RequestInit): Promise<Response> {
  if (init?.method !== 'GET') {
    await streamOpened;
    return authorizedFetch(url, init);
  }
  const answer = authorizedFetch(url, init);
  streamOpened = answer.catch(() => {});
  return answer;
}

/** Something that a tool's schema allows. Where any object is allowed, `anObject` is what one scenario wants to see back. */
function anInput(schema: { properties?: object | undefined }, anObject: object = {}): Record<string, unknown> {
  const values: Readonly<Record<string, unknown>> = { number: 5, object: anObject };
  const inputs = Object.entries(schema.properties ?? {}).map(([name, { type }]) => [name, values[type] ?? 'text']);
  return Object.fromEntries(inputs);
}

const client = new Client(
  { name: 'portcullis', version: '1.0.0' },
  { versionNegotiation: { mode: 'auto' }, capabilities: { elicitation: { form: { applyDefaults: true } } } },
);
client.setRequestHandler('elicitation/create', async () => ({ action: 'accept', content: {} }));
await client.connect(new StreamableHTTPClientTransport(new URL(serverUrl), { fetch: inOrder }));
const { tools } = await client.listTools();
const [first] = tools;
const anyCalls = tools.map(({ name, inputSchema }) => ({ name, arguments: anInput(inputSchema, first?.inputSchema) }));
for (const call of context.toolCalls ?? anyCalls) await client.callTool(call);
await client.close();
await outside.close();
