import { contentTools } from './operations/tools/content.ts';
import { listTools } from './operations/tools/lists.ts';
import { peopleTools } from './operations/tools/people.ts';
import { tableTools } from './operations/tools/tables.ts';
import type { ToolRow } from './tool-row.ts';

/** Every tool that passes, in the order in which it is listed. */
export const tools: readonly ToolRow[] = [...contentTools, ...tableTools, ...peopleTools, ...listTools];

const byName = new Map(tools.flatMap(row => [row.name, ...row.aliases].map(name => [name, row] as const)));

/** The tool of that name or alias. Null: it does not pass. */
export function findTool(name: string): ToolRow | null {
  return byName.get(name) ?? null;
}

/**
 * Tools of the hosted server that cannot be called, and why. They are listed here so that they do not look forgotten. A
 * tool that is in neither list does not pass either.
 */
export const refusedTools: Readonly<Record<string, string>> = {
  'notion-get-tool-access': 'it tells of the hosted server, not of what a caller may do here',
  'notion-create-folder': 'folders stand in no path that a decision is made on',
  'notion-update-folder': 'folders stand in no path that a decision is made on',
  'notion-create-attachment': 'it fetches from anywhere, past the gate',
  'notion-create-file-upload': 'it answers with an address to which bytes go past the gate',
  'notion-download-attachment': 'it answers with an address that opens without a key',
  'notion-delete-pages': 'the hosted server does not document it',
  'notion-convert-page-to-skill': 'skills instruct agents that act with rights of their own',
  'notion-search-skills': 'skills instruct agents that act with rights of their own',
  'notion-download-skill': 'skills instruct agents that act with rights of their own',
  'notion-upload-skill': 'skills instruct agents that act with rights of their own',
  'notion-search-agents': 'agents act with rights of their own',
  'notion-list-agents': 'agents act with rights of their own',
  'notion-spawn-session': 'agents act with rights of their own',
  'notion-send-message-to-session': 'agents act with rights of their own',
  'notion-stop-session': 'agents act with rights of their own',
  'notion-wait-session': 'agents act with rights of their own',
  'notion-get-session-status': 'agents act with rights of their own',
  'notion-query-sessions': 'agents act with rights of their own',
  'notion-search-sessions': 'agents act with rights of their own',
  'notion-list-session-events': 'agents act with rights of their own',
  'notion-read-session-event': 'agents act with rights of their own',
  'notion-show-advanced-analysis-next-steps': 'it advertises',
  'notion-check-mcp-next-steps': 'it advertises',
};
