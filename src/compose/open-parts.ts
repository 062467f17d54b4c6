import { createAccounts } from '../accounts/accounts.ts';
import { evaluator } from '../authorize/evaluator.ts';
import { createAskWhose } from '../connect/ask-whose.ts';
import { createConnectCommands } from '../connect/commands.ts';
import type { ConnectParts } from '../connect/connect-parts.ts';
import { discardRefreshed } from '../connect/discard-tokens.ts';
import { createRestFlow } from '../connect/rest/rest-flow.ts';
import { revocationHandlers } from '../connect/revocation-jobs.ts';
import { stepDeadlines } from '../connect/step-deadlines.ts';
import { sweepAttempts } from '../connect/sweep-attempts.ts';
import { type AppRefusal, appRefusalIn } from '../domain/app-refusal.ts';
import { createCredentialHasher } from '../domain/credential-hash.ts';
import { minuteMs } from '../domain/units.ts';
import { createIdentify } from '../identify/identify.ts';
import { createJobRunner, type JobRunner } from '../jobs/job-runner.ts';
import { openSmtp } from '../mail/smtp.ts';
import { openAgent } from '../net/open-agent.ts';
import { noticeJob } from '../sinks/notices/notice.ts';
import { createAccountStore } from '../store/accounts.ts';
import { createConnectAttempts } from '../store/connect-attempts.ts';
import { createConnectionList } from '../store/connection-list.ts';
import { createCredentialStore } from '../store/credentials.ts';
import { createDisconnections } from '../store/disconnections.ts';
import { createInstallations } from '../store/installations.ts';
import { createJobs } from '../store/jobs.ts';
import { createPastedTokens } from '../store/pasted-tokens.ts';
import { createSignInFailures } from '../store/sign-in-failures.ts';
import { createWorkspaceDirectory } from '../store/workspace-directory.ts';
import { createWrappedKeys } from '../store/workspace-keys.ts';
import { createJobSeal } from '../vault/job-seal.ts';
import { createTokenSeal } from '../vault/token-seal.ts';
import { createWorkspaceKeys } from '../vault/workspace-keys.ts';
import { openCustody } from './custody.ts';
import { type HostedMcp, openHostedMcp } from './hosted-mcp.ts';
import { startNotices } from './notices.ts';
import type { Audit } from './open-audit.ts';
import type { Place } from './place.ts';
import { createRefusedAppAlarm } from './refused-app-alarm.ts';
import { createUndecryptableAlarm } from './undecryptable-alarm.ts';

/** The parts that keep credentials, tokens and connections. */
export async function openParts(place: Place, { trail, entries, restored }: Audit) {
  const { config, log, store, root, deriveKey, publicUrl, now, monotonicMs, closers } = place;
  const { database } = store;
  const { recordEvent } = trail;
  const hashCredential = createCredentialHasher(deriveKey('credential pepper'));
  const mail = config.mail === null ? null : openSmtp(config.mail);
  closers.push(async () => mail?.close());
  const accounts = createAccounts({
    store: createAccountStore(database),
    failures: createSignInFailures(database.system),
    workspaces: createWorkspaceDirectory(database.system, evaluator),
    evaluator,
    hashCredential,
    publicUrl,
    invitationMs: config.invitationMs,
    mail,
    onMailError: err => log.warn({ err }, 'a mail that somebody asked for could not be sent'),
    now,
  });
  const identify = createIdentify({
    credentials: createCredentialStore(database.system),
    hashCredential,
    now,
    onFlushError: error => log.warn({ err: error }, 'times of last use could not be written; trying again'),
  });
  closers.push(identify.close);

  const dispatcher = openAgent(config.proxy);
  closers.push(() => dispatcher.close());
  const onRefused = createRefusedAppAlarm({ log, monotonicMs: place.monotonicMs });
  const app = {
    origin: config.notion.apiUrl,
    clientId: config.notion.clientId,
    clientSecret: config.notion.clientSecret,
    redirectUri: `${publicUrl}/auth/notion/callback`,
    dispatcher,
    onRefused,
  };
  const alarm = createUndecryptableAlarm({ log, metrics: place.prometheus.metrics, recordEvent });
  const onUndecryptable = alarm.ofOthers;
  const hosted = openHostedMcp({
    notion: config.notion,
    ...(config.proxy !== null && { dispatcher }),
    publicUrl,
    database,
    deriveKey,
    recordEvent,
    onUndecryptable,
    now,
    monotonicMs,
  });
  closers.push(hosted.close);
  const workspaceKeys = createWorkspaceKeys({ root, store: createWrappedKeys(database) });
  const seal = createTokenSeal(workspaceKeys, alarm.ofTokens);
  let runner: JobRunner | null = null;
  const keeping = {
    installations: createInstallations(database, entries, evaluator),
    jobs: createJobs(database),
    vault: { ...seal, ...createJobSeal(deriveKey, onUndecryptable) },
    wakeJobs: () => runner?.wake(),
  };
  const tokens = await openCustody({
    store,
    dataDir: config.dataDir,
    app,
    seal,
    refreshMcp: noticing(hosted.refresh, onRefused),
    revoke: discardRefreshed(keeping),
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
    disconnections: createDisconnections(database, entries),
    pasted: createPastedTokens(database, entries),
    askWhose: createAskWhose(app),
    recordEvent,
    forgetToken: tokens.forget,
    deadlines: stepDeadlines,
  };
  runner = startJobs(place, connectParts, hosted);
  if (config.notices !== null) {
    const { jobs } = keeping;
    const { metrics } = place.prometheus;
    closers.push(startNotices(config.notices, { jobs, recordEvent, metrics, log, now }));
  }
  const connect = createConnectCommands(connectParts);
  const listConnections = createConnectionList(database, evaluator);
  const clientDocument = hosted.documentOf;
  return {
    ...{ accounts, identify, hashCredential, tokens, workspaceKeys, onUndecryptable, listConnections, connect },
    clientDocument,
  };
}

/** A client from the settings serves all hosted MCP connections: its refusal is ours to mend. */
function noticing(refresh: HostedMcp['refresh'], onRefused: (refusal: AppRefusal) => void): HostedMcp['refresh'] {
  return async (...given) => {
    const outcome = await refresh(...given);
    const refusal = outcome.kind === 'fatal' ? appRefusalIn(outcome.problem) : null;
    if (refusal !== null) onRefused(refusal);
    return outcome;
  };
}

export type Parts = Awaited<ReturnType<typeof openParts>>;

function startJobs({ config, log, closers }: Place, parts: ConnectParts, hosted: HostedMcp): JobRunner {
  const onError = (error: unknown, kind: string | null) => log.warn({ err: error, kind }, 'a job failed; trying again');
  const handlers = new Map([...revocationHandlers(parts), ...hosted.handlers]);
  const runner = createJobRunner({ jobs: parts.jobs, handlers, onError });
  const stopRunner = runner.start();
  // With a receiver none is dropped, however long all gateways were off: it is delivered, or given up in the log.
  const undoneKinds = config.notices === null ? [noticeJob] : [];
  const sweeping = setInterval(() => {
    sweepAttempts(parts, undoneKinds).catch(error => onError(error, 'sweep_attempts'));
    hosted.removeUnusedClients().catch(error => onError(error, 'remove_unused_clients'));
  }, minuteMs);
  closers.push(stopRunner, async () => clearInterval(sweeping));
  return runner;
}
