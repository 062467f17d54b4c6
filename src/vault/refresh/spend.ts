import { setTimeout as delay } from 'node:timers/promises';
import type { Tokens } from '../../domain/connection.ts';
import { growingWait } from '../../domain/growing-wait.ts';
import type { Secret } from '../../domain/secret.ts';
import { type Given, givenAfter, type RefreshAnswer, tokenOutcomes } from '../../domain/token-outcomes.ts';
import { minuteMs, secondMs } from '../../domain/units.ts';
import type { StoredConnection } from '../stored-connections.ts';
import type { TokenSealer } from '../token-seal.ts';
import { attemptEntry, endEntries } from './entries.ts';
import type { RefreshParts } from './refresh-parts.ts';
import { nameOf } from './spool.ts';
import type { Completion, NewTokens, Postponement, RefreshAttempt } from './token-refreshes.ts';

/** What must be at hand before a single-use secret is spent. */
export interface RefreshMeans {
  readonly stored: StoredConnection;
  readonly refreshToken: Secret;
  readonly sealer: TokenSealer;
  /** Since the lease was asked for. */
  readonly leasedMsAgo: () => number;
}

/**
 * Takes the clock that advanced further: the monotonic clock stops while the machine sleeps, and the wall clock can be
 * put back.
 */
export function startStopwatch(): () => number {
  const [monotonicMs, wallMs] = [performance.now(), Date.now()];
  return () => Math.max(performance.now() - monotonicMs, Date.now() - wallMs);
}

/** Whether the refresh token was sent before, without a known result. */
export function mayBeSpent({ unanswered, attemptId }: Pick<StoredConnection, 'unanswered' | 'attemptId'>): boolean {
  return unanswered > 0 || attemptId !== null;
}

/**
 * How an attempt ended, for the caller who waits for it. If the old tokens stay, the next refresh may begin in
 * `retryInMs`. `fault` is what an operator has to correct first.
 */
export type RefreshEnd =
  | { readonly given: Extract<Given, 'usable' | 'ended'> }
  | {
      readonly given: Extract<Given, 'postponed' | 'app_refused'>;
      readonly retryInMs: number;
      readonly fault: string | null;
    };

/**
 * Spends the refresh token; the caller must hold the lease. The steps: exchange → spool → database → spool cleared.
 * None of them stops if a caller goes away: the answer is kept in any case. `look_again`: the connection has another
 * attempt by now, so read it again. Throws if the store cannot be written; the spool or the end of the lease settles
 * the attempt later.
 */
export async function spend(
  parts: RefreshParts,
  attempt: RefreshAttempt,
  purse: RefreshMeans,
): Promise<RefreshEnd | 'look_again'> {
  await parts.failPoint('leased');
  const answer = await exchange(parts, attempt, purse);
  await parts.failPoint('answered');
  const end = await store(parts, attempt, purse, answer);
  parts.metrics.refreshed(purse.stored.kind, end === 'look_again' ? 'overtaken' : answer.said);
  return end;
}

function store(
  parts: RefreshParts,
  attempt: RefreshAttempt,
  purse: RefreshMeans,
  answer: RefreshAnswer,
): Promise<RefreshEnd | 'look_again'> {
  switch (answer.said) {
    case 'granted':
      return keep(parts, attempt, purse, answer.tokens);
    case 'turned_away':
    case 'unclear':
      return postpone(parts, attempt, purse, { ...answer, fault: null });
    case 'misconfigured':
    case 'app_refused':
      return postpone(parts, attempt, purse, { ...answer, fault: answer.problem });
    case 'grant_refused':
    case 'client_refused':
      return refuse(parts, attempt, purse, answer);
  }
}

/** One request, with an end: an exchange that hangs or throws may have spent the token. */
async function exchange(
  parts: RefreshParts,
  attempt: RefreshAttempt,
  { stored, refreshToken, leasedMsAgo }: RefreshMeans,
): Promise<RefreshAnswer> {
  // A process that was suspended for a while may have a successor by now. Two processes must not spend the same token.
  if (leasedMsAgo() >= parts.timings.leaseMs) {
    return { said: 'turned_away', problem: 'too_late' };
  }
  const { kind, origin, botId } = stored;
  const { workspaceId, connectionId, registrationId } = attempt;
  const connection = { workspaceId, connectionId, kind, origin, botId, registrationId };
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), parts.timings.exchangeMs);
  const ended = new Promise<RefreshAnswer>(resolve =>
    end.signal.addEventListener('abort', () => resolve(unanswered('no_answer_in_time')), { once: true }),
  );
  try {
    return await Promise.race([parts.exchange.refresh(connection, refreshToken, end.signal), ended]);
  } catch (error) {
    parts.onTrouble(error);
    return unanswered('exchange_failed');
  } finally {
    clearTimeout(timer);
  }
}

function unanswered(problem: string): RefreshAnswer {
  return { said: 'unclear', problem };
}

