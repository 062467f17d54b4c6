import { type Kysely, sql, type Transaction } from 'kysely';
import type { AttemptEnding, AttemptHolder } from '../connect/connect-attempts.ts';
import type { ConsentKind } from '../connect/consent-flow.ts';
import type { AttemptEnd } from '../domain/attempt-states.ts';
import type { ConnectProblem } from '../domain/connect-problem.ts';
import type { ConnectionId } from '../domain/ids.ts';
import { endAttempt } from './movers.ts';
import type { Schema } from './schema.ts';

type Queries = Kysely<Schema> | Transaction<Schema>;

/** Outcomes that are kept for one person: as many as attempts can be open. */
const keptMax = 20;
/** A step at other servers ends earlier than this. After this time, the process that carried it out must be gone. */
const runningMax = sql`interval '20 seconds'`;

/**
 * Ends the attempts with these state hashes and remembers why, in the transaction that ends them. Attempts that made a
 * connection keep its id. An attempt goes on if its state does not allow the event.
 */
export async function endAttempts(
  tx: Transaction<Schema>,
  stateHashes: readonly Buffer[],
  event: AttemptEnd,
  problem: ConnectProblem,
): Promise<void> {
  if (stateHashes.length === 0) return;
  const gone = await endAttempt(tx, event)
    .where('state_hash', 'in', stateHashes)
    .returning(['state_hash', 'session_hash', 'user_id', 'kind', 'target_workspace_id', 'made_connection_id'])
    .execute();
  if (gone.length === 0) return;
  await tx
    .insertInto('connect_outcome')
    .values(gone.map(attempt => ({ ...attempt, problem, ended_at: sql<Date>`now()` })))
    .execute();
  for (const userId of new Set(gone.map(attempt => attempt.user_id))) {
    const newest = tx.selectFrom('connect_outcome').select('state_hash').where('user_id', '=', userId);
    await tx
      .deleteFrom('connect_outcome')
      .where('user_id', '=', userId)
      .where('state_hash', 'not in', newest.orderBy('ended_at', 'desc').limit(keptMax))
      .execute();
  }
}

/** Ends the attempt that waits with this connection, because another one replaces it. Returns the ended attempt. */
export async function endWaiting(tx: Transaction<Schema>, connectionId: ConnectionId) {
  const waiting = await tx
    .selectFrom('connect_attempt')
    .select(['state_hash', 'registration_id'])
    .where('made_connection_id', '=', connectionId)
    .where('state', '=', 'waiting')
    .forUpdate()
    .executeTakeFirst();
  if (waiting !== undefined) await endAttempts(tx, [waiting.state_hash], 'replaced', 'replaced');
  return waiting;
}

/** See `ConnectAttempts.ending`. */
export async function findEnding(
  queries: Queries,
  kind: ConsentKind,
  stateHash: Buffer,
  { sessionHash, userId }: AttemptHolder,
): Promise<AttemptEnding | null> {
  const attempt = await queries
    .selectFrom('connect_attempt')
    .select(['made_connection_id', sql<boolean>`used_at > now() - ${runningMax}`.as('running')])
    .where('state_hash', '=', stateHash)
    .where('session_hash', '=', sessionHash)
    .where('user_id', '=', userId)
    .where('kind', '=', kind)
    .where('state', '<>', 'asking')
    .executeTakeFirst();
  if (attempt !== undefined) {
    if (attempt.made_connection_id !== null) return { kind: 'made', connectionId: attempt.made_connection_id };
    return attempt.running ? { kind: 'running' } : { kind: 'failed', problem: 'interrupted' };
  }
  const outcome = await queries
    .selectFrom('connect_outcome')
    .select(['problem', 'made_connection_id'])
    .where('state_hash', '=', stateHash)
    .where('session_hash', '=', sessionHash)
    .where('user_id', '=', userId)
    .where('kind', '=', kind)
    .executeTakeFirst();
  if (outcome === undefined) return null;
  const { problem, made_connection_id: connectionId } = outcome;
  return connectionId === null ? { kind: 'failed', problem } : { kind: 'made', connectionId };
}
