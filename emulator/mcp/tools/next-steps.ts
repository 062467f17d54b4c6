import { z } from 'zod';
import { READ, type Tool, tool } from './tool.ts';

/** Cards that invite to other plans. Nothing is for sale here, so there is never a next step. */
export const nextStepTools: readonly Tool[] = [
  card('notion-show-advanced-analysis-next-steps', 'Show advanced analysis next steps'),
  card('notion-check-mcp-next-steps', 'Check MCP next steps'),
];

function card(name: string, title: string): Tool {
  const description = 'Which further features of Notion would help with what the person is doing.';
  return tool(name, { title, description, annotations: READ, input: z.object({}), run: () => ({ next_steps: [] }) });
}
