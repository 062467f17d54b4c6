import { toolTable } from '../../emulator/mcp/tools/table.ts';
import type { Tool } from '../../emulator/mcp/tools/tool.ts';
import { code, table } from './markdown.ts';

const differences = [
  'There is no `/sse`: clients that fall back to it have long had `/mcp`.',
  'Enterprise-managed authorization (`jwt-bearer`) is neither advertised nor there.',
  'There are no agents: their lists are empty, and a request that names an agent or a session gets `object_not_found`. Notion does not publish further arguments of its tools.',
  'Folders and skills are kept as pages, a skill as the one file `SKILL.md`; REST shows both as pages. Arguments and results of the tools for folders, skills, attachments and next steps are not published and chosen here.',
  '`notion-create-file-upload` answers a signed address for one `PUT`; what `notion-create-attachment` imports has no content to download. Only the person who made an upload can download it.',
  'Favorites are always empty, next steps too; every person in a teamspace is a `member` of it.',
  '`notion-search` looks at titles, as the REST search does; highlights are the beginning of a page.',
  'OpenAI’s clients are recognised by their registered name or redirect address, not by what they say in a session; to all others the alias `search` answers as `notion-search` does.',
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
    'Clients that register as OpenAI’s see `search` and `fetch` in place of `notion-search` and `notion-fetch`, with results of ' +
      '`{id, title, url}` and pages of `{id, title, text, url, metadata}`.',
    'Known differences from the hosted server:',
    differences.map(one => `- ${one}`).join('\n'),
  ];
}

function rowOf(tool: Tool): string[] {
  const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = tool.annotations;
  const hints = [
    readOnlyHint === true ? 'read only' : destructiveHint === true ? 'destructive' : 'not destructive',
    ...(idempotentHint === true ? ['idempotent'] : []),
    ...(openWorldHint === true ? ['open world'] : []),
    ...(tool.listed ? [] : ['not listed']),
  ];
  return [code(tool.name), hints.join(', '), tool.aliases.map(code).join(', ')];
}
