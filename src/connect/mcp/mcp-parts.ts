import type { RegistrationId } from '../../domain/ids.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Now } from '../../domain/units.ts';
import type { AskableHosts, SafeFetch } from '../../net/safe-fetch/safe-fetch.ts';
import type { PreRegistered } from './register-client.ts';
import type { Registrations } from './registrations.ts';
import type { ServerDirectory } from './server-directory.ts';

/** Our side of hosted MCP OAuth. */
export interface McpApp {
  /** Notion's MCP server: `https://mcp.notion.com/mcp`. Also the resource that tokens are for. */
  readonly serverUrl: string;
  readonly redirectUri: string;
  /** The URL of our metadata document for a registration; null if servers outside could not read it. */
  readonly documentUrlOf: (id: RegistrationId) => string | null;
  readonly preRegistered: PreRegistered | null;
  /** The addresses to which a server may send us, and browsers. */
  readonly reach: AskableHosts;
}

/** Seals values for connecting, each bound to its row and its purpose. Opening it for another row or purpose throws. */
export interface McpSeal {
  sealIntoAttempt(stateHash: Buffer, text: string): Promise<string>;
  openFromAttempt(stateHash: Buffer, sealed: string): Promise<string>;
  sealClientSecret(id: RegistrationId, secret: Secret): Promise<string>;
  openClientSecret(id: RegistrationId, sealed: string): Promise<Secret>;
  sealManagementToken(id: RegistrationId, token: Secret): Promise<string>;
  openManagementToken(id: RegistrationId, sealed: string): Promise<Secret>;
}

export interface McpParts {
  readonly app: McpApp;
  readonly fetch: SafeFetch;
  readonly registrations: Registrations;
  readonly servers: ServerDirectory;
  readonly now: Now;
  readonly seal: McpSeal;
}
