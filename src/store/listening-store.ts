import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { RecordedEvent } from '../domain/event.ts';
import type { SubscriptionId, WorkspaceId } from '../domain/ids.ts';
import type { SubscriptionEvent } from '../domain/subscription-states.ts';
import type { SubscriptionState, WebhookOwner, WebhookTokenPlace } from '../domain/webhook.ts';
import type { Listening, ListeningStore, TakenEvent } from '../webhooks/listening.ts';
import type { Database } from './database.ts';
import { commitWithEntries, type EventEntries } from './event-entries.ts';
import { moveSubscription } from './movers.ts';
import { notePageChange } from './page-changes.ts';
import type { Schema } from './schema.ts';

/**
 * Events are remembered for longer than they are accepted. Events of unknown types are kept so that people can look at
 * them.
 */
const rememberDays = 4;
const asideDays = 90;
const asideMax = 100;

/**
 * What arrives at webhook addresses, in PostgreSQL. Only the delivery shows which workspace it belongs to, so
 * subscriptions are looked up across workspaces. The effect of an event stays in its own workspace.
 */
export function createListeningStore(
  { system, inWorkspace }: Pick<Database<Schema>, 'system' | 'inWorkspace'>,
  entries: EventEntries,
): ListeningStore {
  function change(place: WebhookTokenPlace, event: SubscriptionEvent, values: Change, entry?: RecordedEvent) {
    return commitWithEntries<boolean>(
      entries,
      work => system.transaction().execute(work),
      async (tx, append) => {
        const { numUpdatedRows } = await moveSubscription(tx, place.subscriptionId, event)
          .set(values)
          // After a reset in between, the generation is another one, and results from the old address do not apply to
          // it.
          .where('generation', '=', place.generation)
          .executeTakeFirst();
        if (numUpdatedRows !== 1n) return false;
        if (entry !== undefined) await append([entry]);
        return true;
      },
    );
  }

  return {
    async find(address) {
      const row = await system
        .selectFrom('webhook_subscription')
        .select(['id', 'workspace_id', 'state', 'generation', 'sealed', 'kid', 'handshake_until'])
        .select(sql<Date>`clock_timestamp()`.as('seen_at'))
        .where('address', '=', address)
        .executeTakeFirst();
      return row === undefined ? null : toListening(row);
    },
    offer: (place, { sealed, kid }, entry) => change(place, 'token_offered', { sealed, kid }, entry),
    contest: (place, entry) => change(place, 'contested', { sealed: null, kid: null }, entry),
    async workspaceOf({ owner }, { notionWorkspaceId, integrationId }) {
      const { rows } = await belongsTo(owner, notionWorkspaceId, integrationId).execute(system);
      return rows[0]?.id ?? null;
    },
    noteArrival: place =>
      change(place, 'event_arrived', {
        confirmed_at: sql<Date>`coalesce(confirmed_at, now())`,
        last_event_at: sql<Date>`now()`,
      }),
    take: (workspaceId, subscriptionId, event) =>
      commitWithEntries(
        entries,
        work => inWorkspace(workspaceId, work),
        async (tx, append) => {
          if (!(await remember(tx, workspaceId, subscriptionId, event))) return 'repeated';
          if (event.changed !== null) await notePageChange(tx, workspaceId, event.changed);
          await forgetOldEvents(tx, subscriptionId);
          await append([event.entry]);
          return 'taken';
        },
      ),
  };
}

interface Change {
  readonly sealed?: string | null;
  readonly kid?: string | null;
  readonly confirmed_at?: RawBuilder<Date>;
  readonly last_event_at?: RawBuilder<Date>;
}

/**
 * Notion names the integration by its client id or by its bot. For an internal integration, its token shows neither. So
 * at a workspace's own address any name is accepted if the workspace has a connection of an internal integration: the
 * signature proves the sender.
 */
const belongsTo = (owner: WebhookOwner, notionWorkspaceId: string, integrationId: string) => sql<{ id: WorkspaceId }>`
  SELECT w.id FROM workspace w
   WHERE w.notion_workspace_id = ${notionWorkspaceId} AND (${owner}::text IS NULL OR w.id = ${owner})
     AND EXISTS (SELECT FROM connection c
                  WHERE c.workspace_id = w.id AND c.status NOT IN ('pending', 'revoking', 'revoked')
                    AND (c.kind = 'rest' AND ${integrationId} IN (lower(c.oauth_client_id), c.bot_id::text)
                         OR c.kind = 'internal' AND ${owner}::text IS NOT NULL))`;

interface Row {
  readonly id: SubscriptionId;
  readonly workspace_id: WebhookOwner;
  readonly state: SubscriptionState;
  readonly generation: number;
  readonly sealed: string | null;
  readonly kid: string | null;
  readonly handshake_until: Date;
  readonly seen_at: Date;
}

function toListening(row: Row): Listening {
  return {
    owner: row.workspace_id,
    subscriptionId: row.id,
    generation: row.generation,
    state: row.state,
    token: row.sealed === null || row.kid === null ? null : { sealed: row.sealed, kid: row.kid },
    handshakeUntil: row.handshake_until,
    seenAt: row.seen_at,
  };
}

/**
 * False: it was taken before. Of two calls at the same moment, the second waits here for the first, and then is not
 * new.
 */
async function remember(
  tx: Transaction<Schema>,
  workspaceId: WorkspaceId,
  subscriptionId: SubscriptionId,
  { eventId, aside }: TakenEvent,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('webhook_event')
    .values({
      workspace_id: workspaceId,
      subscription_id: subscriptionId,
      event_id: eventId,
      unknown_type: aside?.type ?? null,
      entity_kind: aside?.entity?.kind ?? null,
      entity_id: aside?.entity?.id ?? null,
    })
    .onConflict(conflict => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) return false;
  if (aside !== null) await giveUpAside(tx, subscriptionId);
  return true;
}

/**
 * Keeps the newest of the events that are kept aside. It skips rows that others have locked, so that no two processes
 * wait for each other.
 */
async function giveUpAside(tx: Transaction<Schema>, subscriptionId: SubscriptionId): Promise<void> {
  await sql`
    UPDATE webhook_event SET unknown_type = NULL, entity_kind = NULL, entity_id = NULL
     WHERE subscription_id = ${subscriptionId} AND event_id IN (
       SELECT event_id FROM webhook_event WHERE subscription_id = ${subscriptionId} AND unknown_type IS NOT NULL
        ORDER BY received_at DESC, event_id OFFSET ${asideMax} FOR UPDATE SKIP LOCKED)`.execute(tx);
}

async function forgetOldEvents(tx: Transaction<Schema>, subscriptionId: SubscriptionId): Promise<void> {
  await sql`
    DELETE FROM webhook_event
     WHERE subscription_id = ${subscriptionId} AND event_id IN (
       SELECT event_id FROM webhook_event
        WHERE subscription_id = ${subscriptionId} AND received_at < now() - ${rememberDays} * interval '1 day'
          AND (unknown_type IS NULL OR received_at < now() - ${asideDays} * interval '1 day')
          FOR UPDATE SKIP LOCKED)`.execute(tx);
}
