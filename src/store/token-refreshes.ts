import { type Kysely, type RawBuilder, sql, type Transaction, type UpdateResult } from 'kysely';
import type { ConnectionPlace } from '../domain/connection.ts';
import type { ConnectionEvent } from '../domain/connection-states.ts';
import type { RecordedEvent } from '../domain/event.ts';
import type {
  Completion,
  Fence,
  NewTokens,
  Postponement,
  RefreshAttempt,
  RefreshCalendar,
  TokenRefreshes,
} from '../vault/refresh/token-refreshes.ts';
import type { Database } from './database.ts';
import { isOtherClient } from './discarded-tokens.ts';
import { commitWithEntries } from './event-entries.ts';
import { moveConnection } from './movers.ts';
import { createRefreshCalendar } from './refresh-calendar.ts';
import type { Schema } from './schema.ts';
import type { ConnectionsOptions } from './stored-connections.ts';
import { fromNow, isOver } from './waits.ts';

type Tx = Transaction<Schema>;

/**
 * The shared side of refreshing, in PostgreSQL. A process that writes here has the lease, or finds that another one has
 * it.
 */
export function createTokenRefreshes(
  database: Pick<Database<Schema>, 'inWorkspace' | 'system'>,
  options: ConnectionsOptions,
): TokenRefreshes & RefreshCalendar {
  const { inWorkspace, system } = database;
  const { clock = sql<Date>`now()` } = options;

  /** A change and its entries, both or neither. */
  function commit<T extends RefreshAttempt | null | boolean>(
    { workspaceId }: ConnectionPlace,
    entries: readonly RecordedEvent[],
    change: (tx: Tx) => Promise<T>,
  ): Promise<T> {
    return commitWithEntries(
      options,
      work => inWorkspace(workspaceId, work),
      async (tx, append) => {
        const changed = await change(tx);
        if (changed) await append(entries);
        return changed;
      },
    );
  }

  return {
    ...createRefreshCalendar(database, clock),
    begin: (fence, leaseMs, entry) => commit(fence, [entry], tx => takeLease(tx, clock, fence, leaseMs)),
    async complete(attempt, made, entry) {
      const applied = await commit(attempt, [entry], tx => applyTokens(tx, clock, attempt, made));
      if (applied) return 'in_use';
      const found = await inWorkspace(attempt.workspaceId, tx => findNow(tx, attempt));
      return whyNot(system, attempt, found);
    },
    postpone: (fence, why, entry) => commit(fence, [entry], tx => giveBack(tx, clock, fence, why)),
    refuse: (fence, { event, reason }, entries) =>
      commit(fence, entries, tx =>
        isDone(moveAttempt(tx, clock, fence, event).set({ ...settled, status_reason: reason })),
      ),
    doubt: (fence, graceMs, entry) =>
      commit(fence, [entry], tx => {
        const doubted = moveAttempt(tx, clock, fence, 'lease_expired').set({ lease_until: fromNow(graceMs, clock) });
        return isDone(doubted.where(isOver('lease_until', clock)));
      }),
    async endLeases() {
      const running = system.updateTable('connection').set({ lease_until: clock });
      await running.where('status', 'in', ['refreshing', 'suspect']).execute();
    },
  };
}

/** No process holds the lease any more. */
const settled = { attempt_id: null, lease_until: null, refresh_after: null } as const;

/** Moves a connection that is still this attempt's. */
function moveAttempt(tx: Tx, clock: RawBuilder<Date>, fence: Fence, event: ConnectionEvent) {
  return moveConnection(tx, fence.connectionId, event, clock)
    .where('generation', '=', fence.generation)
    .where('attempt_id', '=', fence.attemptId);
}

async function isDone(change: { executeTakeFirst(): Promise<UpdateResult | undefined> }): Promise<boolean> {
  return (await change.executeTakeFirst())?.numUpdatedRows === 1n;
}

