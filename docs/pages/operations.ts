import { restTools } from '../../src/doors/mcp/rest-tools/rest-tools.ts';
import type { OperationRow } from '../../src/notion/operation-row.ts';
import { operations } from '../../src/notion/operations.ts';
import type { ToolRow } from '../../src/notion/tool-row.ts';
import { refusedTools, tools } from '../../src/notion/tools.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

/** `docs/operations.md`. */
export function operationsPage(): string {
  return page(
    generatedFrom('src/notion/operations.ts'),
    '# Operations',
    "Every endpoint of Notion's REST API that passes through Portcullis, and what a caller must be allowed to do for it. " +
      'An endpoint that is not here is refused. Ids in the path, the query and the body are all judged; a call that names ' +
      'several objects must be allowed on each of them.',
    table(['operation', 'endpoint', 'needs', 'and also', 'versions'], operations.map(rowOf)),
    '## Tools',
    'Every tool of Notion’s hosted MCP server that passes, under its own name or an older one. It is shown to those who may do ' +
      'what it needs somewhere, and each call is judged by the objects that its arguments name. Tools over REST work without a ' +
      'hosted connection; to callers for whom anything may be hidden they are always served that way, since text cannot be judged.',
    table(['tool', 'needs', 'over REST', 'also called'], tools.map(toolOf)),
    'These never pass:',
    table(
      ['tool', 'why'],
      Object.entries(refusedTools).map(([name, why]) => [code(name), why]),
    ),
  );
}

function toolOf({ name, actions, aliases }: ToolRow): string[] {
  const needs = actions.length === 0 ? 'membership' : actions.map(code).join(' and ');
  return [code(name), needs, restTools.has(name) ? 'yes' : '', aliases.map(code).join(', ')];
}

function rowOf(row: OperationRow): string[] {
  return [code(row.name), code(`${row.method} ${row.path}`), needsOf(row), escalationsOf(row), versionsOf(row)];
}

function needsOf({ workspace, locators = [], standIns = [] }: OperationRow): string {
  const onWorkspace =
    workspace === undefined ? [] : [workspace === 'member' ? 'membership' : `${code(workspace)} on the workspace`];
  const onObjects = locators.map(({ at, kind, actions, owned }) => {
    const needed = actions.map(code).join(' and ');
    return `${needed} on the ${kind.replaceAll('_', ' ')} in ${code(at)}${owned === true ? ' (own ones only)' : ''}`;
  });
  const instead = standIns.map(
    ({ unless, actions, on }) =>
      `without ${unless.map(code).join(' or ')}: ${actions.map(code).join(' and ')} on ${on === 'workspace' ? 'the workspace' : code(on)}`,
  );
  return [...onWorkspace, ...onObjects, ...instead].join('; ');
}

const condition = { present: 'is there', not_false: 'is anything but `false`', null: 'is `null`' } as const;

function escalationsOf({ escalations = [] }: OperationRow): string {
  return escalations
    .map(({ at, when, actions }) => `${actions.map(code).join(' and ')} if ${code(at)} ${condition[when]}`)
    .join('; ');
}

function versionsOf({ since, until }: OperationRow): string {
  return [since === undefined ? '' : `from ${since}`, until === undefined ? '' : `up to ${until}`]
    .filter(Boolean)
    .join(', ');
}
