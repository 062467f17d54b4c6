import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { CALLBACK } from '../../emulator/authorized.ts';
import { emulatorControl } from '../../emulator/control.ts';
import { type Emulator, startEmulator } from '../../emulator/server.ts';
import type { ConnectionKind, ConnectionPlace, ConnectionStatus, Tokens } from '../../src/domain/connection.ts';
import { newId } from '../../src/domain/ids.ts';
import type { RefreshTimings } from '../../src/vault/refresh/refresh-parts.ts';
import type { TestDatabase } from '../postgres.ts';
import { aUser, aWorkspace } from '../store/rows.ts';
import { agreeByMcp, agreeByRest } from './installations.ts';
import { type Node, type NodeAddress, type NodeOptions, openNode } from './node.ts';

export type Refreshing = Awaited<ReturnType<typeof startRefreshingOn>>;

/** A connection as a test knows it: where it is, and which installation at the emulator it stands for. */
export interface Connected extends ConnectionPlace {
  readonly kind: ConnectionKind;
  readonly botId: string;
  /** Of hosted MCP. */
  readonly grantId: string;
}

/** An emulator and any number of processes' worth of custody on a database. */
export async function startRefreshingOn(
  testDatabase: Pick<TestDatabase, 'connection'>,
  timings: Partial<RefreshTimings>,
  options: { simulated?: boolean },
) {
  const emulator = await startEmulator({ redirectUris: [CALLBACK] });
  const control = emulatorControl(emulator.url, emulator.controlToken);
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-refreshing-'));
  const { url: notionUrl, clientId, clientSecret } = emulator;
  const address: NodeAddress = {
    connection: testDatabase.connection,
    notionUrl,
    clientId,
    clientSecret,
    rootKeyFile: join(directory, 'root.key'),
    dataDir: directory,
    timings,
    ...options,
  };
  const nodes: Node[] = [];
  const aNode = async (given: NodeOptions = {}, other: Partial<NodeAddress> = {}) => {
    const node = await openNode({ ...address, ...other }, given);
    nodes.push(node);
    return node;
  };
  const first = await aNode().catch(async error => {
    // What listens would keep the process of a test alive that cannot begin.
    await emulator.close();
    throw error;
  });
  const { system } = first.database;
  const owner = (text: string) => first.database.asOwner(client => client.query(text));
  if (options.simulated === true) await owner(simulatedClock);

  return {
    address,
    emulator,
    control,
    first,
    system,
    owner,
    aNode,
    directory,
    /** Its own requests are not counted. */
    async aConnection(given: Partial<Installed> = {}) {
      const connected = await connect(first, emulator, given);
      await control.clearRequests();
      return connected;
    },
    row: ({ connectionId }: ConnectionPlace) =>
      system.selectFrom('connection').selectAll().where('id', '=', connectionId).executeTakeFirstOrThrow(),
    /** What the log says about a connection, oldest first: names, and what is said about each. */
    async log({ connectionId }: ConnectionPlace) {
      const rows = await system.selectFrom('audit_entry').select('entry').orderBy('id').execute();
      const entries = rows.map(row => JSON.parse(row.entry) as LoggedEntry);
      return entries.filter(entry => entry.detail.connection === connectionId);
    },
    /** How often a refresh token was spent at the emulator since the log of requests was cleared. */
    exchanges: async () => (await control.requests()).filter(one => tokenPaths.has(one.path)).length,
    introspections: async () => (await control.requests()).filter(one => one.path === '/v1/oauth/introspect').length,
    /** Whether the emulator takes an access token. */
    async works({ kind }: Pick<Connected, 'kind'>, token: string) {
      if (kind === 'rest') return (await control.tokenOwner({ token })) !== null;
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      return (await fetch(emulator.mcpUrl, { method: 'POST', headers, body: '{}' })).status !== 401;
    },
    /** Makes the access token end in the books; at the emulator it goes on working. */
    endsIn: (place: ConnectionPlace, seconds: number) => endsIn(first, place, seconds),
    /** Ends every wait that the database holds now. */
    async skipWaiting({ connectionId }: ConnectionPlace) {
      const past = sql<Date>`now() - interval '1 hour'`;
      const connection = system.updateTable('connection').where('id', '=', connectionId);
      await connection.where('lease_until', 'is not', null).set({ lease_until: past }).execute();
      await connection.set({ refresh_after: null }).execute();
    },
    async close() {
      for (const node of nodes) await node.close();
      await emulator.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** What the log says, as far as tests look. */
export interface LoggedEntry {
  readonly operation: string;
  readonly time: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

interface Installed {
  readonly kind: ConnectionKind;
  readonly status: ConnectionStatus;
  readonly lifetimeSeconds: number | null;
  /** Instead of tokens from the emulator. */
  readonly tokens: Tokens;
  readonly origin: string;
  readonly personId: string;
}

const tokenPaths: ReadonlySet<string> = new Set(['/v1/oauth/token', '/token']);

let people = 0;

/** Goes through consent at the emulator and stores the resulting tokens, as connecting does. */
async function connect({ database, seal }: Node, emulator: Emulator, given: Partial<Installed>): Promise<Connected> {
  const { kind = 'rest', status = 'active', lifetimeSeconds = null, origin = emulator.url } = given;
  const personId = given.personId ?? emulator.people[people++ % emulator.people.length]?.id;
  const [workspaceId, connectedBy] = [await aWorkspace(database), await aUser(database)];
  const connectionId = newId('con');
  const asked = { issuer: origin, userId: connectedBy, personId };
  const agreed = kind === 'mcp' ? await agreeByMcp(emulator, database, asked) : await agreeByRest(emulator, personId);
  const { botId, grantId } = agreed;
  const row = {
    id: connectionId,
    workspace_id: workspaceId,
    kind,
    origin,
    bot_id: botId,
    connected_by: connectedBy,
    status,
  };
  const audience = kind === 'mcp' ? 'owner' : 'members';
  const client = { oauth_client_id: agreed.oauthClientId, registration_id: agreed.registrationId };
  await database.system.transaction().execute(async tx => {
    // There are few people at the emulator: each comes again with the same installation, and the last one counts.
    await sql`SELECT pg_advisory_xact_lock(hashtext(${botId}))`.execute(tx);
    await tx.updateTable('connection').set({ status: 'revoked' }).where('bot_id', '=', botId).execute();
    await tx
      .insertInto('connection')
      .values({ ...row, audience, ...client })
      .execute();
  });
  const sealed = await (await seal.forWorkspace(workspaceId)).seal(connectionId, 1, given.tokens ?? agreed.tokens);
  const secrets = sealed.map(token => ({ workspace_id: workspaceId, connection_id: connectionId, ...token }));
  await database.system.insertInto('connection_secret').values(secrets).execute();
  const place = { workspaceId, connectionId, kind, botId, grantId };
  if (lifetimeSeconds !== null) await endsIn({ database }, place, lifetimeSeconds);
  return place;
}

async function endsIn({ database }: Pick<Node, 'database'>, { connectionId }: ConnectionPlace, seconds: number) {
  const end = sql<Date>`now() + make_interval(secs => ${seconds})`;
  await database.system
    .updateTable('connection_secret')
    .set({ expires_at: end })
    .where('connection_id', '=', connectionId)
    .where('field', '=', 'access_token')
    .execute();
}

const simulatedClock = `
  CREATE TABLE simulated_clock (at timestamptz NOT NULL);
  INSERT INTO simulated_clock VALUES (now());
  GRANT SELECT, UPDATE ON simulated_clock TO portcullis_app, portcullis_system`;
