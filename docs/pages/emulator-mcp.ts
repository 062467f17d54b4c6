import { toolTable } from '../../emulator/mcp/tools/table.ts';
import type { Tool } from '../../emulator/mcp/tools/tool.ts';
import { code, table } from './markdown.ts';

const differences = [
  'There is no `/sse`: clients that fall back to it have long had `/mcp`.',
  'Enterprise-managed authorization (`jwt-bearer`) is neither advertised nor there.',
  'Tools for folders, attachments, skills and agents are not there. Teamspaces and favorites are always empty.',
  '`notion-search` looks at titles, as the REST search does; highlights are the beginning of a page.',
  'Aliases answer in the shape of the tool that they stand for, also where the original has one for OpenAI’s clients.',
  'Views understand `SORT BY` and `CLEAR SORT`; other directives are refused. Verification is accepted and not kept.',
  'A duplicated page comes without the databases inside it.',
  '`notion-delete-pages` and `notion-get-self` are in no list and work, because some clients have been seen to call them.',
];

/** The part of `docs/emulator.md` about Notion’s hosted MCP server. */
export function hostedMcpSection(): string[] {
  return [
    '## Hosted MCP',
    '`/mcp` stands for `https://mcp.notion.com/mcp`: Streamable HTTP, stateless, in the protocol of 2026-07-28 and in those ' +
      'before it. It acts as the person who consented and shows what they see, private pages included. Its tokens and ' +
      'clients are not those of the REST API.',
    'Clients find the way from the 401: protected-resource and authorization-server metadata, registration (`/register`, or ' +
      'the address of a client metadata document as `client_id`), `/authorize` with PKCE and `resource`, `/token` (forms ' +
      'only), the same address for revocation. The consent page posts the request’s own parameters, `person_id`, ' +
      '`workspace_id` and `decision` (`allow` or `cancel`) to `/authorize`; a script that leaves the person out is the ' +
      'first one. Redirects carry `iss`. Access lasts an hour; consenting again with the same client ends the grant before.',
    'What refreshing does is a setting, because reports disagree: `mcpRotation` is `{ reuse, revokeOldAccess }` with `reuse` ' +
      '`previous_once` (the newest token and the one before it work, older ones end the grant), `revoke_family` or ' +
      '`strict`; `mcpAccessSeconds` is how long access lasts. An answer that is lost, late or an error after the rotation is ' +
      'a fault on `/token` with `when: "after"`. `addToolFault` makes tools fail with the structured rate limit or with the ' +
      'errors of arguments that were serialised once too often.',
    'Arguments that are JSON in a string are unwrapped up to three layers. Annotations are Notion’s own, wrong ones ' +
      'included: see `notion-move-pages`.',
    table(['tool', 'says of itself', 'also called'], toolTable.map(rowOf)),
    'Known differences from the hosted server:',
    differences.map(one => `- ${one}`).join('\n'),
  ];
}

function rowOf(tool: Tool): string[] {
  const { readOnlyHint, destructiveHint, idempotentHint } = tool.annotations;
  const hints = [
    readOnlyHint === true ? 'read only' : destructiveHint === true ? 'destructive' : 'not destructive',
    ...(idempotentHint === true ? ['idempotent'] : []),
    ...(tool.listed ? [] : ['not listed']),
  ];
  return [code(tool.name), hints.join(', '), tool.aliases.map(code).join(', ')];
}
