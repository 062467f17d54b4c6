/** The only file that knows every concrete part: opens the store, builds the path, opens the doors. */
import { fileURLToPath } from 'node:url';
import { fastify, LogController } from 'fastify';
import type { Logger } from 'pino';
import { type Accounts, createAccounts } from './accounts/accounts.ts';
import { createAnonymousDenials } from './audit/anonymous-denials.ts';
import { watchDiskReserve } from './audit/disk-reserve.ts';
import { createGroupCommit } from './audit/group-commit.ts';
import { holdInstanceLease } from './audit/instance-lease.ts';
import { createKeyedDigest } from './audit/keyed-digest.ts';
import { printEntries } from './audit/stdout.ts';
import { startSweeper } from './audit/sweeper.ts';
import { createAuditTrail } from './audit/trail.ts';
import { authorize } from './authorize/authorize.ts';
import { refuse } from './authorize/refusal.ts';
import { learningForward, openAccessReport } from './compose/access-report.ts';
import { openCustody } from './compose/custody.ts';
import { openHostedMcp } from './compose/hosted-mcp.ts';
import { measureForward, measureLog, measurePath } from './compose/measured.ts';
import { readinessChecks } from './compose/readiness.ts';
import { openRestoreWatch } from './compose/restore.ts';
import { followRootKeys, openRoot, type RootParts } from './compose/root-keys.ts';
import { openWebhooks } from './compose/webhooks.ts';
import type { Config, NotionConfig } from './config.ts';
import { createConnectCommands } from './connect/commands.ts';
import type { ConnectParts } from './connect/connect-parts.ts';
import { type ConnectionUse, createConnectionUses } from './connect/connection-uses.ts';
import { discardTokens } from './connect/discard-tokens.ts';
import { createJobRunner, type JobRunner } from './connect/job-runner.ts';
import { createCapabilityLearning } from './connect/report/capability-learning.ts';
import { createRestFlow } from './connect/rest/rest-flow.ts';
import { revocationHandlers } from './connect/revocation-jobs.ts';
import { sweepAttempts } from './connect/sweep-attempts.ts';
import { createCredentialHasher } from './domain/credential-hash.ts';
import type { Ruling } from './domain/ruling.ts';
import { minuteMs, secondMs } from './domain/units.ts';
import { apiDoor } from './doors/api/api-door.ts';
import { createAuditRoutes } from './doors/api/audit-routes.ts';
import { createConnectionRoutes } from './doors/api/connection-routes.ts';
import { discoverRoutes } from './doors/api/discover-routes.ts';
import { pagesRoutes } from './doors/api/pages-routes.ts';
import { accountRoutes } from './doors/api/routes/account-routes.ts';
import { createClientAddress } from './doors/client-address.ts';
import { dashboardDoor } from './doors/dashboard/dashboard.ts';
import { healthDoor } from './doors/health/health-door.ts';
import { createPrometheus, type Prometheus } from './doors/health/prometheus.ts';
import { createHostGuard } from './doors/host-guard.ts';
import { mcpClientDocumentDoor } from './doors/oauth/mcp-client-document.ts';
import { oauthDoor } from './doors/oauth/oauth-door.ts';
import { createRestDoor } from './doors/rest/rest-door.ts';
import { createDoorServer, type Doors, listen, stopServer } from './doors/server.ts';
import { webhookDoor } from './doors/webhooks/webhook-door.ts';
import { createRateBudget } from './forward/budget/budget.ts';
import { createFileFetcher } from './forward/fetch-file.ts';
import { createForward } from './forward/forward.ts';
import { openUpstream } from './forward/upstream.ts';
import { createGateway, type Steps } from './gateway.ts';
import { createIdentify } from './identify/identify.ts';
import { isNotionFileUrl } from './notion/file-hosts.ts';
import { createResolve } from './resolve/resolve.ts';
import { cacheSnapshots } from './resolve/snapshot.ts';
import { createTurnstile } from './resolve/turnstile.ts';
import { createAccountStore } from './store/accounts.ts';
import { createAuditLog } from './store/audit-log.ts';
import { createAuditReader } from './store/audit-reader.ts';
import { createCapabilityStore } from './store/capabilities.ts';
import { createConnectAttempts } from './store/connect-attempts.ts';
import { createConnectionList } from './store/connection-list.ts';
import { createConnectionUseStore } from './store/connection-uses.ts';
import { createCredentialStore } from './store/credentials.ts';
import { createDisconnections } from './store/disconnections.ts';
import { createInstallations } from './store/installations.ts';
import { createInstances } from './store/instances.ts';
import { createJobs } from './store/jobs.ts';
import { createObjectOwners } from './store/object-owners.ts';
import { openStore, type Store } from './store/open-store.ts';
import { createRateLedgers } from './store/rate-ledgers.ts';
import { createSignInFailures } from './store/sign-in-failures.ts';
import { createStillCurrent } from './store/still-current.ts';
import { createWorkspaceDirectory } from './store/workspace-directory.ts';
import { createWrappedKeys } from './store/workspace-keys.ts';
import { createWorkspaceSnapshots } from './store/workspace-snapshots.ts';
import { createJobSeal } from './vault/job-seal.ts';
import { createTokenSeal } from './vault/token-seal.ts';
import { createWorkspaceKeys } from './vault/workspace-keys.ts';
import { createSealedFileLinks } from './withhold/sealed-file-links.ts';
import { createWithhold } from './withhold/withhold.ts';

