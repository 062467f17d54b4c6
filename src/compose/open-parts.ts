import { createIdentifyToken } from '../connect/check-token.ts';
import { createConnectCommands } from '../connect/commands.ts';
import type { ConnectParts } from '../connect/connect-parts.ts';
import { discardTokens } from '../connect/discard-tokens.ts';
import { createRestFlow } from '../connect/rest/rest-flow.ts';
import { type AppRefusal, appRefusalIn } from '../domain/app-refusal.ts';
import { openSmtp } from '../mail/smtp.ts';
import { openAgent } from '../net/open-agent.ts';
import { createJobSeal } from '../vault/deployment-seals.ts';
import { createTokenSeal } from '../vault/token-seal.ts';
import { createWorkspaceKeys } from '../vault/workspace-keys.ts';
import { openAccounts } from './accounts.ts';
import { openCustody } from './custody.ts';
import type { Foundation } from './foundation.ts';
import { type HostedMcp, openHostedMcp } from './hosted-mcp.ts';
import type { Audit } from './open-audit.ts';
import { createRefusedAppAlarm } from './refused-app-alarm.ts';
import { createUndecryptableAlarm } from './undecryptable-alarm.ts';
import { openUpkeep } from './upkeep.ts';

/** The parts that keep credentials, tokens and connections. */
export async function openParts(place: Foundation, { trail, logged, restored }: Audit) {
  const { config, log, store, stores, root, deriveKey, publicUrl, now, monotonicMs, closers } = place;
  const { recordEvent } = trail;
  const mail = config.mail === null ? null : openSmtp(config.mail);
  closers.push(async () => mail?.close());
  const { accounts, identify, hashCredential } = openAccounts({ ...place, mail });

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
    registrations: stores.registrations,
    deriveKey,
    recordEvent,
    onUndecryptable,
    now,
    monotonicMs,
  });
  closers.push(hosted.close);
  const workspaceKeys = createWorkspaceKeys({ root, store: stores.wrappedKeys });
  const seal = createTokenSeal(workspaceKeys, alarm.ofTokens);
  let upkeep: ReturnType<typeof openUpkeep> | null = null;
  const keeping = {
    installations: logged.installations,
    jobs: stores.jobs,
    vault: { ...seal, ...createJobSeal(deriveKey, onUndecryptable) },
    wakeJobs: () => upkeep?.wakeJobs(),
  };
  const tokens = await openCustody({
    alone: store.alone,
    stores: logged,
    dataDir: config.dataDir,
    app,
    seal,
    refreshMcp: noticing(hosted.refresh, onRefused),
    discard: tokens => discardTokens(keeping, tokens),
    restored,
    metrics: place.prometheus.metrics,
    background: place.background,
    log,
    now,
  });
  closers.push(tokens.close);
  const connectParts: ConnectParts = {
    ...keeping,
    flows: { rest: createRestFlow(app), mcp: hosted.flow },
    attempts: stores.attempts,
    disconnections: logged.disconnections,
    pasted: logged.pastedTokens,
    identifyToken: createIdentifyToken(app),
    recordEvent,
    forgetToken: tokens.forget,
    deadlines: place.deadlines,
  };
  upkeep = openUpkeep(place, { connectParts, hosted, refreshTokens: tokens.round });
  const connect = createConnectCommands(connectParts);
  return {
    ...{
      accounts,
      identify,
      hashCredential,
      tokens,
      workspaceKeys,
      onUndecryptable,
      listConnections: stores.connectionList,
      connect,
      connectParts,
    },
    upkeep,
    hosted,
    app,
  };
}

/** A client from the settings serves all hosted MCP connections: its refusal is ours to mend. */
function noticing(refresh: HostedMcp['refresh'], onRefused: (refusal: AppRefusal) => void): HostedMcp['refresh'] {
  return async (...given) => {
    const answer = await refresh(...given);
    const refusal = answer.said === 'app_refused' ? appRefusalIn(answer.problem) : null;
    if (refusal !== null) onRefused(refusal);
    return answer;
  };
}

export type Parts = Awaited<ReturnType<typeof openParts>>;
