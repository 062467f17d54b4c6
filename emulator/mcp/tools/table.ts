import type { ListToolsResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { commentTools } from './comments.ts';
import { databaseTools } from './databases.ts';
import { duplicatePageTool } from './duplicate-page.ts';
import { fetchTools } from './fetch.ts';
import { listTools } from './lists.ts';
import { movePagesTool } from './move-pages.ts';
import { createPagesTool } from './pages.ts';
import { peopleTools } from './people.ts';
import { queryTools } from './query.ts';
import { searchTools } from './search.ts';
import { READ, type Tool, tool } from './tool.ts';
import { updatePageTool } from './update-page.ts';
import { viewTools } from './views.ts';

const rows: readonly Tool[] = [
  ...searchTools,
  ...fetchTools,
  createPagesTool,
  updatePageTool,
  movePagesTool,
  duplicatePageTool,
  ...databaseTools,
  ...viewTools,
  ...queryTools,
  ...commentTools,
  ...peopleTools,
  ...listTools,
];

/** Every tool of the hosted server, in the order in which it lists them. */
export const toolTable: readonly Tool[] = [
  ...rows,
  tool('notion-get-tool-access', {
    title: 'Get tool access',
    description: 'Which tools this client may call.',
    annotations: READ,
    input: z.object({ tool_names: z.array(z.string()).optional() }),
    run(_call, { tool_names: names }) {
      const all = rows.filter(row => row.listed).map(row => row.name);
      return { tools: (names ?? all).map(name => ({ name, available: all.includes(name) })) };
    },
  }),
];

const byName = new Map(toolTable.flatMap(row => [row.name, ...row.aliases].map(name => [name, row] as const)));

/** The tool of this name or alias, listed or not. */
export function findTool(name: string): Tool | null {
  return byName.get(name) ?? null;
}

/** What `tools/list` answers. */
export const listedTools: ListToolsResult['tools'] = toolTable
  .filter(row => row.listed)
  .map(({ name, title, description, annotations, input }) => ({
    name,
    title,
    description,
    inputSchema: jsonSchemaOf(input),
    annotations: { title, ...annotations },
  }));

function jsonSchemaOf(input: z.ZodObject): ListToolsResult['tools'][number]['inputSchema'] {
  // Only what JSON has: the generated schema carries its validator along.
  return JSON.parse(JSON.stringify(z.toJSONSchema(input, { io: 'input' })));
}
