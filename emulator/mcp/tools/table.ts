import type { ListToolsResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { agentTools } from './agents.ts';
import { attachmentTools } from './attachments.ts';
import { commentTools } from './comments.ts';
import { databaseTools } from './databases.ts';
import { duplicatePageTool } from './duplicate-page.ts';
import { fetchTools } from './fetch.ts';
import { folderTools } from './folders.ts';
import { listTools } from './lists.ts';
import { movePagesTool } from './move-pages.ts';
import { nextStepTools } from './next-steps.ts';
import { openAiTools } from './openai.ts';
import { createPagesTool } from './pages.ts';
import { peopleTools } from './people.ts';
import { queryTools } from './query.ts';
import { searchTools } from './search.ts';
import { skillTools } from './skills.ts';
import { teamTools } from './teams.ts';
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
  ...teamTools,
  ...listTools,
  ...attachmentTools,
  ...folderTools,
  ...skillTools,
  ...agentTools,
  ...nextStepTools,
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

const openAiByName = new Map(openAiTools.map(row => [row.name, row]));
const replaced = new Set(['notion-search', 'notion-fetch']);

/** The tool of this name or alias, listed or not, as this kind of client knows it. */
export function findTool(name: string, openAi: boolean): Tool | null {
  return (openAi ? openAiByName.get(name) : undefined) ?? byName.get(name) ?? null;
}

/** What `tools/list` answers, and what it answers to OpenAI's clients. */
export const listedTools = toolTable.filter(row => row.listed).map(listed);
export const listedForOpenAi = [...openAiTools.map(listed), ...listedTools.filter(({ name }) => !replaced.has(name))];

function listed({ name, title, description, annotations, input }: Tool): ListToolsResult['tools'][number] {
  return { name, title, description, inputSchema: jsonSchemaOf(input), annotations: { title, ...annotations } };
}

function jsonSchemaOf(input: z.ZodObject): ListToolsResult['tools'][number]['inputSchema'] {
  // Only what JSON has: the generated schema carries its validator along.
  return JSON.parse(JSON.stringify(z.toJSONSchema(input, { io: 'input' })));
}
