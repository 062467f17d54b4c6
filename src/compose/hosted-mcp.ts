import type { Dispatcher } from 'undici';
import type { NotionConfig } from '../config/config.ts';
import type { ConsentFlow } from '../connect/consent-flow.ts';
import { clientDocument } from '../connect/mcp/client-document.ts';
import { clientDeletion } from '../connect/mcp/delete-client.ts';
import { createMcpFlow } from '../connect/mcp/mcp-flow.ts';
import type { McpParts } from '../connect/mcp/mcp-parts.ts';
import { createMcpRefresh } from '../connect/mcp/refresh.ts';
import type { Registrations } from '../connect/mcp/registrations.ts';
import { createServerDirectory } from '../connect/mcp/server-directory.ts';
import type { RecordEvent } from '../domain/event.ts';
import type { RegistrationId } from '../domain/ids.ts';
import type { Now } from '../domain/units.ts';
import { mcpClientDocumentPath } from '../doors/connect/mcp-client-document.ts';
import type { JobHandler } from '../jobs/job-runner.ts';
import { createSafeFetch } from '../net/safe-fetch/safe-fetch.ts';
import { createMcpSeal } from '../vault/deployment-seals.ts';
import type { DeriveKey } from '../vault/derive-key.ts';
import type { OnUndecryptable } from '../vault/undecryptable.ts';

export interface HostedMcp {
  readonly flow: ConsentFlow;
  readonly refresh: ReturnType<typeof createMcpRefresh>;
  /** The public document of one of our clients. */
  readonly documentOf: (id: RegistrationId) => object;
  /** Removes clients that are no longer used. */
  readonly removeUnusedClients: () => Promise<void>;
  readonly handlers: ReadonlyMap<string, JobHandler>;
  close(): Promise<void>;
}

/** Our side of the OAuth of Notion's hosted MCP server. */
export function openHostedMcp(options: {
  notion: Pick<NotionConfig, 'mcpUrl' | 'mcpClient' | 'dangerouslyAllowLoopbackHttp'>;
  /** What requests to the server itself leave by; left out: directly, to public addresses alone. Its metadata may lead elsewhere. */
  dispatcher?: Dispatcher;
  publicUrl: string;
  registrations: Registrations & { removeUnused(): Promise<void> };
  deriveKey: DeriveKey;
  recordEvent: RecordEvent;
  onUndecryptable?: OnUndecryptable;
  now?: Now;
  monotonicMs?: () => number;
}): HostedMcp {
  const { notion, dispatcher, publicUrl, registrations, deriveKey, recordEvent, onUndecryptable } = options;
  const { now = () => new Date(), monotonicMs = () => performance.now() } = options;
  const reach = { allowLoopbackHttp: notion.dangerouslyAllowLoopbackHttp, mayAsk: hostsOf(notion.mcpUrl) };
  const { origin } = new URL(notion.mcpUrl);
  const named = dispatcher === undefined ? null : { origin, dispatcher };
  const { fetch, close } = createSafeFetch({ ...reach, named });
  const redirectUri = `${publicUrl}/auth/notion-mcp/callback`;
  const documentUrl = (id: RegistrationId) => `${publicUrl}${mcpClientDocumentPath}/${id}`;
  const parts: McpParts = {
    app: {
      serverUrl: notion.mcpUrl,
      redirectUri,
      // The document must be on the public web over https, otherwise the server could not read it.
      documentUrlOf: id => (publicUrl.startsWith('https:') ? documentUrl(id) : null),
      preRegistered: notion.mcpClient,
      reach,
    },
    fetch,
    registrations,
    servers: createServerDirectory(fetch, monotonicMs),
    now,
    seal: createMcpSeal(deriveKey, onUndecryptable),
  };
  return {
    flow: createMcpFlow(parts),
    refresh: createMcpRefresh(parts),
    removeUnusedClients: registrations.removeUnused,
    handlers: clientDeletion(parts, recordEvent),
    documentOf: id => clientDocument(documentUrl(id), redirectUri),
    close,
  };
}

/** Notion's MCP server sends us to no host but Notion's. Another server may have its authorization server elsewhere. */
export function hostsOf(serverUrl: string): (url: URL) => boolean {
  if (new URL(serverUrl).hostname !== 'mcp.notion.com') return () => true;
  return ({ hostname }) => hostname === 'notion.com' || hostname.endsWith('.notion.com');
}
