import { type Cell, coverage } from '../../emulator/conformance/coverage.ts';
import type { CommandName } from '../../emulator/control/commands.ts';
import type { Route } from '../../emulator/http/route.ts';
import { VERSIONS } from '../../emulator/http/versions.ts';
import { restRoutes } from '../../emulator/rest/routes.ts';
import { EVENTS } from '../../emulator/webhooks/subscription.ts';
import { hostedMcpSection } from './emulator-mcp.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

const commandDocs: Readonly<Record<CommandName, string>> = {
  requests: 'The requests that arrived, with the bot that each came from and without its token; `after` a number.',
  clearRequests: 'Forgets them.',
  addFault:
    'Makes the next `times` requests fail that match `method` and `path` (`*` matches anything): `respond` with a `status`, `stall`, `truncate`, `reset` or `delay`, `before` or `after` they take effect.',
  clearFaults: 'Disarms every fault and lets stalled requests go on.',
  addToolFault:
    'Makes the next `times` calls of a `tool` of the hosted MCP server fail: `rate_limited`, `expected_array`, `expected_object`, `undefined_argument` or `error`.',
  release: 'Lets stalled requests go on.',
  installations: 'Who has been connected, with what is shared and which capabilities.',
  revoke: 'Removes a connection, as a person does in Notion’s settings: its tokens die, nothing is announced.',
  expireAccess: 'Ends the access tokens of a connection and keeps its refresh token.',
  mcpGrants: 'Who consented to which client of the hosted MCP server.',
  revokeMcp: 'Disconnects an MCP client, as a person does in Notion’s settings.',
  expireMcpAccess: 'Ends the access tokens of an MCP grant and keeps its refresh token.',
  forgetMcpClient: 'Forgets the registration of an MCP client: its next request answers `invalid_client`.',
  share: 'Shares a page or database, and all below it, with one connection or with all of its workspace.',
  unshare: 'Takes that back.',
  move: 'Moves a page or database as a person does, past every connection.',
  setTrash: 'Trashes or restores as a person does.',
  setCapabilities: 'Of a public connection (for those who authorise it from now on) or of one installation (at once).',
  addRedirectUris: 'Adds addresses to which people may be sent back.',
  renewClientSecret: 'Gives a client another secret; the one of before is refused.',
  setClock: 'Freezes or advances the time by which everything is dated and expires.',
  settings: 'Rotation of refresh tokens, rate limits, how far search and webhooks lag behind.',
  node: 'A page, database, data source or block in its current state, regardless of who may see it.',
  tokenOwner: 'The owner of this token.',
  subscribe: 'Subscribes a connection to webhooks and sends the handshake; stands for the developer portal.',
  verifySubscription: 'Activates a subscription by the token of its handshake.',
  deliverWebhooks: 'Makes the attempts that are due, without waiting for the next tick.',
  webhookDeliveries: 'What has been sent or given up.',
  snapshot: 'The whole state as text.',
  restore: 'Goes back to a snapshot.',
};

const differences = [
  'Rate limits are off until the settings turn them on; the limit of a workspace is a number that Notion does not publish.',
  'A write that asks for `allow_async` is carried out at once; only its result comes later.',
  'Formulas know arithmetic, comparisons, conditions and some thirty functions (`emulator/rest/formula-functions.ts`), none of which takes a list; others are `unsupported`, as some are in Notion.',
  'Markdown is read and written for the common blocks; copies of synced blocks are written with what they show and not read back as copies, and colours and column widths are left out.',
  'Teamspaces decide who sees what; events name the workspace as the parent of the pages at their top.',
  'Versions before 2022-02-22 have their texts, filters and appends; of what they had besides, these are missing: `text` for `rich_text` in property values (2021-05-11), unknown keys that pass, raw property ids and the types in rollups (before 2021-08-16), property items without `id`, and the list of databases.',
  'An upload from an external URL counts as imported after a second, without content: the emulator reaches no other host.',
  'Configurations of views are kept as they came and are not checked field by field.',
  'A relative date such as `past_month` counts days from now, in UTC.',
  'Whether a refresh ends the old access token is not published; the emulator ends it, and `settings` can change that.',
  'The REST routes of agents and sessions and the Admin API are not there: they answer `invalid_request_url`.',
];

/** `docs/emulator.md`, for people who want a Notion to test against and nothing else. */
export function emulatorPage(): string {
  return page(
    generatedFrom('emulator/'),
    '# The Notion emulator',
    'A stand-in for Notion’s REST API, OAuth and hosted MCP server, good enough that official clients do not notice a difference. It shares no code with the ' +
      'gateway, reaches no other hosts than the given webhook receivers and client metadata documents, and listens on 127.0.0.1 unless `--host` says otherwise.',
    fenced('portcullis emulator --port 0 --ready-file ready.json --redirect-uri http://localhost:3000/callback'),
    '`ready.json` (mode 0600) then holds `url`, `mcpUrl`, `clientId`, `clientSecret`, `internalToken`, `controlToken` and ' +
      '`pages.root`. `--state-dir DIR` keeps the state over restarts, `--seed company` starts with a company of some 300 ' +
      'pages instead of the small Acme, and `--pages N` adds up to a million more. With `--host ADDRESS`, every client that reaches that ' +
      'address can use the REST API; the control API and the hosted MCP server can be used from this machine only.',
    fenced('const notion = new Client({ auth: internalToken, baseUrl: url });'),
    '## OAuth',
    'Send a browser to `/v1/oauth/authorize` as to Notion. The consent page is two plain forms, so a script can post it: ' +
      '`client_id`, `redirect_uri`, `response_type=code`, `owner=user`, `state`, `person_id`, `workspace_id`, `page_id` ' +
      '(once for each page) and `decision` (`allow` or `cancel`). Without `person_id` and `workspace_id` it is the first ' +
      'person of the first workspace.',
    `## Endpoints`,
    `${restRoutes.length} routes under ${VERSIONS.length} versions (${VERSIONS.join(', ')}). What a tick promises is ` +
      'tested: an answer that is as Notion’s OpenAPI description has it (where it knows the route), 400 for bad input, 403 ' +
      'without the capability, 404 for what is not shared.',
    table(['route', 'needs', 'versions', 'success', '400', '403', '404'], restRoutes.map(rowOf)),
    ...hostedMcpSection(),
    '## Webhooks',
    `Signed with the token of the handshake, tried up to eight times over a day: ${EVENTS.map(code).join(', ')}. ` +
      'Nothing is sent when a connection is removed: Notion sends nothing either.',
    '## Control',
    '`POST /_emulator/<command>` with a JSON body and the header `x-emulator-token`; from loopback, to a local Host, never ' +
      'from a web page. `emulator/control.ts` has them as typed methods.',
    table(
      ['command', 'what it does'],
      Object.entries(commandDocs).map(([name, doc]) => [code(name), doc]),
    ),
    '## Known differences',
    differences.map(one => `- ${one}`).join('\n'),
  );
}

function rowOf(route: Route): string[] {
  const since = route.since === null ? '' : `since ${route.since}`;
  const until = route.until === null ? '' : `before ${route.until}`;
  const name = `${route.method} ${route.path}`;
  const covered = coverage.find(one => one.route === name);
  const cells = covered === undefined ? [] : [covered.success, covered.input, covered.capability, covered.lookup];
  return [code(name), route.needs ?? '', since + until || 'all', ...cells.map(tick)];
}

function tick(cell: Cell): string {
  return cell === 'tested' ? '✓' : cell;
}

function fenced(text: string): string {
  return `\`\`\`\n${text}\n\`\`\``;
}
