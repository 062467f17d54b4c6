import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify, { LogController } from 'fastify';
import { type EmulatorControl, emulatorControl } from '../../emulator/control.ts';
import { type Emulator, startEmulator } from '../../emulator/server.ts';
import type { AuditRow } from '../../src/audit/audit-log.ts';
import { evaluator } from '../../src/authorize/evaluator.ts';
import { type HostedMcp, openHostedMcp } from '../../src/compose/hosted-mcp.ts';
import type { NotionConfig } from '../../src/config/config.ts';
import { createAskWhose } from '../../src/connect/ask-whose.ts';
import { createCheckToken } from '../../src/connect/check-token.ts';
import { createConnectCommands } from '../../src/connect/commands.ts';
import type { ConnectParts } from '../../src/connect/connect-parts.ts';
import { discardRefreshed } from '../../src/connect/discard-tokens.ts';
import type { NotionApp } from '../../src/connect/rest/notion-app.ts';
import { refreshRestTokens } from '../../src/connect/rest/refresh.ts';
import { createRestFlow } from '../../src/connect/rest/rest-flow.ts';
import { revocationHandlers } from '../../src/connect/revocation-jobs.ts';
import { type StepDeadlines, stepDeadlines } from '../../src/connect/step-deadlines.ts';
import type { Action } from '../../src/domain/action.ts';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { newId, type UserId, type WorkspaceId } from '../../src/domain/ids.ts';
import { noMetrics } from '../../src/domain/metrics.ts';
import type { CommandContext } from '../../src/domain/operation.ts';
import type { Caller } from '../../src/domain/principal.ts';
import { Secret } from '../../src/domain/secret.ts';
import { apiDoor } from '../../src/doors/api/api-door.ts';
import { createConnectionRoutes } from '../../src/doors/api/connection-routes.ts';
import { mcpClientDocumentDoor } from '../../src/doors/connect/mcp-client-document.ts';
import { oauthDoor } from '../../src/doors/connect/oauth-door.ts';
import { sessionCookieName } from '../../src/doors/session-cookie.ts';
import type { Gateway } from '../../src/gateway.ts';
import { createJobRunner, type JobRunner } from '../../src/jobs/job-runner.ts';
import { createClientAddress } from '../../src/net/client-address.ts';
import { createConnectAttempts } from '../../src/store/connect-attempts.ts';
import { createConnectionList } from '../../src/store/connection-list.ts';
import { createConnections } from '../../src/store/connections.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { createDisconnections } from '../../src/store/disconnections.ts';
import type { EventEntries } from '../../src/store/event-entries.ts';
import { createInstallations } from '../../src/store/installations.ts';
import { createJobs } from '../../src/store/jobs.ts';
import { createPastedTokens } from '../../src/store/pasted-tokens.ts';
import type { Schema } from '../../src/store/schema.ts';
import { createTokenRefreshes } from '../../src/store/token-refreshes.ts';
import { createWrappedKeys } from '../../src/store/workspace-keys.ts';
import { deriveKeysFrom } from '../../src/vault/derive-key.ts';
import { createJobSeal } from '../../src/vault/job-seal.ts';
import { passThrough } from '../../src/vault/refresh/fail-point.ts';
import type { RefreshExchange } from '../../src/vault/refresh/refresh-exchange.ts';
import { refreshTimings } from '../../src/vault/refresh/refresh-parts.ts';
import { createRenew } from '../../src/vault/refresh/renew.ts';
import { openSpool, type Spool } from '../../src/vault/refresh/spool.ts';
import { openRootKeyFile } from '../../src/vault/root/file.ts';
import { createTokenSeal, type TokenSeal } from '../../src/vault/token-seal.ts';
import { createTokens, type TokenCustody } from '../../src/vault/tokens.ts';
import { createWorkspaceKeys } from '../../src/vault/workspace-keys.ts';
import { aCaller } from '../fixtures.ts';
import { freshDatabase, type TestDatabase } from '../postgres.ts';
import { Browser } from './browser.ts';
import { callerOf, decidingGateway } from './deciding-gateway.ts';

