import { sql, type Transaction } from 'kysely';
import type { ConnectionStatus } from '../domain/connection.ts';
import { type ConnectionEvent, isServing } from '../domain/connection-states.ts';
import type { RecordedEvent } from '../domain/event.ts';
import { dayMs } from '../domain/units.ts';
import type {
  Attempt,
  Completion,
  NewTokens,
  RefreshCalendar,
  TokenRefreshes,
} from '../vault/refresh/token-refreshes.ts';
import type { ConnectionPlace } from '../vault/stored-connections.ts';
import type { ConnectionsOptions } from './connections.ts';
import type { Database } from './database.ts';
import { commitWithEntries } from './event-entries.ts';
import { moveConnection } from './move-connection.ts';
import type { Schema } from './schema.ts';

type Tx = Transaction<Schema>;

/** Notion's hosted MCP server ends a grant that was not refreshed for 30 days. */
const keepAliveMs = 10 * dayMs;

/** The shared side of refreshing, in PostgreSQL. Whoever writes here has the lease, or finds that somebody else has. */
export function createTokenRefreshes(
  { inWorkspace, system }: Pick<Database<Schema>, 'inWorkspace' | 'system'>,
  options: ConnectionsOptions,
): TokenRefreshes & RefreshCalendar {
  const { clock = sql<Date>`now()` } = options;
  const later = (ms: number) => sql<Date>`${clock} + make_interval(secs => ${ms / 1000})`;

  /** A change and its entries, both or neither. Null: there was nothing to change. */
  function commit<T>(
    { workspaceId }: ConnectionPlace,
    entries: readonly RecordedEvent[],
    change: (tx: Tx) => Promise<T | null>,
  ): Promise<T | null> {
    return commitWithEntries(
      options,
      work => inWorkspace(workspaceId, work),
      async (tx, append) => {
        const changed = await change(tx);
        if (changed !== null) await append(entries);
        return changed;
      },
    );
  }

  function movingAttempt(tx: Tx, attempt: Attempt, event: ConnectionEvent) {
    return moveConnection(tx, attempt.connectionId, event, clock)
      .where('generation', '=', attempt.generation)
      .where('attempt_id', '=', attempt.attemptId);
  }

  return {
    begin: (place, { attemptId, generation, leaseMs }, entry) =>
      commit(place, [entry], async tx => {
        const begun = await moveConnection(tx, place.connectionId, 'refresh_started', clock)
          .set(({ eb }) => ({
            attempt_id: attemptId,
            lease_until: later(leaseMs),
            last_generation: eb('last_generation', '+', 1),
            // Whoever was waited for may have spent the token, and nobody knows what the answer was.
            unanswered: eb('unanswered', '+', sql<number>`(status = 'suspect')::integer`),
          }))
          .where('generation', '=', generation)
          .where(({ or, and, eb }) =>
            or([
              and([eb('status', '=', 'active'), sql<boolean>`coalesce(refresh_after <= ${clock}, true)`]),
              and([eb('status', '=', 'suspect'), sql<boolean>`lease_until <= ${clock}`]),
            ]),
          )
          .returning(['last_generation', sql<Date>`${clock}`.as('started_at')])
          .executeTakeFirst();
        if (begun === undefined) return null;
        return { ...place, attemptId, generation, nextGeneration: begun.last_generation, startedAt: begun.started_at };
      }),

    async complete(attempt, made, entry) {
      const applied = await commit<Completion>(attempt, [entry], async tx => {
        const { numUpdatedRows } = await movingAttempt(tx, attempt, 'refreshed')
          .set({
            generation: attempt.nextGeneration,
            status_reason: null,
            ...settled,
            refreshed_at: attempt.startedAt,
            unanswered: 0,
            refresh_failures: 0,
          })
          .executeTakeFirst();
        if (numUpdatedRows !== 1n) return null;
        await replaceTokens(tx, attempt, made);
        return 'applied';
      });
      return applied ?? (await whyNot(attempt));
    },

    async postpone(attempt, { answered, retryAfterMs }, entry) {
      const done = await commit(attempt, [entry], async tx => {
        const { numUpdatedRows } = await movingAttempt(tx, attempt, 'refresh_postponed')
          .set(({ eb }) => ({
            ...settled,
            refresh_after: later(retryAfterMs),
            refresh_failures: eb('refresh_failures', '+', 1),
            unanswered: eb('unanswered', '+', answered ? 0 : 1),
          }))
          .executeTakeFirst();
        return numUpdatedRows === 1n || null;
      });
      return done !== null;
    },

    async refuse(attempt, { event, reason }, entries) {
      const done = await commit(attempt, entries, async tx => {
        const ended = movingAttempt(tx, attempt, event).set({ ...settled, status_reason: reason });
        return (await ended.executeTakeFirst()).numUpdatedRows === 1n || null;
      });
      return done !== null;
    },

    async doubt(place, { attemptId, graceMs }, entry) {
      const done = await commit(place, [entry], async tx => {
        const doubted = moveConnection(tx, place.connectionId, 'lease_expired', clock)
          .set({ lease_until: later(graceMs) })
          .where('attempt_id', '=', attemptId)
          .where(sql<boolean>`lease_until <= ${clock}`);
        return (await doubted.executeTakeFirst()).numUpdatedRows === 1n || null;
      });
      return done !== null;
    },

    async endLeases() {
      const running = system.updateTable('connection').set({ lease_until: clock });
      await running.where('status', 'in', ['refreshing', 'suspect']).execute();
    },

    async ending(withinMs, limit, after) {
      // The range of ends keeps connections that nobody uses out of every round but their own.
      const { rows } = await sql<ConnectionPlace>`
        SELECT c.workspace_id AS "workspaceId", c.id AS "connectionId"
          FROM connection c JOIN connection_secret s
            ON s.workspace_id = c.workspace_id AND s.connection_id = c.id AND s.generation = c.generation
         WHERE c.status = 'active' AND coalesce(c.refresh_after <= ${clock}, true) AND c.id > ${after ?? ''}
           AND (s.expires_at <= ${later(-keepAliveMs)}
                OR s.expires_at BETWEEN ${later(-dayMs)} AND ${later(withinMs)} AND (c.unanswered = 0 OR s.expires_at <= ${clock})
                   AND c.last_used_at >= coalesce(c.refreshed_at, c.authorized_at))
         UNION SELECT workspace_id, id FROM connection
         WHERE status IN ('refreshing', 'suspect') AND lease_until <= ${clock} AND id > ${after ?? ''}
         ORDER BY "connectionId" LIMIT ${limit}`.execute(system);
      return rows;
    },

    async unchecked(limit) {
      // Taking it is the lease: the next look is set before anybody looks, and never for all at once.
      const { rows } = await sql<ConnectionPlace>`
        UPDATE connection SET check_after = ${clock} + (0.75 + random() / 2) *
               CASE WHEN last_used_at > ${later(-dayMs)} THEN interval '1 hour' ELSE interval '1 day' END
         WHERE id IN (SELECT id FROM connection WHERE status = 'active' AND check_after <= ${clock}
                       ORDER BY check_after LIMIT ${limit} FOR UPDATE SKIP LOCKED)
         RETURNING workspace_id AS "workspaceId", id AS "connectionId"`.execute(system);
      return rows;
    },
  };

  async function whyNot({ workspaceId, connectionId, nextGeneration }: Attempt): Promise<Completion> {
    const found = await inWorkspace(workspaceId, tx =>
      tx.selectFrom('connection').select(['status', 'generation']).where('id', '=', connectionId).executeTakeFirst(),
    );
    // Somebody else found the spool and was faster, or this commit was made and its answer was lost.
    if (found?.generation === nextGeneration && isServing(found.status)) return 'applied';
    return endOf(found?.status);
  }
}

/** Nobody holds the lease any more. */
const settled = { attempt_id: null, lease_until: null, refresh_after: null } as const;

function endOf(status: ConnectionStatus | undefined): Completion {
  if (status === undefined || status === 'revoked') return 'revoked';
  return status === 'revoking' ? 'revoking' : 'outdated';
}

/** The new tokens stand where the old ones stood. Tokens that wait to be confirmed stay beside them. */
async function replaceTokens(tx: Tx, attempt: Attempt, { tokens, endsAt }: NewTokens): Promise<void> {
  const { workspaceId, connectionId, generation } = attempt;
  const place = { workspace_id: workspaceId, connection_id: connectionId };
  await tx
    .deleteFrom('connection_secret')
    .where('connection_id', '=', connectionId)
    .where('generation', '=', generation)
    .execute();
  const rows = tokens.map(token => ({
    ...place,
    ...token,
    expires_at: token.field === 'access_token' ? endsAt : null,
  }));
  await tx.insertInto('connection_secret').values(rows).execute();
}
