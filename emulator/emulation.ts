import type { Faults } from './control/faults.ts';
import type { RequestLog } from './control/request-log.ts';
import { DEFAULT_MCP_ROTATION, type McpRotationMode } from './mcp/authorization/rotation.ts';
import { DEFAULT_ROTATION, type RotationMode } from './oauth/rotation.ts';
import type { Webhooks } from './webhooks/webhooks.ts';
import type { World } from './world/world.ts';

/** What may be changed while the emulator runs. */
export interface Settings {
  rotation: RotationMode;
  /** Requests a minute. `by plan` is what Notion documents; off by default, because tests are in a hurry. */
  rateLimits: { perConnection: 'off' | 'by plan' | number; perWorkspace: 'off' | number };
  /** How long a page stays out of search results after it was made or renamed: Notion's index is not immediate. */
  searchDelayMs: number;
  /** How long events are gathered before they are sent: in Notion under a minute, at most five. */
  webhookDelayMs: number;
  /** What refreshing a token of the hosted MCP server does; REST connections have `rotation`. */
  mcpRotation: McpRotationMode;
  /** How long an access token of the hosted MCP server lives. */
  mcpAccessSeconds: number;
  /** Tools that the hosted MCP server describes in other words than usual; null for a tool that it does not list. */
  toolDescriptions: Readonly<Record<string, string | null>>;
}

export function defaultSettings(): Settings {
  return {
    rotation: DEFAULT_ROTATION,
    rateLimits: { perConnection: 'off', perWorkspace: 'off' },
    searchDelayMs: 0,
    webhookDelayMs: 0,
    mcpRotation: DEFAULT_MCP_ROTATION,
    mcpAccessSeconds: 3600,
    toolDescriptions: {},
  };
}

/** One running emulator, as its request handlers see it. */
export interface Emulation {
  readonly world: World;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly settings: Settings;
  readonly webhooks: Webhooks;
  /** Authenticates the control API; part of nothing that Notion has. */
  readonly controlToken: string;
  /** `http://127.0.0.1:port` once it listens. */
  url: string;
}
