import { z } from 'zod';
import { isPlain } from '../../http/shape.ts';
import type { McpClient } from '../../world/mcp-grants.ts';
import { fetchTools } from './fetch.ts';
import { searchTools } from './search.ts';
import { READ, type Tool, tool } from './tool.ts';

const HOSTS = ['chatgpt.com', 'chat.openai.com', 'openai.com'];

/** Whether a client says that it is OpenAI's: by its registered name, or by where it sends people back to. */
export function isOpenAi(client: McpClient | undefined): boolean {
  if (client === undefined) return false;
  if (/\b(openai|chatgpt)\b/i.test(client.name)) return true;
  return client.redirectUris.some(uri => {
    const hostname = URL.canParse(uri) ? new URL(uri).hostname : '';
    return HOSTS.some(host => hostname === host || hostname.endsWith(`.${host}`));
  });
}

/** What such clients see in place of `notion-search` and `notion-fetch`: the two tools that their connectors ask for. */
export const openAiTools: readonly Tool[] = [
  ...searchTools.map(original =>
    tool('search', {
      title: original.title,
      description: original.description,
      annotations: READ,
      input: z.object({ query: z.string() }),
      async run(call, args) {
        const found = await original.run(call, args);
        const results = 'results' in found && Array.isArray(found.results) ? found.results.filter(isPlain) : [];
        return { results: results.map(({ id, title, url }) => ({ id, title, url })) };
      },
    }),
  ),
  ...fetchTools.map(original =>
    tool('fetch', {
      title: original.title,
      description: original.description,
      annotations: READ,
      input: z.object({ id: z.string() }),
      async run(call, args) {
        const { title, text, url, metadata } = { ...(await original.run(call, args)) } as Record<string, unknown>;
        return { id: args.id, title, text, url, metadata };
      },
    }),
  ),
];
