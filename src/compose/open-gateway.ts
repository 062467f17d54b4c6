import { Readable } from 'node:stream';
import { authorize } from '../authorize/authorize.ts';
import { compilePolicy } from '../authorize/compile-policy.ts';
import { refuse } from '../authorize/refusal.ts';
import type { NotionConfig } from '../config/config.ts';
import { type ConnectionUse, createConnectionUses } from '../connect/connection-uses.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import type { Answer } from '../domain/operation.ts';
import type { Proposals } from '../domain/policy-proposal.ts';
import { createRateBudget } from '../forward/budget/budget.ts';
import { createForward } from '../forward/forward.ts';
import type { OpenStreams } from '../forward/open-streams.ts';
import { openUpstream } from '../forward/upstream.ts';
import { createGateway, type Steps } from '../gateway.ts';
import { isNotionFileUrl } from '../notion/file-hosts.ts';
import { createCapabilityLearning } from '../report/capability-learning.ts';
import { countCallsInFlight } from '../resolve/calls-in-flight.ts';
import { createResolve } from '../resolve/resolve.ts';
import { cacheSnapshots } from '../resolve/snapshot.ts';
import { learningForward, openAccessReport } from './access-report.ts';
import { trackCalls } from './calls-under-way.ts';
import { createEvenRefusals } from './even-refusals.ts';
import { openFileLinks } from './file-links.ts';
import type { Foundation } from './foundation.ts';
import { measureForward, measurePath } from './measured.ts';
import type { Audit } from './open-audit.ts';
import type { Parts } from './open-parts.ts';
import { openStreams } from './open-streams.ts';
import { openWithhold } from './open-withhold.ts';
import { openPageDiscovery } from './page-discovery.ts';
import { doubtingForward, openPageIndex } from './page-index.ts';
import { openPagePlaces } from './page-places.ts';
import { openSinkNotion } from './sink-notion.ts';
import { openToolPins } from './tool-pins.ts';
import { createToolRoutes } from './tool-routes.ts';

/** The path: each step with the parts that it needs. */
export function openGateway(place: Foundation, audit: Audit, parts: Parts, proposals: Proposals) {
  const { trail, digest } = audit;
  const { config, log, stores, prometheus, now, monotonicMs, closers } = place;
  const { identify, tokens } = parts;
  const { metrics } = prometheus;
  const measured = measurePath(metrics, monotonicMs);
  const inFlight = countCallsInFlight();
  const { objectOwners: owners, stillCurrent } = stores;
  const snapshots = cacheSnapshots(stores.workspaceSnapshots, compilePolicy, monotonicMs);
  const index = openPageIndex(place, () => steps);
  const { resolve, forget } = createResolve({
    snapshots,
    owners,
    subjects: stores.subjects,
    inFlight,
    proposals,
    index,
    now,
  });
  const upstream = openUpstream({ origin: new URL(config.notion.apiUrl).origin, proxy: config.proxy });
  const { origin: hostedOrigin, pathname: hostedPath } = new URL(config.notion.mcpUrl);
  const hosted = { upstream: openUpstream({ origin: hostedOrigin, proxy: config.proxy }), path: hostedPath };
  const budget = createRateBudget({
    ledgers: stores.rateLedgers,
    metrics,
    onTrouble: error => log.warn({ err: error }, 'the rate budget could not be shared; trying again'),
    monotonicMs,
  });
  const learning = createCapabilityLearning({
    store: stores.capabilities,
    now,
    onError: error => log.warn({ err: error }, 'what a connection can do could not be written down'),
  });
  const links = openFileLinks({
    ...place,
    hashCredential: parts.hashCredential,
    isHostedFile: hostedFiles(config.notion),
    steps: () => steps,
  });
  const { confirmShared } = links;
  const streams = openStreams({ ...place, stillCurrent, steps: () => steps });
  const startDigest = digest.running;
  const sending = createForward({
    upstream,
    hosted,
    tokens,
    budget,
    stillAllowed: stillCurrent,
    confirmShared,
    startDigest,
    now,
  });
  const { forward, withhold } = openWithhold({
    ...place,
    owners,
    index,
    rewriting: links.rewriting,
    forward: doubtingForward(measureForward(learningForward(sending, learning), metrics), index),
    steps: () => steps,
  });
  const uses = createConnectionUses(stores.connectionUses, error =>
    log.warn({ err: error }, 'the last use of a connection could not be written'),
  );

  const evening = createEvenRefusals(monotonicMs);
  const steps: Steps = evening.watch({
    identify: identify.identify,
    resolve,
    authorize,
    intend: measured.intend(trail.intend),
    forget(decided) {
      identify.forget(decided.call.credentials);
      forget(decided);
    },
    refuse,
    forward,
    withhold,
    async conclude(decided, outcome) {
      await trail.conclude(decided, outcome);
      if (outcome.kind === 'answered') watchStream(decided, outcome.released.answer, streams);
      const use = outcome.kind === 'answered' ? connectionUsed(decided) : null;
      if (use !== null) uses.note(use);
    },
    leave: inFlight.leave,
    now,
  });
  const toolPins = openToolPins(place, audit, () => steps);
  const calls = trackCalls(measured.gateway(evening.even(createGateway(steps))));
  // In reverse order: once Notion's side is closed every call ends, and the entries about them are written after that.
  closers.push(uses.close, budget.close, learning.close, calls.ended, upstream.close, hosted.upstream.close);
  return {
    gateway: calls.gateway,
    toolRoutes: createToolRoutes({ identify: identify.identify, snapshots, pins: toolPins, now }),
    toolPins,
    files: links.files,
    discoverPages: openPageDiscovery(snapshots, index, steps),
    askForSinks: openSinkNotion(snapshots, steps),
    places: openPagePlaces({ snapshots, index, stores }),
    report: openAccessReport({ stores, steps, learning, monotonicMs }),
  };
}

function watchStream(decided: DecidedCall, { body }: Answer, streams: OpenStreams): void {
  if (body instanceof Readable) streams.watch(decided, body);
}

function connectionUsed({ facts, decidedAt }: DecidedCall): ConnectionUse | null {
  if (facts.workspaceId === null || facts.connection === null) return null;
  return { workspaceId: facts.workspaceId, connectionId: facts.connection.id, at: decidedAt };
}

/** Files are at Notion's file hosts; a stand-in for Notion serves its files itself. */
function hostedFiles({ apiUrl }: NotionConfig): (url: URL) => boolean {
  const { origin } = new URL(apiUrl);
  return origin === 'https://api.notion.com' ? isNotionFileUrl : url => url.origin === origin || isNotionFileUrl(url);
}