export interface Portcullis {
  /** Where it can be reached, without a trailing slash. */
  readonly url: string;
  readonly accounts: Accounts;
  /** The sign-in link of the first start; null once somebody has a password. */
  readonly firstSignInUrl: string | null;
  /** Lets calls under way end, writes what is owed to the log, and closes everything. Safe to call again. */
  close(): Promise<void>;
}

/** What the gateway runs with: like `Config`, but it is known by now where Notion is. */
export type GatewayConfig = Config & { readonly notion: NotionConfig };

const now = () => new Date();
const monotonicMs = () => performance.now();
const dashboardRoot = fileURLToPath(new URL('../dist/web/', import.meta.url));

/** Starts Portcullis. Throws what the store, the root key and the listener throw, having closed what it had opened. */
export async function startPortcullis(config: GatewayConfig, log: Logger): Promise<Portcullis> {
  const closers: (() => Promise<unknown>)[] = [];
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= closeAll(closers, log);
    return closing;
  };
  try {
    const store = await openStore(config.database, {
      stamp: config.mode,
      log: { info: message => log.info(message), warn: message => log.warn(message) },
    });
    closers.push(store.close);
    const rootParts = await openRoot(config, store.database);

    let doors: Doors | null = null;
    const server = createDoorServer(() => doors);
    const stop = () => stopServer(server, 10 * secondMs);
    closers.push(stop);
    const port = await listen(server, config.host, config.port);
    const publicUrl =
      config.publicUrl ?? `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;

    const prometheus = createPrometheus();
    const place: Place = { config, log, store, prometheus, ...rootParts, publicUrl, closers };
    const audit = await openAudit(place);
    const parts = await openParts(place, audit);
    doors = await openDoors(place, audit, parts);
    // The first to be closed: calls under way need everything else.
    closers.push(stop);
    const first = await parts.accounts.users.ensureFirstRun({ email: config.adminEmail, name: 'Administrator' });
    return { url: publicUrl, accounts: parts.accounts, firstSignInUrl: first?.signInUrl ?? null, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function closeAll(closers: Place['closers'], log: Logger): Promise<void> {
  for (const closer of closers.reverse()) await closer().catch(error => log.error({ err: error }, 'closing failed'));
}

/** What every part of the composition is given. */
interface Place extends RootParts {
  readonly config: GatewayConfig;
  readonly log: Logger;
  readonly store: Store;
  readonly prometheus: Prometheus;
  readonly publicUrl: string;
  /** Called in reverse order at the end. */
  readonly closers: (() => Promise<unknown>)[];
}

async function openAudit({ config, log, store, prometheus, root, deriveKey, closers }: Place) {
  const onTrouble = (error: unknown) => log.warn({ err: error }, 'the audit log is in trouble; trying again');
  const instances = createInstances(store.database);
  // Whatever ran on this database before is over, and so are its leases.
  if (store.alone) await instances.releaseAll();
  const lease = await holdInstanceLease(instances, { monotonicMs, onTrouble });
  const follower = followRootKeys(root, {
    instance: lease.id,
    onTrouble: error => log.warn({ err: error }, 'the root keys could not be looked at; trying again'),
  });
  closers.push(follower.close);
  const auditLog = measureLog(createAuditLog(store.auditPool), prometheus.metrics, monotonicMs);
  const print = config.auditStdout && { onDurable: printEntries(process.stdout) };
  const commits = createGroupCommit(auditLog, { instance: lease.id, ...print });
  const reserve = await watchDiskReserve(store.alone ? config.dataDir : null, onTrouble);
  const anonymousDenials = createAnonymousDenials({ commits, reserveReached: reserve.reached, now });
  const digest = createKeyedDigest(deriveKey('audit digests'));
  const trail = createAuditTrail({ commits, anonymousDenials, leaseHolds: lease.holds, digest: digest.whole, now });
  const sweeper = startSweeper({ open: instances, log: auditLog, self: lease.id, now, onTrouble });
  closers.push(lease.close, sweeper.close, async () => {
    await anonymousDenials.flush();
    await commits.close();
    reserve.close();
  });
  const watch = await openRestoreWatch(config, store.database, {
    recordEvent: trail.recordEvent,
    warn: message => log.warn(message),
    onTrouble,
  });
  closers.push(watch.close);
  const entries = { instance: lease.id, now, ...print };
  return { trail, digest, leaseHolds: lease.holds, entries, restored: watch.restored };
}

type Audit = Awaited<ReturnType<typeof openAudit>>;

/** The parts that keep credentials, tokens and connections. */
async function openParts(place: Place, { trail, entries, restored }: Audit) {
  const { config, log, store, root, deriveKey, publicUrl, closers } = place;
  const { database } = store;
  const { recordEvent } = trail;
  const hashCredential = createCredentialHasher(deriveKey('credential pepper'));
  const accounts = createAccounts({
    store: createAccountStore(database),
    failures: createSignInFailures(database.system),
    workspaces: createWorkspaceDirectory(database.system),
    hashCredential,
    publicUrl,
    now,
  });
  const identify = createIdentify({
    credentials: createCredentialStore(database.system),
    hashCredential,
    now,
    onFlushError: error => log.warn({ err: error }, 'times of last use could not be written; trying again'),
  });
  closers.push(identify.close);

  const app = {
    origin: config.notion.apiUrl,
    clientId: config.notion.clientId,
    clientSecret: config.notion.clientSecret,
    redirectUri: `${publicUrl}/auth/notion/callback`,
  };
  const hosted = openHostedMcp({ notion: config.notion, publicUrl, database, deriveKey });
  closers.push(hosted.close);
  const workspaceKeys = createWorkspaceKeys({ root, store: createWrappedKeys(database) });
  const seal = createTokenSeal(workspaceKeys);
  let runner: JobRunner | null = null;
  const keeping = {
    installations: createInstallations(database),
    jobs: createJobs(database),
    vault: { ...seal, ...createJobSeal(deriveKey) },
    wakeJobs: () => runner?.wake(),
  };
  const tokens = await openCustody({
    store,
    dataDir: config.dataDir,
    app,
    seal,
    refreshMcp: hosted.refresh,
    revoke: async orphan => {
      const origins = await keeping.installations.origins(orphan.origin, orphan.botId);
      if (origins !== null) await discardTokens(keeping, { ...orphan, ...origins });
    },
    entries,
    restored,
    metrics: place.prometheus.metrics,
    log,
    now,
  });
  closers.push(tokens.close);
  const connectParts: ConnectParts = {
    ...keeping,
    flows: { rest: createRestFlow(app), mcp: hosted.flow },
    attempts: createConnectAttempts(database),
    disconnections: createDisconnections(database),
    recordEvent,
    forgetToken: tokens.forget,
  };
  runner = startJobs(place, connectParts);
  const connect = createConnectCommands(connectParts);
  const listConnections = createConnectionList(database);
  return { accounts, identify, tokens, workspaceKeys, listConnections, connect, clientDocument: hosted.documentOf };
}

type Parts = Awaited<ReturnType<typeof openParts>>;

function startJobs({ log, closers }: Place, parts: ConnectParts): JobRunner {
  const onError = (error: unknown, kind: string | null) => log.warn({ err: error, kind }, 'a job failed; trying again');
  const runner = createJobRunner({ jobs: parts.jobs, handlers: revocationHandlers(parts), onError });
  const stopRunner = runner.start();
  const sweeping = setInterval(() => {
    sweepAttempts(parts).catch(error => onError(error, 'sweep_attempts'));
  }, minuteMs);
  closers.push(stopRunner, async () => clearInterval(sweeping));
  return runner;
}

/** The path: each step with what it stands on. */
function openGateway(
  { config, log, store, prometheus, deriveKey, publicUrl, closers }: Place,
  { trail, digest }: Audit,
  parts: Parts,
) {
  const { identify, tokens } = parts;
  const { metrics } = prometheus;
  const measured = measurePath(metrics, monotonicMs);
  const turnstile = createTurnstile();
  const owners = createObjectOwners(store.database);
  const snapshots = cacheSnapshots(createWorkspaceSnapshots(store.database), monotonicMs);
  const { resolve, forget } = createResolve({ snapshots, owners, turnstile });
  const upstream = openUpstream({ origin: new URL(config.notion.apiUrl).origin });
  const budget = createRateBudget({
    ledgers: createRateLedgers(store.database, metrics),
    metrics,
    onTrouble: error => log.warn({ err: error }, 'the rate budget could not be shared; trying again'),
    monotonicMs,
  });
  const stillAllowed = createStillCurrent(store.database);
  const learning = createCapabilityLearning({
    store: createCapabilityStore(store.database),
    now,
    onError: error => log.warn({ err: error }, 'what a connection can do could not be written down'),
  });
  const sending = createForward({ upstream, tokens, budget, stillAllowed, startDigest: digest.running, now });
  const forward = measureForward(learningForward(sending, learning), metrics);
  const links = createSealedFileLinks({ key: deriveKey('file links', 64), now });
  const isHostedFile = hostedFiles(config.notion);
  const files = createFileFetcher(isHostedFile);
  const withhold = createWithhold({ publicBase: publicUrl, fileLinks: links, isHostedFile, owners, forward, now });
  const uses = createConnectionUses(createConnectionUseStore(store.database), error =>
    log.warn({ err: error }, 'the last use of a connection could not be written'),
  );
  closers.push(upstream.close, files.close, uses.close, budget.close, learning.close);

  const steps: Steps = {
    identify: identify.identify,
    resolve,
    authorize,
    intend: measured.intend(trail.intend),
    forget(ruling) {
      identify.forget(ruling.call.credentials);
      forget(ruling);
    },
    refuse,
    forward,
    withhold,
    async conclude(ruling, verdict) {
      await trail.conclude(ruling, verdict);
      const use = verdict.kind === 'answered' ? connectionUsed(ruling) : null;
      if (use !== null) uses.note(use);
    },
    leave: turnstile.leave,
    now,
  };
  return {
    gateway: measured.gateway(createGateway(steps)),
    files: { links, fetchFile: files.fetchFile },
    reportRoutes: openAccessReport({ database: store.database, steps, learning }),
  };
}

function connectionUsed({ facts, decidedAt }: Ruling): ConnectionUse | null {
  if (facts.workspaceId === null || facts.connection === null) return null;
  return { workspaceId: facts.workspaceId, connectionId: facts.connection.id, at: decidedAt };
}

/** Files are where Notion keeps them; a stand-in for Notion keeps them itself. */
function hostedFiles({ apiUrl }: NotionConfig): (url: URL) => boolean {
  const { origin } = new URL(apiUrl);
  return origin === 'https://api.notion.com' ? isNotionFileUrl : url => url.origin === origin || isNotionFileUrl(url);
}

async function openDoors(place: Place, audit: Audit, parts: Parts): Promise<Doors> {
  const { config, log, store, prometheus, root, publicUrl, closers } = place;
  const { gateway, files, reportRoutes } = openGateway(place, audit, parts);
  const clientAddress = createClientAddress(config.trustedProxies);
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
  });
  const { accounts, connect, listConnections } = parts;
  const record = audit.trail.recordEvent;
  const demo = config.mode === 'demo';
  const { workspaceKeys } = parts;
  const webhooks = openWebhooks({ database: store.database, workspaceKeys, recordEvent: record, publicUrl });
  await app.register(
    apiDoor({
      gateway,
      routes: [
        ...accountRoutes({ accounts, record, demo }),
        ...createConnectionRoutes({ list: listConnections, disconnect: connect.disconnect }),
        ...createAuditRoutes(createAuditReader(store.database)),
        ...webhooks.routes,
        ...reportRoutes,
      ],
      contentRoutes: [...pagesRoutes, ...discoverRoutes],
      signIn: { signIn: accounts.signIn, record },
      clientAddress,
      publicUrl,
    }),
  );
  await app.register(oauthDoor({ gateway, commands: connect, clientAddress, publicUrl, demo }));
  await app.register(webhookDoor({ gateway, receive: webhooks.receive, clientAddress }));
  await app.register(mcpClientDocumentDoor(parts.clientDocument));
  await app.register(
    healthDoor({
      checks: readinessChecks({ database: store.database, root, leaseHolds: audit.leaseHolds, monotonicMs }),
      prometheus,
      metricsAccess: { token: config.metricsToken, publicUrl, clientAddress },
      monotonicMs,
    }),
  );
  await app.register(dashboardDoor({ root: dashboardRoot, demo, https: publicUrl.startsWith('https:') }));
  await app.ready();
  closers.push(() => app.close());
  return {
    rest: createRestDoor({ gateway, files, clientAddress, log }),
    others: app.routing,
    hostGuard: createHostGuard(config.allowedHosts),
  };
}
