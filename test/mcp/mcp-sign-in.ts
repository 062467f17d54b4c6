import { createHash, randomBytes } from 'node:crypto';
import { tokenOf } from '../people.ts';

/** What a person picks on the consent page. */
export interface Picked {
  readonly place?: string;
  readonly access?: 'read' | 'write';
  readonly pages?: readonly string[];
  readonly answer?: 'allow' | 'deny';
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly scope: string;
  readonly expires_in: number;
}

/** A session of the person whose sign-in link this is: the Cookie header of their browser. */
export async function sessionFrom(signInUrl: string): Promise<string> {
  const { origin } = new URL(signInUrl);
  const response = await fetch(`${origin}/api/sign-in/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-portcullis': '1' },
    body: JSON.stringify({ token: tokenOf(signInUrl) }),
  });
  const cookie = response.headers.getSetCookie().find(set => set.startsWith('__Host-portcullis='));
  if (cookie === undefined) throw new Error(`no session: ${response.status} ${await response.text()}`);
  return cookie.split(';')[0] ?? '';
}

/** Acts like an independent MCP client: it registers, sends a browser, and exchanges the code. */
export function mcpClient(url: string, redirectUri = 'http://127.0.0.1:43123/callback') {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');

  const post = (path: string, form: Record<string, string>) =>
    fetch(url + path, { method: 'POST', body: new URLSearchParams(form) });

  const client = {
    redirectUri,
    verifier,
    register: (metadata: object = {}) =>
      fetch(`${url}/oauth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ client_name: 'A test client', redirect_uris: [redirectUri], ...metadata }),
      }),
    authorizeUrl(clientId: string, more: Record<string, string> = {}): URL {
      const at = new URL(`${url}/oauth/authorize`);
      const asked = { response_type: 'code', client_id: clientId, redirect_uri: redirectUri, state: 'a-state' };
      const proof = { code_challenge: challenge, code_challenge_method: 'S256', resource: `${url}/mcp` };
      for (const [name, value] of Object.entries({ ...asked, ...proof, ...more })) {
        if (value !== '') at.searchParams.set(name, value);
      }
      return at;
    },
    redeem: (clientId: string, code: string, more: Record<string, string> = {}) =>
      post('/oauth/token', {
        grant_type: 'authorization_code',
        client_id: clientId,
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
        resource: `${url}/mcp`,
        ...more,
      }),
    refresh: (clientId: string, token: string) =>
      post('/oauth/token', { grant_type: 'refresh_token', client_id: clientId, refresh_token: token }),
    revoke: (clientId: string, token: string) => post('/oauth/revoke', { client_id: clientId, token }),
  };
  return client;
}

/** A browser with cookies, signed in or not, that stops where it would leave Portcullis. */
export function oauthBrowser(session: string) {
  const cookies = new Map<string, string>(session === '' ? [] : [session.split('=', 2) as [string, string]]);

  async function open(at: URL | string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(at, { ...init, headers: { cookie, ...init.headers }, redirect: 'manual' });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }

  /** Follows redirects within the origin. Answers with the last address and answer. */
  async function follow(at: URL, response: Response): Promise<{ at: URL; response: Response }> {
    const location = response.headers.get('location');
    if (location === null) return { at, response };
    const next = new URL(location, at);
    return next.origin === at.origin ? follow(next, await open(next)) : { at: next, response };
  }

  return {
    open,
    /** From the authorization URL to the consent page, or to wherever else that leads. */
    async reach(authorizeUrl: URL) {
      return follow(authorizeUrl, await open(authorizeUrl));
    },
    /** Posts the consent page at that address. Returns the address that the client is redirected to. */
    async answer(page: { at: URL; text: string }, picked: Picked = {}): Promise<URL> {
      const token = /name="token" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      const place = picked.place ?? /name="place" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      const form = { token, place, access: picked.access ?? 'write', answer: picked.answer ?? 'allow' };
      const reach = picked.pages === undefined ? { reach: 'all' } : { reach: 'pages', pages: picked.pages.join('\n') };
      const body = new URLSearchParams({ ...form, ...reach });
      const response = await open(page.at, { method: 'POST', body, headers: { 'sec-fetch-site': 'same-origin' } });
      const end = await follow(page.at, response);
      if (end.at.origin === page.at.origin) throw new Error(`not sent back: ${end.response.status}`);
      return end.at;
    },
  };
}

/** The whole way, for tests of what comes after it. */
export async function signInClient(
  url: string,
  session: string,
  { picked = {}, asked = {} }: { picked?: Picked; asked?: Record<string, string> } = {},
) {
  const client = mcpClient(url);
  const { client_id: clientId } = (await (await client.register()).json()) as { client_id: string };
  const browser = oauthBrowser(session);
  const { at, response } = await browser.reach(client.authorizeUrl(clientId, asked));
  const back = await browser.answer({ at, text: await response.text() }, picked);
  const redeemed = await client.redeem(clientId, back.searchParams.get('code') ?? '', asked);
  if (redeemed.status !== 200) throw new Error(`no tokens: ${redeemed.status} ${await redeemed.text()}`);
  return { client, clientId, tokens: (await redeemed.json()) as Tokens };
}
