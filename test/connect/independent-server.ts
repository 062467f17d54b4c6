import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { uuidNamed } from '../../emulator/identifiers.ts';

const scope = 'mcp';

/**
 * An MCP server behind an independent authorization server: `oidc-provider`, with rotation of refresh tokens and its
 * own detection of reuse, which revokes the whole grant (RFC 9700 section 4.14.2).
 */
export async function startIndependentServer() {
  /** One for each request to its token endpoint. */
  const asked: string[] = [];
  /** If set: carries the next refresh out, and sends no answer. */
  const faults = { loseNextAnswer: false, away: false, wantedScope: '' };
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const mcpUrl = `${url}/mcp`;
  const provider = new Provider(url, {
    cookies: { keys: ['a key for tests'] },
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      registrationManagement: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({ scope, audience: mcpUrl, accessTokenTTL: 3600, accessTokenFormat: 'opaque' }),
        useGrantedResource: () => true,
      },
    },
    findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    issueRefreshToken: () => true,
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: { AccessToken: 3600, Grant: 86_400, Interaction: 600, RefreshToken: 86_400, Session: 86_400 },
  });
  const authorization = provider.callback();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0] ?? '';
    if (path === '/.well-known/oauth-protected-resource/mcp') {
      return json(response, 200, { resource: mcpUrl, authorization_servers: [url], scopes_supported: [scope] });
    }
    if (path === '/mcp') return callTool(request, response);
    if (path.startsWith('/interaction/')) return agree(request, response);
    if (faults.away) return json(response, 503, {});
    if (path === '/token') noteToken(response);
    authorization(request, response);
  }

  function noteToken(response: ServerResponse): void {
    asked.push('token');
    if (!faults.loseNextAnswer) return;
    faults.loseNextAnswer = false;
    // By now everything has happened that happens.
    response.end = () => response.destroy();
  }

  /** The person signs in and agrees to everything. */
  async function agree(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { params } = await provider.interactionDetails(request, response);
    const accountId = 'ada';
    const grant = new provider.Grant({ accountId, clientId: params.client_id });
    grant.addResourceScope(mcpUrl, scope);
    const consent = { grantId: await grant.save() };
    await provider.interactionFinished(request, response, { login: { accountId }, consent });
  }

  async function opens(token: string): Promise<boolean> {
    return (await provider.AccessToken.find(token))?.aud === mcpUrl;
  }

  async function callTool(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined || !(await opens(token))) {
      const metadata = `${url}/.well-known/oauth-protected-resource/mcp`;
      response.setHeader('www-authenticate', `Bearer resource_metadata="${metadata}", scope="${scope}"`);
      return json(response, 401, {});
    }
    if (faults.wantedScope !== '') {
      const challenge = `Bearer error="insufficient_scope", scope="${faults.wantedScope}"`;
      response.setHeader('www-authenticate', challenge);
      return json(response, 403, {});
    }
    const { id = null } = JSON.parse(text) as { id?: number };
    const workspace = { id: uuidNamed('independent/workspace'), name: 'Independent' };
    const user = { id: uuidNamed('independent/ada'), name: 'Ada' };
    json(response, 200, { jsonrpc: '2.0', id, result: { structuredContent: { workspace, user } } });
  }

  return {
    mcpUrl,
    asked,
    faults,
    opens,
    /** Answers nothing but 503 until this has been done. */
    async hidden(meanwhile: () => Promise<void>): Promise<void> {
      faults.away = true;
      await meanwhile().finally(() => {
        faults.away = false;
      });
    },
    knows: async (clientId: string) => (await provider.Client.find(clientId)) !== undefined,
    /** What a browser does from the authorization URL on; answers with the path of the callback. */
    async consent(authorizeUrl: URL): Promise<string> {
      const cookies = new Map<string, string>();
      for (let at = authorizeUrl, hops = 0; hops < 10; hops++) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const response = await fetch(at, { headers: { cookie }, redirect: 'manual' });
        for (const set of response.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
          cookies.set(name, value);
        }
        const location = response.headers.get('location');
        if (location === null) throw new Error(`no way back: ${response.status} ${await response.text()}`);
        at = new URL(location, at);
        if (at.origin !== url) return at.pathname + at.search;
      }
      throw new Error('the authorization server leads in circles');
    },
    async close() {
      const closed = new Promise(resolve => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
