import { type LyingServer, startLyingServer } from './lying-server.ts';

export const prm = '/.well-known/oauth-protected-resource/mcp';
export const rfc8414 = '/.well-known/oauth-authorization-server';

/** An MCP server and its authorization server in one. It tells the truth until a test describes it otherwise. */
export interface LyingMcp extends LyingServer {
  readonly mcpUrl: string;
  describeResource(changes: object, at?: string): void;
  /** `path` is that of the issuer. */
  describeServer(changes: object, at?: string, path?: string): void;
  metadata(changes: object, path?: string): object;
  /** The paths that were asked for, in order. */
  asked(): string[];
}

export async function startLyingMcp(): Promise<LyingMcp> {
  const server = await startLyingServer();
  const { url, says, heard } = server;
  const mcpUrl = `${url}/mcp`;
  const metadata = (changes: object, path = '') => ({
    issuer: `${url}${path}`,
    authorization_endpoint: `${url}${path}/authorize`,
    token_endpoint: `${url}${path}/token`,
    registration_endpoint: `${url}${path}/register`,
    revocation_endpoint: `${url}${path}/revoke`,
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
    ...changes,
  });
  const lying: LyingMcp = {
    ...server,
    mcpUrl,
    metadata,
    describeResource: (changes, at = prm) =>
      void says.set(at, { body: { resource: mcpUrl, authorization_servers: [url], ...changes } }),
    describeServer: (changes, at = rfc8414, path = '') => void says.set(at, { body: metadata(changes, path) }),
    asked: () => heard.map(({ path }) => path),
  };
  lying.describeResource({});
  lying.describeServer({});
  return lying;
}
