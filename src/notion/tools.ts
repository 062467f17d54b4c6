import { contentTools } from './operations/tools/content.ts';
import { peopleTools } from './operations/tools/people.ts';
import { tableTools } from './operations/tools/tables.ts';
import type { ToolRow } from './tool-row.ts';

/** Every tool that passes, in the order in which it is listed. */
export const tools: readonly ToolRow[] = [...contentTools, ...tableTools, ...peopleTools];

const byName = new Map(tools.flatMap(row => [row.name, ...row.aliases].map(name => [name, row] as const)));

/** The tool of that name or alias. Null: it does not pass. */
export function findTool(name: string): ToolRow | null {
  return byName.get(name) ?? null;
}
