import { type Kysely, sql, type Transaction } from 'kysely';
import type { ConnectAttempts, NewAttempt } from '../connect/connect-attempts.ts';
import type { ConsentKind } from '../connect/consent-flow.ts';
import { endAttempts, findEnding } from './connect-outcomes.ts';
import type { Database } from './database.ts';
import { endAttempt, moveAttempt } from './movers.ts';
import type { Schema } from './schema.ts';
import { attemptLifetime } from './waits.ts';

/** Attempts that one person can have open at the same time. */
const openMax = 20;

const clock = sql<Date>`now()`;

/** Attempts in PostgreSQL, as the system: an attempt for a new workspace belongs to no workspace. */
export function createConnectAttempts({ system }: Pick<Database<Schema>, 'system'>): ConnectAttempts {
  return {
    open: attempt => system.transaction().execute(tx => open(tx, attempt)),
    async target(kind, stateHash) {
      const found =
        (await targetIn(system, 'connect_attempt', kind, stateHash)) ??
        (await targetIn(system, 'connect_outcome', kind, stateHash));
      return found === undefined ? null : { workspaceId: found.target_workspace_id };
    },
    async claim(kind, stateHash, { sessionHash, userId }) {
      const claimed = await moveAttempt(system, 'came_back')
        .set({ used_at: clock })
        .where('state_hash', '=', stateHash)
        .where('session_hash', '=', sessionHash)
        .where('user_id', '=', userId)
        .where('kind', '=', kind)
        .where('expires_at', '>', clock)
        .returning(['target_workspace_id', 'registration_id', 'sealed'])
        .executeTakeFirst();
      if (claimed === undefined) return null;
      const { target_workspace_id: workspaceId, registration_id: registrationId, sealed } = claimed;
      return { workspaceId, registrationId, sealed };
    },
    ending: (kind, stateHash, holder) => findEnding(system, kind, stateHash, holder),
    drop: (stateHash, problem) => system.transaction().execute(tx => endAttempts(tx, [stateHash], 'failed', problem)),
    async purge() {
      // Not immediately: a callback from the last minute may still be on its way to Notion and back.
      await endAttempt(system, 'forgotten').where('expires_at', '<', sql<Date>`now() - ${attemptLifetime}`).execute();
      await system
        .deleteFrom('connect_outcome')
        .where('ended_at', '<', sql<Date>`now() - ${attemptLifetime}`)
        .execute();
    },
  };
}

function targetIn(
  queries: Kysely<Schema>,
  table: 'connect_attempt' | 'connect_outcome',
  kind: ConsentKind,
  stateHash: Buffer,
) {
  return queries
    .selectFrom(table)
    .select('target_workspace_id')
    .where('kind', '=', kind)
    .where('state_hash', '=', stateHash)
    .executeTakeFirst();
}

function claimable(queries: Kysely<Schema>) {
  return queries.selectFrom('connect_attempt').where('state', '=', 'asking').where('expires_at', '>', clock);
}

async function open(tx: Transaction<Schema>, attempt: NewAttempt): Promise<void> {
  const { kind, stateHash, sessionHash, userId, workspaceId, redirectUri, registrationId, sealed } = attempt;
  // If two come at once with one client, the second waits here, and then sees the first.
  const client = tx.selectFrom('client_registration').select('id').where('id', '=', registrationId);
  await client.forUpdate().execute();
  const earlier = tx.selectFrom('connect_attempt').select('state_hash').where('registration_id', '=', registrationId);
  const replaced = await earlier.where('state', '=', 'asking').forUpdate().execute();
  await endAttempts(
    tx,
    replaced.map(attempt => attempt.state_hash),
    'replaced',
    'replaced',
  );
  await tx
    .insertInto('connect_attempt')
    .values({
      state_hash: stateHash,
      session_hash: sessionHash,
      user_id: userId,
      kind,
      target_workspace_id: workspaceId,
      redirect_uri: redirectUri,
      registration_id: registrationId,
      sealed,
      created_at: clock,
      expires_at: sql<Date>`now() + ${attemptLifetime}`,
    })
    .execute();
  const newest = claimable(tx).select('state_hash').where('user_id', '=', userId);
  await tx
    .deleteFrom('connect_attempt')
    .where('user_id', '=', userId)
    .where('state', '=', 'asking')
    .where('state_hash', 'not in', newest.orderBy('created_at', 'desc').limit(openMax))
    .execute();
}
