import { setTimeout as delay } from 'node:timers/promises';
import { appRefusalIn } from '../../domain/app-refusal.ts';
import type { ConnectionPlace } from '../../domain/connection.ts';
import { isServing } from '../../domain/connection-states.ts';
import { newId } from '../../domain/ids.ts';
import type { Given } from '../../domain/token-outcomes.ts';
import { UnopenableError } from '../../domain/unopenable-error.ts';
import type { StoredConnection } from '../stored-connections.ts';
import { attemptEntry } from './entries.ts';
import type { RefreshParts } from './refresh-parts.ts';
import { replaySpools } from './replay.ts';
import { mayBeSpent, type RefreshEnd, type RefreshMeans, spend, startStopwatch } from './spend.ts';
import type { RefreshAttempt } from './token-refreshes.ts';

/**
 * The result of asking for new tokens: that of the process which spends the token, or `unopenable` if the stored token
 * cannot be opened.
 */
export type Renewal = RefreshEnd | { readonly given: Extract<Given, 'unopenable'>; readonly cause: unknown };

/**
 * Replaces one generation of a connection's tokens. All callers together, here and in other processes, cause one
 * exchange. `generation` is the one that the caller can no longer use.
 */
export type Renew = (place: ConnectionPlace, generation: number) => Promise<Renewal>;

/**
 * The protocol of docs/custody.md. In this process, calls share one refresh. Between processes the lease decides (step
 * 1, `takeLease`). The holder of the lease exchanges (2), spools (3), stores (4) and clears (5) in `spend`. A process
 * that ends during an exchange loses the answer, so the code that closes it waits for `underWay`.
 */
export function createRenew(parts: RefreshParts, underWay: Map<string, Promise<Renewal>> = new Map()): Renew {
  return (place, generation) => {
    const key = `${place.workspaceId} ${place.connectionId} ${generation}`;
    const running = underWay.get(key) ?? renewOrWait(parts, place, generation).finally(() => void underWay.delete(key));
    underWay.set(key, running);
    return running;
  };
}

const pollMsMin = 20;
const pollMsMax = 400;

async function renewOrWait(parts: RefreshParts, place: ConnectionPlace, generation: number): Promise<Renewal> {
  const until = performance.now() + parts.timings.waitMs;
  for (let waitMs = pollMsMin; ; waitMs = Math.min(waitMs * 1.5, pollMsMax)) {
    const stored = await parts.connections.find(place.workspaceId, place.connectionId);
    const renewal = await step(parts, place, generation, stored);
    if (renewal === 'look_again') continue;
    if (renewal !== 'wait') return renewal;
    if (performance.now() + waitMs > until) return postponed(stored?.leaseLeftMs ?? 0, null);
    await delay(waitMs);
  }
}

/** One look, and what follows from it. */
async function step(
  parts: RefreshParts,
  place: ConnectionPlace,
  generation: number,
  stored: StoredConnection | null,
): Promise<Renewal | 'wait' | 'look_again'> {
  if (stored === null || !isServing(stored.status)) return { given: 'ended' };
  if (stored.generation !== generation) return { given: 'usable' };
  if (stored.status === 'refreshing') return stored.leaseLeftMs > 0 ? wait(parts) : doubt(parts, place, stored);
  if (stored.status === 'suspect' && stored.leaseLeftMs > 0) return wait(parts);
  const { retryInMs, statusReason } = stored;
  if (stored.status === 'active' && retryInMs > 0) return postponed(retryInMs, statusReason);
  // The answer to an attempt of unknown fate may lie in this very directory, from before a restart.
  if (stored.attemptId !== null && (await replaySpools(parts, place.connectionId)) > 0) return 'look_again';
  return begin(parts, place, stored);
}

/** The trouble of the last attempt is stored on the connection. Callers get it until the next attempt may begin. */
function postponed(retryInMs: number, fault: string | null): Renewal {
  return { given: appRefusalIn(fault) === null ? 'postponed' : 'app_refused', retryInMs, fault };
}

function wait({ metrics }: RefreshParts): 'wait' {
  metrics.leaseContended('refresh');
  return 'wait';
}

/** The lease ran out: its holder may have spent the token, and may still have the answer (rule 21). */
async function doubt(
  { refreshes, timings }: RefreshParts,
  place: ConnectionPlace,
  { attemptId, generation }: StoredConnection,
): Promise<'wait'> {
  if (attemptId !== null) {
    const fence = { ...place, attemptId, generation };
    await refreshes.doubt(fence, timings.graceMs, attemptEntry('connection.refresh_suspect', fence, 'error'));
  }
  return 'wait';
}

/** Everything that can fail without harm happens before the lease: opening the token, having a key to seal under. */
async function begin(
  parts: RefreshParts,
  place: ConnectionPlace,
  stored: StoredConnection,
): Promise<Renewal | 'look_again'> {
  const purse = await openPurse(parts, place, stored);
  if ('cause' in purse) return { given: 'unopenable', cause: purse.cause };
  await parts.failPoint('idle');
  const leasedMsAgo = startStopwatch();
  const attempt = await takeLease(parts, place, stored);
  return attempt === null ? 'look_again' : spend(parts, attempt, { ...purse, leasedMsAgo });
}

/** The lease, fenced, with its entry in one commit. That also proves that the store can be written. */
async function takeLease(
  { refreshes, timings }: RefreshParts,
  place: ConnectionPlace,
  stored: StoredConnection,
): Promise<RefreshAttempt | null> {
  const fence = { ...place, attemptId: newId('att'), generation: stored.generation };
  const started = attemptEntry('connection.refresh_started', fence, 'success', { resent: mayBeSpent(stored) });
  try {
    return await refreshes.begin(fence, timings.leaseMs, started);
  } catch (error) {
    // The lease may be committed although the answer of the database was lost. This process then does not know that it
    // holds the lease, so the lease is ended here.
    const problem = 'lease_unclear';
    const entry = attemptEntry('connection.refresh_postponed', fence, 'error', { problem, answered: true });
    const why = { said: 'turned_away', problem, retryAfterMs: 0, fault: null } as const;
    await refreshes.postpone(fence, why, entry).catch(() => {});
    throw error;
  }
}

async function openPurse(
  { seal, metrics }: RefreshParts,
  place: ConnectionPlace,
  stored: StoredConnection,
): Promise<Omit<RefreshMeans, 'leasedMsAgo'> | { cause: unknown }> {
  const { refreshToken, generation } = stored;
  if (refreshToken === null) return { cause: new UnopenableError('there is no refresh token') };
  const sealer = await seal.forWorkspace(place.workspaceId);
  try {
    const opened = await seal.open({ ...place, field: 'refresh_token', generation }, refreshToken);
    return { stored, refreshToken: opened, sealer };
  } catch (cause) {
    // A key service or a database that cannot be reached says nothing about the stored value.
    if (!(cause instanceof UnopenableError)) throw cause;
    metrics.decryptFailed(refreshToken.kid);
    return { cause };
  }
}
