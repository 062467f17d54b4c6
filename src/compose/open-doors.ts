import { fileURLToPath } from 'node:url';
import { type FastifyBaseLogger, fastify, LogController } from 'fastify';
import type { PrincipalId } from '../domain/ids.ts';
import type { ProgramLog } from '../domain/program-log.ts';
import { apiRoutes, contentRoutes } from '../doors/api/all-routes.ts';
import { apiDoor } from '../doors/api/api-door.ts';
import { mcpClientDocumentDoor } from '../doors/connect/mcp-client-document.ts';
import { oauthDoor } from '../doors/connect/oauth-door.ts';
import { dashboardDoor } from '../doors/dashboard/dashboard.ts';
import { createElsewhere } from '../doors/elsewhere.ts';
import { healthDoor } from '../doors/health/health-door.ts';
import { createInnerMetricsGuard, createMetricsGuard } from '../doors/health/metrics-access.ts';
import { proxyDoor } from '../doors/health/proxy-door.ts';
import { createIsOurHost } from '../doors/host-guard.ts';
import { createMcpDoor } from '../doors/mcp/mcp-door.ts';
import { oauthServerDoor } from '../doors/oauth/oauth-server-door.ts';
import { createRestDoor } from '../doors/rest/rest-door.ts';
import type { Doors, RequestHandler } from '../doors/server.ts';
import { createRecordUnread } from '../doors/unread-requests.ts';
import { webhookDoor } from '../doors/webhooks/webhook-door.ts';
import type { Gateway } from '../gateway.ts';
import { createClientAddress } from '../net/client-address.ts';
import type { Foundation } from './foundation.ts';
import { openOAuthServer } from './oauth-server.ts';
import type { Audit } from './open-audit.ts';
import { openGateway } from './open-gateway.ts';
import type { Parts } from './open-parts.ts';
import { openPolicies } from './policies.ts';
import { readinessChecks } from './readiness.ts';
import { openSinks } from './sinks.ts';
import { openWebhooks } from './webhooks.ts';

const dashboardRoot = fileURLToPath(new URL('../../dist/web/', import.meta.url));

export interface OpenDoors {
  readonly gateway: Gateway;
  readonly doors: Doors;
  /** Health and metrics alone, for a listener that only an inner network reaches. */
  readonly health: RequestHandler;
  readonly deliverToSinks: () => Promise<void>;
}

/** Everything that calls come in by. */
export async function openDoors(place: Foundation, audit: Audit, parts: Parts): Promise<OpenDoors> {
  const { config, log, store, stores, prometheus, root, publicUrl, monotonicMs, closers } = place;
  const { policies, questions, advice, drafts } = openPolicies(place, audit, () => opened.places);
  const opened = openGateway(place, audit, parts, policies);
  const { gateway, files, report, discoverPages, toolRoutes, toolPins } = opened;
  const clientAddress = createClientAddress(config.trustedProxies);
  const elsewhere = createElsewhere({ gateway, clientAddress, publicUrl, demo: config.mode === 'demo' });
  const app = fastify({
    frameworkErrors: (_error, request, reply) => elsewhere.refuseAddress(request, reply),
    loggerInstance: fastifyLog(log),
    logController: new LogController({ disableRequestLogging: true }),
  });
  elsewhere.answerFor(app);
  const { accounts, connect, listConnections } = parts;
  const record = audit.trail.recordEvent;
  const demo = config.mode === 'demo';
  const auditReader = audit.proved.reader;
  const webhooks = openWebhooks({
    subscriptions: stores.subscriptions,
    listening: audit.logged.listening,
    workspaceKeys: parts.workspaceKeys,
    deriveKey: place.deriveKey,
    recordEvent: record,
    countEvent: audit.countEvent,
    publicUrl,
    onUndecryptable: parts.onUndecryptable,
  });
  const sinks = openSinks(place, audit, parts, opened.askForSinks);
  const oauth = openOAuthServer(place, audit, parts.hashCredential);
  await app.register(
    apiDoor({
      gateway,
      identify: parts.identify.identify,
      routes: apiRoutes({
        accounts: { accounts, log: auditReader, record, demo, now: place.now },
        connections: { ...connect, list: listConnections },
        consents: oauth.consents,
        log: auditReader,
        tailEnds: { stopping: place.stopping, monotonicMs },
        provableLogs: audit.proved.logs,
        webhooks: webhooks.admin,
        report,
        policies,
        pageChildren: stores.pageChildren,
        pageIndex: { care: audit.logged.pageIndexCare, discover: discoverPages },
        questions,
        advice,
        sinks: { commands: sinks.commands, record },
        alerts: audit.logged.alerts,
        drafts,
        toolPins,
      }),
      contentRoutes,
      fileLinks: files.links,
      signIn: { signIn: accounts.signIn, record },
      joining: { accounts, record },
      clientAddress,
      publicUrl,
    }),
  );
  await app.register(oauthDoor({ gateway, commands: connect, clientAddress, publicUrl, demo }));
  await app.register(webhookDoor({ gateway, receive: webhooks.receive, clientAddress }));
  const workspacesOf = (principal: PrincipalId) => {
    const context = { at: place.now(), door: 'oauth', address: '', signIn: null } as const;
    return accounts.workspaces.of({ principal, limit: null, context });
  };
  await app.register(
    oauthServerDoor({
      gateway,
      protocol: oauth.protocol,
      consents: { ...oauth.consents, workspacesOf },
      register: oauth.register,
      clientAddress,
      publicUrl,
      demo,
    }),
  );
  await app.register(mcpClientDocumentDoor(parts.hosted.documentOf));
  const { metricsToken: token } = config;
  const health = {
    checks: readinessChecks({
      database: store.database,
      root,
      leaseHolds: audit.leaseHolds,
      logIsOnTime: audit.proved.isOnTime,
      monotonicMs,
    }),
    stopping: place.stopping,
    prometheus,
    monotonicMs,
  };
  const mayReadMetrics = createMetricsGuard({ token, publicUrl, clientAddress });
  await app.register(healthDoor({ ...health, mayReadMetrics }));
  const inner = fastify();
  await inner.register(healthDoor({ ...health, mayReadMetrics: createInnerMetricsGuard(token) }));
  await inner.ready();
  await app.register(proxyDoor(publicUrl, config.trustedProxies));
  await app.register(dashboardDoor({ root: dashboardRoot, demo, https: publicUrl.startsWith('https:') }));
  await app.ready();
  closers.push(
    () => app.close(),
    () => inner.close(),
  );
  const doors = {
    rest: createRestDoor({ gateway, identify: parts.identify.identify, files, clientAddress, log }),
    mcp: createMcpDoor({
      gateway,
      identify: parts.identify.identify,
      links: files.links,
      clientAddress,
      publicUrl,
      routeFor: toolRoutes,
      log,
    }),
    others: app.routing,
    clientAddress,
    recordUnread: createRecordUnread(audit.countEvent),
    auditMode: config.auditMode,
    isOurHost: createIsOurHost(config.allowedHosts),
  };
  return { gateway, doors, health: inner.routing, deliverToSinks: sinks.deliver };
}

/** Fastify demands more kinds of messages than we have, and a log for each request. */
function fastifyLog(log: ProgramLog): FastifyBaseLogger {
  const own: FastifyBaseLogger = {
    level: 'info',
    fatal: log.error.bind(log),
    error: log.error.bind(log),
    warn: log.warn.bind(log),
    info: log.info.bind(log),
    debug() {},
    trace() {},
    silent() {},
    child: () => own,
  };
  return own;
}
