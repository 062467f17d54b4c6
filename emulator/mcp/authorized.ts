import { createHash, randomBytes } from 'node:crypto';
import type { Emulator } from '../server.ts';

/** Where test clients send people back to; nothing listens there. */
export const MCP_CALLBACK = 'http://127.0.0.1:1/mcp-callback';

export interface McpTokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
  readonly token_type: string;
  readonly scope: string;
  readonly resource?: string;
}

/** Registers a public client, as MCP clients do when they first meet a server; answers its id. */
export async function registerMcpClient(emulator: Emulator, metadata: object = {}): Promise<string> {
  const response = await fetch(`${emulator.url}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Test client',
      redirect_uris: [MCP_CALLBACK],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      ...metadata,
    }),
  });
  return ((await response.json()) as { client_id: string }).client_id;
}

/** The whole way to tokens as a browser and a client go it: consent, redirect, exchange. */
export async function authorizeMcp(
  emulator: Emulator,
  options: { clientId?: string; personId?: string; resource?: string } = {},
): Promise<{ clientId: string; tokens: McpTokens }> {
  const clientId = options.clientId ?? (await registerMcpClient(emulator));
  const verifier = randomBytes(32).toString('base64url');
  const { code } = await consentMcp(emulator, { ...options, clientId, verifier });
  const answer = await mcpTokenRequest(emulator, {
    grant_type: 'authorization_code',
    client_id: clientId,
    code: code ?? '',
    code_verifier: verifier,
    redirect_uri: MCP_CALLBACK,
  });
  if (!answer.ok) throw new Error(`the token endpoint answered ${answer.status}: ${await answer.text()}`);
  return { clientId, tokens: (await answer.json()) as McpTokens };
}

/** Posts the consent form and answers what the redirect carried. */
export async function consentMcp(
  emulator: Emulator,
  options: { clientId: string; verifier: string; personId?: string; resource?: string; decision?: string },
): Promise<Record<string, string>> {
  const form = new URLSearchParams({
    client_id: options.clientId,
    redirect_uri: MCP_CALLBACK,
    response_type: 'code',
    state: 'state',
    code_challenge: createHash('sha256').update(options.verifier).digest('base64url'),
    code_challenge_method: 'S256',
    resource: options.resource ?? emulator.mcpUrl,
    decision: options.decision ?? 'allow',
    ...(options.personId === undefined ? {} : { person_id: options.personId }),
  });
  const response = await fetch(`${emulator.url}/authorize`, { method: 'POST', body: form, redirect: 'manual' });
  const location = response.headers.get('location');
  if (location === null) throw new Error(`the consent page answered ${response.status}: ${await response.text()}`);
  return Object.fromEntries(new URL(location).searchParams);
}

/** POST /token. Repeated fields can be given as a list of pairs. */
export function mcpTokenRequest(
  emulator: Emulator,
  fields: Record<string, string> | [string, string][],
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${emulator.url}/token`, { method: 'POST', body: new URLSearchParams(fields), headers });
}

/** A refresh as a public client sends it. */
export function refreshMcp(emulator: Emulator, clientId: string, token: string): Promise<Response> {
  return mcpTokenRequest(emulator, { grant_type: 'refresh_token', refresh_token: token, client_id: clientId });
}
