import { sql, type Transaction } from 'kysely';
import type { Listening, ListeningStore, TakenEvent } from '../connect/webhooks/listening.ts';
import type { SubscriptionId, WorkspaceId } from '../domain/ids.ts';
import type { SubscriptionState, WebhookTokenPlace } from '../domain/webhook.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** Events are remembered for longer than they are accepted; those that nobody understands, for people to look at. */
const rememberDays = 4;
const asideDays = 90;
const asideMax = 100;

/** What arrives at webhook addresses, in PostgreSQL. */
export function createListeningStore(database: Pick<Database<Schema>, 'system' | 'inWorkspace'>): ListeningStore {
  const { system, inWorkspace } = database;

  function change(place: WebhookTokenPlace, from: SubscriptionState[], to: Change): Promise<boolean> {
    return inWorkspace(place.workspaceId, async tx => {
      const { numUpdatedRows } = await tx
        .updateTable('webhook_subscription')
        .set(to)
        .where('id', '=', place.subscriptionId)
        // A reset that came in between has another generation, and nothing of the old address applies to it.
        .where('generation', '=', place.generation)
        .where('state', 'in', from)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    });
  }

  return {
    async find(address) {
      const { rows } = await find(address).execute(system);
      const row = rows[0];
      return row === undefined ? null : toListening(row);
    },
    offer: (place, { sealed, kid }) => change(place, ['waiting'], { state: 'offered', sealed, kid }),
    contest: place => change(place, ['offered', 'shown'], { state: 'contested', sealed: null, kid: null }),
    knows: (workspaceId, subscriptionId, eventId) =>
      inWorkspace(workspaceId, async tx => {
        const events = tx.selectFrom('webhook_event').select('event_id').where('event_id', '=', eventId);
        return (await events.where('subscription_id', '=', subscriptionId).executeTakeFirst()) !== undefined;
      }),
    remember: (place, event) =>
      inWorkspace(place.workspaceId, async tx => {
        await addEvent(tx, place, event);
        await forgetOldEvents(tx, place.subscriptionId);
        await noteArrival(tx, place, event.confirms);
      }),
  };
}

type Change = { readonly state: SubscriptionState; readonly sealed: string | null; readonly kid: string | null };

interface Row {
  id: SubscriptionId;
  workspace_id: WorkspaceId;
  state: SubscriptionState;
  generation: number;
  sealed: string | null;
  kid: string | null;
  handshake_until: Date;
  seen_at: Date;
  notion_workspace_id: string;
  integration_ids: string[];
}

/** The address alone says which workspace it is about, so this is asked across workspaces. */
const find = (address: string) => sql<Row>`
  SELECT s.id, s.workspace_id, s.state, s.generation, s.sealed, s.kid, s.handshake_until, clock_timestamp() AS seen_at,
         w.notion_workspace_id,
         ARRAY(SELECT name FROM connection c, LATERAL (VALUES (c.oauth_client_id), (c.bot_id::text)) AS names (name)
                WHERE c.workspace_id = s.workspace_id AND c.status NOT IN ('pending', 'revoked') AND name IS NOT NULL)
           AS integration_ids
    FROM webhook_subscription s JOIN workspace w ON w.id = s.workspace_id
   WHERE s.address = ${address}`;

function toListening(row: Row): Listening {
  return {
    workspaceId: row.workspace_id,
    subscriptionId: row.id,
    generation: row.generation,
    state: row.state,
    token: row.sealed === null || row.kid === null ? null : { sealed: row.sealed, kid: row.kid },
    notionWorkspaceId: row.notion_workspace_id,
    integrationIds: row.integration_ids,
    handshakeUntil: row.handshake_until,
    seenAt: row.seen_at,
  };
}

async function addEvent(tx: Transaction<Schema>, place: WebhookTokenPlace, event: TakenEvent): Promise<void> {
  const row = {
    workspace_id: place.workspaceId,
    subscription_id: place.subscriptionId,
    event_id: event.eventId,
    unknown_type: event.unknownType,
    entity_kind: event.entity?.kind ?? null,
    entity_id: event.entity?.id ?? null,
  };
  await tx
    .insertInto('webhook_event')
    .values(row)
    .onConflict(conflict => conflict.doNothing())
    .execute();
}

async function forgetOldEvents(tx: Transaction<Schema>, subscriptionId: SubscriptionId): Promise<void> {
  await sql`
    DELETE FROM webhook_event
     WHERE subscription_id = ${subscriptionId} AND received_at < now() - ${rememberDays} * interval '1 day'
       AND (unknown_type IS NULL OR received_at < now() - ${asideDays} * interval '1 day' OR event_id NOT IN (
             SELECT event_id FROM webhook_event WHERE subscription_id = ${subscriptionId} AND unknown_type IS NOT NULL
              ORDER BY received_at DESC LIMIT ${asideMax}))`.execute(tx);
}

async function noteArrival(tx: Transaction<Schema>, place: WebhookTokenPlace, confirms: boolean): Promise<void> {
  const now = sql<Date>`now()`;
  await tx
    .updateTable('webhook_subscription')
    .set({
      last_event_at: now,
      ...(confirms && { state: 'confirmed' as const, confirmed_at: sql<Date>`coalesce(confirmed_at, now())` }),
    })
    .where('id', '=', place.subscriptionId)
    .where('generation', '=', place.generation)
    .where('state', 'in', ['shown', 'confirmed'])
    .execute();
}
