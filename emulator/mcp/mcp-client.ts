import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Emulator } from '../server.ts';
import { authorizeMcp } from './authorized.ts';

/** What a tool answered: the JSON in its text, or the text where that is none. */
export interface ToolAnswer {
  readonly failed: boolean;
  readonly text: string;
  readonly json: Record<string, unknown>;
  readonly structured: unknown;
}

export interface Connected {
  readonly client: Client;
  call(tool: string, args?: Record<string, unknown>): Promise<ToolAnswer>;
}

/** The official MCP client, authorised as a person of the first workspace. `legacy` is the protocol before 2026-07-28. */
export async function connectMcp(
  emulator: Emulator,
  options: { mode?: 'auto' | 'legacy'; personId?: string; clientId?: string } = {},
): Promise<Connected> {
  const { tokens } = await authorizeMcp(emulator, options);
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    { versionNegotiation: { mode: options.mode ?? 'auto' } },
  );
  const authProvider = { token: async () => tokens.access_token };
  await client.connect(new StreamableHTTPClientTransport(new URL(emulator.mcpUrl), { authProvider }));
  return { client, call: (tool, args) => callTool(client, tool, args ?? {}) };
}

async function callTool(client: Client, name: string, args: Record<string, unknown>): Promise<ToolAnswer> {
  const result = await client.callTool({ name, arguments: args });
  const first = result.content[0];
  const text = first?.type === 'text' ? first.text : '';
  return { failed: result.isError === true, text, json: parsed(text), structured: result.structuredContent };
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
