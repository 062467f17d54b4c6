import { Client, LogLevel } from '@notionhq/client';
import type { Emulator } from './server.ts';

/** Where test connections send people back to; nothing listens there. */
export const CALLBACK = 'http://127.0.0.1:1/callback';

export interface Authorized {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly botId: string;
  /** An unmodified official client with the access token. */
  readonly notion: Client;
}

/** Goes through consent and token exchange as a browser and a server would. Ticks the root page unless told otherwise. */
export async function authorize(
  emulator: Emulator,
  options: { personId?: string; workspaceId?: string; pageIds?: readonly string[] } = {},
): Promise<Authorized> {
  const code = await consent(emulator, options);
  const answer = await tokenRequest(emulator, { grant_type: 'authorization_code', code, redirect_uri: CALLBACK });
  const body = (await answer.json()) as { access_token: string; refresh_token: string; bot_id: string };
  return {
    accessToken: body.access_token,
    refreshToken: body.refresh_token,
    botId: body.bot_id,
    notion: officialClient(emulator, body.access_token),
  };
}

/** Allows the connection and answers the code from the redirect. */
export async function consent(
  emulator: Emulator,
  options: { personId?: string; workspaceId?: string; pageIds?: readonly string[] } = {},
): Promise<string> {
  const form = new URLSearchParams({
    client_id: emulator.clientId,
    redirect_uri: CALLBACK,
    response_type: 'code',
    owner: 'user',
    state: 'state',
    decision: 'allow',
  });
  if (options.personId !== undefined) form.set('person_id', options.personId);
  if (options.workspaceId !== undefined) form.set('workspace_id', options.workspaceId);
  for (const id of options.pageIds ?? [emulator.pages.root]) form.append('page_id', id);
  const response = await fetch(`${emulator.url}/v1/oauth/authorize`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
  });
  const code = new URL(response.headers.get('location') ?? 'http://none').searchParams.get('code');
  if (code === null) throw new Error(`the consent page answered ${response.status}: ${await response.text()}`);
  return code;
}

export function tokenRequest(emulator: Emulator, body: object, endpoint = 'token'): Promise<Response> {
  const basic = Buffer.from(`${emulator.clientId}:${emulator.clientSecret}`).toString('base64');
  return fetch(`${emulator.url}/v1/oauth/${endpoint}`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** The official client without its own retries, so that a test sees what the emulator answered. */
export function officialClient(emulator: Emulator, auth: string, notionVersion?: string): Client {
  const version = notionVersion === undefined ? {} : { notionVersion };
  return new Client({ auth, baseUrl: emulator.url, retry: false, logLevel: LogLevel.ERROR, ...version });
}

/** A plain HTTP call, for what no official client would send. */
export async function rawCall(
  emulator: Emulator,
  path: string,
  options: {
    token?: string;
    method?: string;
    version?: string | null;
    body?: string | object;
    headers?: Record<string, string>;
  } = {},
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const version = options.version === null ? {} : { 'notion-version': options.version ?? '2025-09-03' };
  const response = await fetch(emulator.url + path, {
    method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
    headers: {
      authorization: `Bearer ${options.token ?? emulator.internalToken}`,
      ...version,
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body === undefined
      ? {}
      : { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
  });
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    headers: response.headers,
  };
}