async function takeLease(
  tx: Tx,
  clock: RawBuilder<Date>,
  fence: Fence,
  leaseMs: number,
): Promise<RefreshAttempt | null> {
  const begun = await moveConnection(tx, fence.connectionId, 'refresh_started', clock)
    .set(({ eb }) => ({
      attempt_id: fence.attemptId,
      lease_until: fromNow(leaseMs, clock),
      last_generation: eb('last_generation', '+', 1),
      // An unsettled attempt may have spent the token, and its answer is not known.
      unanswered: eb('unanswered', '+', sql<number>`(attempt_id IS NOT NULL)::integer`),
    }))
    .where('generation', '=', fence.generation)
    .where(({ or, and, eb }) =>
      or([
        and([eb('status', '=', 'active'), isOver('refresh_after', clock)]),
        and([eb('status', '=', 'suspect'), isOver('lease_until', clock)]),
      ]),
    )
    .returning([
      'last_generation as nextGeneration',
      sql<Date>`${clock}`.as('startedAt'),
      'registration_id as registrationId',
    ])
    .executeTakeFirst();
  return begun === undefined ? null : { ...fence, ...begun };
}

/** The new tokens replace the old ones. Tokens that wait to be confirmed stay beside them. */
async function applyTokens(
  tx: Tx,
  clock: RawBuilder<Date>,
  attempt: RefreshAttempt,
  { tokens, endsAt }: NewTokens,
): Promise<boolean> {
  const { workspaceId, connectionId, generation, nextGeneration, startedAt } = attempt;
  const refreshed = moveAttempt(tx, clock, attempt, 'refreshed').set({
    ...settled,
    status_reason: null,
    generation: nextGeneration,
    refreshed_at: startedAt,
    unanswered: 0,
    refresh_failures: 0,
  });
  if (!(await isDone(refreshed))) return false;
  await tx
    .deleteFrom('connection_secret')
    .where('connection_id', '=', connectionId)
    .where('generation', '=', generation)
    .execute();
  const rows = tokens.map(token => ({
    workspace_id: workspaceId,
    connection_id: connectionId,
    ...token,
    expires_at: token.field === 'access_token' ? endsAt : null,
  }));
  await tx.insertInto('connection_secret').values(rows).execute();
  return true;
}

function findNow(tx: Tx, { connectionId }: RefreshAttempt) {
  return tx
    .selectFrom('connection')
    .select(['status', 'generation', 'attempt_id', 'registration_id'])
    .where('id', '=', connectionId)
    .executeTakeFirst();
}

async function whyNot(
  system: Kysely<Schema>,
  { generation, nextGeneration, attemptId, registrationId }: RefreshAttempt,
  found: Awaited<ReturnType<typeof findNow>>,
): Promise<Completion> {
  if (found === undefined || found.status === 'revoked') return 'revoking';
  if (found.status === 'revoking') return 'undecided';
  // Another process found the spool and was faster, or this commit was made and its answer was lost.
  if (found.generation === nextGeneration) return 'in_use';
  // It does not open just now: once it does, these are still the tokens that it waits for.
  if (found.generation === generation && found.attempt_id === attemptId) return 'undecided';
  // The grant of the old client goes on beside the grant of the new one. A new consent to the same client ends it.
  const hasLeft = registrationId !== null && (await isOtherClient(system, registrationId, [found.registration_id]));
  return hasLeft ? 'revoking' : 'overtaken';
}

function giveBack(
  tx: Tx,
  clock: RawBuilder<Date>,
  fence: Fence,
  { said, retryAfterMs, fault }: Postponement,
): Promise<boolean> {
  const given = moveAttempt(tx, clock, fence, 'refresh_postponed').set(({ eb }) => ({
    ...settled,
    ...(fault !== null && { status_reason: fault }),
    refresh_after: fromNow(retryAfterMs, clock),
    refresh_failures: eb('refresh_failures', '+', 1),
    unanswered: eb('unanswered', '+', said === 'unclear' ? 1 : 0),
  }));
  return isDone(given);
}