async function keep(
  parts: RefreshParts,
  attempt: RefreshAttempt,
  purse: RefreshMeans,
  answer: Tokens,
): Promise<RefreshEnd | 'look_again'> {
  const { origin, botId } = purse.stored;
  // RFC 6749 section 6: without a new refresh token, the old one goes on.
  const tokens = { ...answer, refreshToken: answer.refreshToken ?? purse.refreshToken };
  const made = await sealAnswer(attempt, purse, tokens);
  // With a full disk there is still the database.
  const spooled = await parts.spool.write({ attempt, origin, botId, ...made }).then(() => true, failed(parts));
  await parts.failPoint('spooled');
  const completion = await complete(parts, attempt, made, spooled);
  await parts.failPoint('applied');
  if (completion === 'revoking') {
    const { registrationId } = attempt;
    await insist(parts, () => parts.discard({ origin, botId, registrationId, tokens }));
  }
  // The next replay deals with an undecided answer.
  if (spooled && completion !== 'undecided') await parts.spool.remove(nameOf(attempt)).catch(parts.onTrouble);
  await parts.failPoint('cleared');
  const given = givenAfter('granted', completion);
  return given === 'look_again' ? given : { given };
}

async function sealAnswer(
  { connectionId, nextGeneration, startedAt }: RefreshAttempt,
  { sealer }: RefreshMeans,
  tokens: Tokens,
): Promise<NewTokens> {
  const seconds = tokens.lifetimeSeconds ?? null;
  return {
    tokens: await sealer.seal(connectionId, nextGeneration, tokens),
    // From when it was asked for: the token cannot be older, so it is never taken to live longer than it does.
    endsAt: seconds === null ? null : new Date(startedAt.getTime() + seconds * secondMs),
  };
}

function failed(parts: RefreshParts): (error: unknown) => false {
  return error => {
    parts.onTrouble(error);
    return false;
  };
}

/** Compare-and-set. What lies in no spool is here alone: it waits for a connection that is being disconnected. */
function complete(
  parts: RefreshParts,
  attempt: RefreshAttempt,
  made: NewTokens,
  spooled: boolean,
): Promise<Completion> {
  const entry = attemptEntry('connection.refreshed', attempt, 'success', { to: attempt.nextGeneration, via: 'answer' });
  const isSettled = (completion: Completion) => spooled || completion !== 'undecided';
  return insist(parts, () => parts.refreshes.complete(attempt, made, entry), isSettled);
}

/** Stores the answer of an attempt, and tries again until the lease ends: the database may be away for a moment. */
async function insist<T>(
  { timings }: RefreshParts,
  store: () => Promise<T>,
  isSettled: (stored: T) => boolean = () => true,
): Promise<T> {
  const until = performance.now() + timings.leaseMs - timings.exchangeMs;
  for (let waitMs = 50; ; waitMs = Math.min(2 * waitMs, 2 * secondMs)) {
    const isLast = () => performance.now() + waitMs > until;
    try {
      const stored = await store();
      if (isSettled(stored) || isLast()) return stored;
    } catch (error) {
      if (isLast()) throw error;
    }
    await delay(waitMs);
  }
}

const waitMsMax = 5 * minuteMs;

type Postponed = Pick<Postponement, 'said' | 'problem' | 'fault'> & { readonly retryAfterSeconds?: number | null };

async function postpone(
  parts: RefreshParts,
  attempt: RefreshAttempt,
  purse: RefreshMeans,
  { said, problem, retryAfterSeconds, fault }: Postponed,
): Promise<RefreshEnd | 'look_again'> {
  const grownMs = backoffMs(purse.stored.refreshFailures, (retryAfterSeconds ?? 0) * secondMs);
  // After an operator has corrected the settings, the next attempt should come soon.
  const retryAfterMs = fault === null ? grownMs : Math.min(grownMs, minuteMs / 2);
  const entry = attemptEntry('connection.refresh_postponed', attempt, 'error', {
    problem,
    answered: said !== 'unclear',
  });
  const postponed = await insist(parts, () =>
    parts.refreshes.postpone(attempt, { said, problem, retryAfterMs, fault }, entry),
  );
  const given = givenAfter(said, postponed ? 'kept' : 'overtaken');
  return given === 'look_again' ? given : { given, retryInMs: retryAfterMs, fault };
}

/** From half a second to five minutes, with jitter; what the server asks for is the least. */
function backoffMs(failures: number, askedMs: number): number {
  const grown = growingWait(failures, { least: secondMs, most: waitMsMax });
  return Math.max(grown * (0.5 + Math.random() / 2), Math.min(askedMs, waitMsMax));
}

/**
 * Records the refusal once. If another process stored new tokens meanwhile, the refusal is about the old ones, and
 * changes nothing.
 */
async function refuse(
  parts: RefreshParts,
  attempt: RefreshAttempt,
  purse: RefreshMeans,
  { said, problem }: Extract<RefreshAnswer, { said: 'grant_refused' | 'client_refused' }>,
): Promise<RefreshEnd | 'look_again'> {
  const name = said === 'grant_refused' ? 'connection.needs_reauth' : 'connection.needs_reregister';
  // A lost answer can be the reason that a grant is over although no person revoked it. So the log says if there was
  // one.
  const reason = mayBeSpent(purse.stored) ? `${problem}_after_lost_answer` : problem;
  const entries = endEntries(name, attempt, purse.stored, reason);
  const ended = await insist(parts, () =>
    parts.refreshes.refuse(attempt, { event: tokenOutcomes[said].refresh, reason }, entries),
  );
  const given = givenAfter(said, ended ? 'out_of_use' : 'overtaken');
  return given === 'look_again' ? given : { given };
}
