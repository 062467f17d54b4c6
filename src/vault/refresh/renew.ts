import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionPlace } from '../../domain/connection.ts';
import { isServing } from '../../domain/connection-states.ts';
import { newId } from '../../domain/ids.ts';
import { UnopenableError } from '../../domain/unopenable-error.ts';
import type { StoredConnection } from '../stored-connections.ts';
import { attemptEntry } from './entries.ts';
import type { RefreshParts } from './refresh-parts.ts';
import { replaySpools } from './replay.ts';
import { mayBeSpent, type RefreshEnd, type RefreshMeans, spend, startStopwatch } from './spend.ts';
import type { RefreshAttempt } from './token-refreshes.ts';

/** How asking for new tokens ended: as for whoever spends, and `unopenable` where what is stored cannot be spent. */
export type Renewal = RefreshEnd | { readonly kind: 'unopenable'; readonly cause: unknown };

/**
 * Gets a connection past one generation of its tokens, with one exchange however many ask, here or in other processes.
 * `generation` is the one that is of no use to the caller any more.
 */
export type Renew = (place: ConnectionPlace, generation: number) => Promise<Renewal>;

/**
 * The protocol of docs/custody.md: single flight in this process; then the lease decides between processes (step 1,
 * `takeLease`), and its holder exchanges (2), spools (3), stores (4) and clears (5) in `spend`. `underWay` is for whoever closes: a process that
 * ends over an exchange loses its answer.
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
    if (renewal === 'again') continue;
    if (renewal !== 'wait') return renewal;
    if (performance.now() + waitMs > until)
      return { kind: 'postponed', retryInMs: stored?.leaseLeftMs ?? 0, fault: null };
    await delay(waitMs);
  }
}

/** One look, and what follows from it. */
async function step(
  parts: RefreshParts,
  place: ConnectionPlace,
  generation: number,
  stored: StoredConnection | null,
): Promise<Renewal | 'wait' | 'again'> {
  if (stored === null || !isServing(stored.status)) return { kind: 'ended' };
  if (stored.generation !== generation) return { kind: 'renewed' };
  if (stored.status === 'refreshing') return stored.leaseLeftMs > 0 ? wait(parts) : doubt(parts, place, stored);
  if (stored.status === 'suspect' && stored.leaseLeftMs > 0) return wait(parts);
  const { retryInMs, statusReason } = stored;
  if (stored.status === 'active' && retryInMs > 0) return { kind: 'postponed', retryInMs, fault: statusReason };
  // The answer to an attempt of unknown fate may lie in this very directory, from before a restart.
  if (stored.attemptId !== null && (await replaySpools(parts, place.connectionId)) > 0) return 'again';
  return begin(parts, place, stored);
}

function wait({ metrics }: RefreshParts): 'wait' {
  metrics.leaseContended('refresh');
  return 'wait';
}

/** The lease ran out: its owner may have spent the token, and may still have what it got (rule 21). */
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
): Promise<Renewal | 'again'> {
  const purse = await openPurse(parts, place, stored);
  if ('cause' in purse) return { kind: 'unopenable', cause: purse.cause };
  await parts.failPoint('idle');
  const leasedMsAgo = startStopwatch();
  const attempt = await takeLease(parts, place, stored);
  return attempt === null ? 'again' : spend(parts, attempt, { ...purse, leasedMsAgo });
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
    // The commit may have been made, and its answer lost: nobody knows of that lease, so nobody would end it.
    const why = { problem: 'lease_unclear', answered: true };
    const postponed = attemptEntry('connection.refresh_postponed', fence, 'error', why);
    await refreshes.postpone(fence, { ...why, retryAfterMs: 0, fault: null }, postponed).catch(() => {});
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
    // A key service or a database that is away says nothing about what is stored.
    if (!(cause instanceof UnopenableError)) throw cause;
    metrics.decryptFailed(refreshToken.kid);
    return { cause };
  }
}