/** Everything about connecting, for real: PostgreSQL, sealing, the emulator, the door on a socket. */
export interface Connecting {
  readonly database: Database<Schema>;
  /** The same database, for whoever opens it once more: in this process, and in another. */
  readonly connection: TestDatabase['connection'];
  readonly databaseUrl: string;
  readonly rootKeyFile: string;
  readonly emulator: Emulator;
  readonly control: EmulatorControl;
  readonly parts: ConnectParts;
  readonly app: NotionApp;
  readonly tokens: TokenCustody;
  /** One exchange of a hosted MCP connection, past custody. */
  readonly refreshMcp: RefreshExchange['refresh'];
  /** What the gateway does every minute about clients that nothing uses. */
  readonly removeUnusedClients: () => Promise<void>;
  readonly jobs: JobRunner;
  readonly publicUrl: string;
  readonly events: RecordedEvent[];
  /** What passed the gateway: `connect.start allow`, `connect.finish deny not_a_member`, `connect.finish failed code_refused`. */
  readonly log: string[];
  /** What the doors told an operator, in lines of JSON. */
  readonly programLog: string[];
  aPerson(rights?: readonly Action[]): Promise<{ id: UserId; browser: Browser }>;
  /** Another browser session of the same person. */
  anotherBrowser(userId: UserId): Browser;
  contextOf(userId: UserId, workspaceId: WorkspaceId | null): CommandContext;
  /** As if nobody had ever connected anything: much quicker than starting all of this again. */
  startOver(): Promise<void>;
  close(): Promise<void>;
}

