import type { Dispatcher } from 'undici';
import type { NotionConfig } from '../config/config.ts';
import { createCheckToken } from '../connect/check-token.ts';
import { appRefusalIn } from '../domain/app-refusal.ts';
import type { OutgoingProxy } from '../domain/outgoing-proxy.ts';
import { printable } from '../domain/printable.ts';
import { UnopenableError } from '../domain/unopenable-error.ts';
import { openAgent } from '../net/open-agent.ts';
import type { Database } from '../store/database.ts';
import {
  type CheckedConnection,
  connectionsToCheck,
  countConnections,
  isUntroubled,
} from '../store/doctor/connections.ts';
import type { Schema } from '../store/schema.ts';
import type { CheckAnswer } from '../vault/liveness.ts';
import { createTokenSeal } from '../vault/token-seal.ts';
import type { WorkspaceKeys } from '../vault/workspace-keys.ts';
import { type Finding, fail, look, ok, warn } from './finding.ts';

/** The place in the dashboard. */
const reconnect = 'press *Reconnect* at its workspace.';

/** Connections that are asked about at Notion. More would spend what the gateways need. */
const probedMax = 50;

/** Each connection: whether it is in use, whether its token opens, and whether Notion still knows it. */
export async function lookAtConnections(parts: {
  readonly database: Database<Schema>;
  readonly keys: WorkspaceKeys | null;
  readonly notion: NotionConfig | null;
  /** The proxy for requests to Notion; null: none. */
  readonly proxy: OutgoingProxy | null;
}): Promise<Finding[]> {
  const connections = await connectionsToCheck(parts.database);
  if (connections.length === 0) return [ok('connections', 'none yet')];
  const probe = parts.keys === null ? null : createProbe(parts.keys, parts.notion, openAgent(parts.proxy));
  const findings: Finding[] = [];
  let probed = 0;
  for (const connection of connections) {
    if (isUntroubled(connection) && probed++ === probedMax) break;
    const about = `connection ${connection.connectionId}`;
    const judged = await look(about, 'See what the gateway wrote to its log (PORTCULLIS_LOG_LEVEL).', async () => {
      const { state, found, todo } = await judge(connection, probe);
      return { about, state, found: `${describe(connection)}: ${found}`, todo };
    });
    findings.push(...judged);
  }
  const rest = (await countConnections(parts.database)) - findings.length;
  return rest > 0 ? [...findings, ok('connections', `${rest} more were not looked at`)] : findings;
}

/** Notion's answer about the token; `unopenable` if Notion could not be asked, because the token does not open. */
type Probe = (connection: CheckedConnection) => Promise<CheckAnswer | 'unopenable'>;

async function judge(connection: CheckedConnection, probe: Probe | null): Promise<Omit<Finding, 'about'>> {
  const { status } = connection;
  if (status === 'undecryptable')
    return fail('', 'its token does not open', `Restore its key (portcullis keys verify), or ${reconnect}`);
  if (status === 'needs_reauth' || status === 'needs_reregister') {
    return fail('', 'Notion no longer accepts it', `In the dashboard: ${reconnect}`);
  }
  if (status === 'revoking')
    return warn(
      '',
      'it is being revoked at Notion',
      'Nothing, unless this lasts for hours: then see connect.revoke in portcullis audit.',
    );
  if (status === 'suspect')
    return warn(
      '',
      'a refresh has not ended',
      'Nothing, unless this lasts for minutes: then does a gateway run (portcullis serve)?',
    );
  if (probe === null)
    return warn(
      '',
      'its token cannot be opened without its key',
      'See keys, above: portcullis keys verify opens every value.',
    );
  switch (await probe(connection)) {
    case 'alive':
      return ok('', 'Notion accepts its token');
    case 'unopenable':
      return fail('', 'its token does not open', `Restore its key (portcullis keys verify), or ${reconnect}`);
    case 'dead':
      return warn('', 'Notion does not accept its token', `The next call refreshes it. If that fails: ${reconnect}`);
    case 'app_refused':
      return fail(
        '',
        'Notion refuses the client id or secret of this Portcullis, so its token cannot be renewed',
        'Compare NOTION_OAUTH_CLIENT_ID and NOTION_OAUTH_CLIENT_SECRET with the settings of the integration at Notion.',
      );
    case 'unclear':
      return warn(
        '',
        'its token opens; Notion was asked about it, and did not say',
        'See notion, below: the way out is HTTPS_PROXY and PORTCULLIS_NOTION_API_URL.',
      );
    case 'unaskable':
      return unasked(connection);
  }
}

/**
 * Only a refresh can tell, and doctor makes none. So this reports the trouble of the last refresh, which is stored on
 * the connection.
 */
function unasked({ kind, statusReason }: CheckedConnection): Omit<Finding, 'about'> {
  if (appRefusalIn(statusReason) === null) return ok('', `its token opens; Notion was not asked: ${whyUnasked[kind]}`);
  const todo =
    'Compare PORTCULLIS_NOTION_MCP_CLIENT_ID and PORTCULLIS_NOTION_MCP_CLIENT_SECRET with what the server knows.';
  return fail('', `the server refuses the client that it stands on (${statusReason})`, todo);
}

const whyUnasked = {
  mcp: 'its hosted MCP server has no way to be asked',
  rest: 'it came from another origin than the one in the settings',
  internal: 'it came from another origin than the one in the settings',
} as const;

function createProbe(keys: WorkspaceKeys, notion: NotionConfig | null, dispatcher: Dispatcher): Probe {
  const seal = createTokenSeal(keys);
  const asked = notion && new URL(notion.apiUrl).origin;
  const check = notion && createCheckToken({ app: { ...notion, origin: notion.apiUrl, redirectUri: '', dispatcher } });
  return async connection => {
    const { workspaceId, connectionId, generation, sealed, kid } = connection;
    if (sealed === null || kid === null) return 'unopenable';
    const place = { workspaceId, connectionId, field: 'access_token', generation } as const;
    try {
      const token = await seal.open(place, { sealed, kid });
      if (check === null || connection.origin !== asked) return 'unaskable';
      return await check(connection, token);
    } catch (error) {
      if (error instanceof UnopenableError) return 'unopenable';
      throw error;
    }
  };
}

function describe({ workspaceName, kind, status, lastUsedAt }: CheckedConnection): string {
  const used = lastUsedAt === null ? 'never used' : `last used ${lastUsedAt.toISOString()}`;
  return `${kind} of ${printable(workspaceName)}, ${status}, ${used}`;
}