/** One for each test file; each test uses people and workspaces of its own, or starts over. */
export async function startConnecting(
  options: {
    app?: { clientSecret?: string };
    /** Where Notion's REST API is, if not in the emulator. */
    apiUrl?: string;
    mcpUrl?: string;
    deadlines?: StepDeadlines;
    /** A client that was registered by hand, with the redirect URI that it is asked for. */
    mcpClient?: (redirectUri: string, emulator: Emulator) => Promise<NotionConfig['mcpClient']>;
  } = {},
): Promise<Connecting> {
  // Before anything listens: what listens would keep the process of a test alive whose database cannot be made.
  const testDatabase = await freshDatabase({ migrated: true });
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const redirectUri = `${publicUrl}/auth/notion/callback`;
  const emulator = await startEmulator({ redirectUris: [redirectUri] });
  const control = emulatorControl(emulator.url, emulator.controlToken);
  const database = openDatabase<Schema>(testDatabase.connection);
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-connecting-'));
  const rootKeyFile = join(directory, 'root.key');
  const root = await openRootKeyFile(rootKeyFile);
  const events: RecordedEvent[] = [];
  const recordEvent = async (event: RecordedEvent) => void events.push(event);
  const now = () => new Date();
  const instance = newId('ins');
  const entries: EventEntries = {
    instance: () => instance,
    now,
    onDurable: rows => events.push(...rows.map(recordedEvent)),
  };
  const seal = createTokenSeal(createWorkspaceKeys({ root, store: createWrappedKeys(database) }));
  const app = {
    origin: options.apiUrl ?? emulator.url,
    clientId: emulator.clientId,
    clientSecret: new Secret(options.app?.clientSecret ?? emulator.clientSecret),
    redirectUri,
  };
  const deriveKey = deriveKeysFrom(randomBytes(64));
  const notion = {
    mcpUrl: options.mcpUrl ?? `${emulator.url}/mcp`,
    mcpClient: (await options.mcpClient?.(`${publicUrl}/auth/notion-mcp/callback`, emulator)) ?? null,
    dangerouslyAllowLoopbackHttp: true,
  };
  const hosted = openHostedMcp({ notion, publicUrl, database, deriveKey, recordEvent });
  const spool = await openSpool(join(directory, 'spool'));
  const discard: Discard = orphan => discardRefreshed(parts)(orphan);
  const tokens = openTokens({ database, entries, seal, spool, app, refreshMcp: hosted.refresh, discard });
  const parts: ConnectParts = {
    flows: {
      rest: createRestFlow(app),
      mcp: hosted.flow,
    },
    attempts: createConnectAttempts(database),
    installations: createInstallations(database, entries, evaluator),
    disconnections: createDisconnections(database, entries),
    pasted: createPastedTokens(database, entries),
    askWhose: createAskWhose(app),
    jobs: createJobs(database),
    vault: { ...seal, ...createJobSeal(deriveKey) },
    recordEvent,
    forgetToken: tokens.forget,
    // Tests say when jobs are done.
    wakeJobs: () => {},
    deadlines: options.deadlines ?? stepDeadlines,
  };
  const jobs = createJobRunner({
    jobs: parts.jobs,
    handlers: new Map([...revocationHandlers(parts), ...hosted.handlers]),
    onError: onTrouble,
  });
  const sessions = new Map<string, Caller>();
  const log: string[] = [];
  const programLog: string[] = [];
  const gateway = decidingGateway(database, sessions, log);
  const doors = await openDoors({ gateway, parts, hosted, database, publicUrl, server, programLog });

  const anotherBrowser = (userId: UserId) => {
    const session = randomBytes(32).toString('base64url');
    sessions.set(session, callerOf(userId));
    return new Browser(publicUrl, emulator, `${sessionCookieName}=${session}`);
  };
  return {
    database,
    connection: testDatabase.connection,
    databaseUrl: testDatabase.url,
    rootKeyFile,
    emulator,
    control,
    parts,
    app,
    tokens,
    refreshMcp: hosted.refresh,
    removeUnusedClients: hosted.removeUnusedClients,
    jobs,
    publicUrl,
    events,
    log,
    programLog,
    anotherBrowser,
    async aPerson(rights = ['connect']) {
      const id = newId('usr');
      await database.system.insertInto('principal').values({ id, kind: 'user' }).execute();
      const account = {
        id,
        email: `${id}@example.test`,
        name: `Person ${id.slice(-4)}`,
        deployment_rights: [...rights],
      };
      await database.system.insertInto('user_account').values(account).execute();
      return { id, browser: anotherBrowser(id) };
    },
    contextOf: (userId, workspaceId) => ({
      caller: callerOf(userId),
      workspaceId,
      clientAddress: '127.0.0.1',
      requestId: '00000000-0000-4000-8000-000000000000',
      confirm: async () => {},
    }),
    async startOver() {
      const tables = 'principal, workspace, job, client_registration, connect_attempt';
      await database.asOwner(client => client.query(`TRUNCATE ${tables} CASCADE`));
      events.length = 0;
      log.length = 0;
      programLog.length = 0;
      await Promise.all([control.clearFaults(), control.clearRequests()]);
    },
    async close() {
      await hosted.close();
      await doors.close();
      // The doors did not open this server, so they leave it open.
      const closed = new Promise(resolve => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await emulator.close();
      await database.close();
      await testDatabase.drop();
      await rm(directory, { recursive: true });
    },
  };
}

function onTrouble(error: unknown): never {
  throw error;
}

type Discard = ReturnType<typeof discardRefreshed>;

function openTokens(given: {
  readonly database: Database<Schema>;
  readonly entries: EventEntries;
  readonly seal: TokenSeal;
  readonly spool: Spool;
  readonly app: NotionApp;
  readonly refreshMcp: RefreshExchange['refresh'];
  readonly discard: Discard;
}): TokenCustody {
  const { database, entries, seal, spool, app, refreshMcp, discard } = given;
  const exchange: RefreshExchange = {
    refresh: (connection, token, signal) =>
      connection.kind === 'mcp'
        ? refreshMcp(connection, token, signal)
        : refreshRestTokens({ app }, connection, token, signal),
  };
  const parts = { connections: createConnections(database, entries), seal, metrics: noMetrics, onTrouble };
  const renew = createRenew({
    ...parts,
    refreshes: createTokenRefreshes(database, entries),
    spool,
    exchange,
    revoke: discard,
    timings: refreshTimings,
    failPoint: passThrough,
  });
  return createTokens({ ...parts, check: createCheckToken({ app }), renew, now: entries.now });
}

/** The doors that have to do with connecting, on the server that listens already. */
async function openDoors(given: {
  readonly gateway: Gateway;
  readonly parts: ConnectParts;
  readonly hosted: HostedMcp;
  readonly database: Database<Schema>;
  readonly publicUrl: string;
  readonly server: Server;
  readonly programLog: string[];
}) {
  const { gateway, parts, hosted, database, publicUrl, server, programLog } = given;
  const commands = createConnectCommands(parts);
  const clientAddress = createClientAddress([]);
  const routes = createConnectionRoutes({ ...commands, list: createConnectionList(database, evaluator) });
  const nobody = () => Promise.reject(new Error('Nobody signs in here.'));
  const signIn = {
    signIn: { withPassword: nobody, withLink: nobody, malformed: nobody, admit: nobody, signOut: nobody },
    record: parts.recordEvent,
  };
  const stream = { write: (line: string) => void programLog.push(line) };
  const doors = fastify({
    serverFactory: handler => server.on('request', handler),
    logger: { level: 'info', stream },
    logController: new LogController({ disableRequestLogging: true }),
  });
  await doors.register(oauthDoor({ gateway, commands, clientAddress, publicUrl, demo: false }));
  await doors.register(apiDoor({ gateway, identify: async () => aCaller(), routes, signIn, clientAddress, publicUrl }));
  await doors.register(mcpClientDocumentDoor(hosted.documentOf));
  await doors.ready();
  return doors;
}

/** What was written into the log in the same commit as the change that it tells about. */
function recordedEvent({ entry, workspaceId, principalId }: AuditRow): RecordedEvent {
  const { operation: name, result, detail } = JSON.parse(entry);
  return { name, workspaceId, principalId, result, detail };
}
