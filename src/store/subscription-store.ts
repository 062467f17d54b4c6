import { type Selectable, sql, type Transaction } from 'kysely';
import type { KeptAside, SubscriptionSummary, WebhookOwner } from '../domain/webhook.ts';
import type { SubscriptionStore } from '../webhooks/subscriptions.ts';
import type { Database } from './database.ts';
import { moveSubscription } from './movers.ts';
import type { Schema } from './schema.ts';

/** Unknown events are kept in a bounded number for each workspace; this many of them are shown. */
const asideShown = 100;

/**
 * Webhook subscriptions in PostgreSQL. Those of a workspace are read under row-level security, which hides those of the
 * deployment. The system reads those of the deployment, and no others.
 */
export function createSubscriptionStore({
  inWorkspace,
  system,
}: Pick<Database<Schema>, 'inWorkspace' | 'system'>): SubscriptionStore {
  const within = <T>(owner: WebhookOwner, work: (tx: Transaction<Schema>) => Promise<T>): Promise<T> =>
    owner === null ? system.transaction().execute(work) : inWorkspace(owner, work);

  return {
    add: (owner, { id, address, createdBy, handshakeMsMax }, most) =>
      within(owner, async tx => {
        // Counted under a lock; otherwise two at once would both find room.
        await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`webhooks of ${owner}`}, 0))`.execute(tx);
        if ((await summaries(tx, owner).execute()).length >= most) return null;
        const handshakeUntil = after(handshakeMsMax);
        const row = { id, workspace_id: owner, address, state: 'waiting' as const, created_by: createdBy };
        await tx
          .insertInto('webhook_subscription')
          .values({ ...row, handshake_until: handshakeUntil })
          .execute();
        return find(tx, { owner, id });
      }),
    list: owner => within(owner, async tx => (await summaries(tx, owner).orderBy('id').execute()).map(toSummary)),
    findOffered: ({ owner, id }) =>
      within(owner, async tx => {
        const found = await tx
          .selectFrom('webhook_subscription')
          .select(['state', 'generation', 'sealed', 'kid'])
          .where('workspace_id', 'is not distinct from', owner)
          .where('id', '=', id)
          .executeTakeFirst();
        if (found === undefined) return null;
        if (found.state !== 'offered' || found.sealed === null || found.kid === null) return 'none';
        const { sealed, kid, generation } = found;
        return { owner, subscriptionId: id, generation, token: { sealed, kid } };
      }),
    markShown: ({ owner, subscriptionId, generation }) =>
      within(owner, async tx => {
        const { numUpdatedRows } = await moveSubscription(tx, subscriptionId, 'token_shown')
          .where('workspace_id', 'is not distinct from', owner)
          .where('generation', '=', generation)
          .executeTakeFirstOrThrow();
        return numUpdatedRows === 1n;
      }),
    reset: ({ owner, id }, { address, handshakeMsMax }) =>
      within(owner, async tx => {
        await moveSubscription(tx, id, 'reset')
          .set(({ eb }) => ({
            address,
            generation: eb('generation', '+', 1),
            sealed: null,
            kid: null,
            handshake_until: after(handshakeMsMax),
            confirmed_at: null,
          }))
          .where('workspace_id', 'is not distinct from', owner)
          .execute();
        return find(tx, { owner, id });
      }),
    remove: ({ owner, id }) =>
      within(owner, async tx => {
        const { numDeletedRows } = await tx
          .deleteFrom('webhook_subscription')
          .where('workspace_id', 'is not distinct from', owner)
          .where('id', '=', id)
          .executeTakeFirst();
        return numDeletedRows === 1n;
      }),
    keptAside: ({ owner, id }) =>
      within(owner, async tx => {
        if ((await find(tx, { owner, id })) === null) return null;
        const rows = await tx
          .selectFrom('webhook_event')
          .selectAll()
          .where('subscription_id', '=', id)
          .where('unknown_type', 'is not', null)
          .orderBy('received_at', 'desc')
          .limit(asideShown)
          .execute();
        return rows.map(row => toKeptAside(row, owner));
      }),
  };
}

function after(ms: number) {
  return sql<Date>`now() + ${ms} * interval '1 millisecond'`;
}

function summaries(tx: Transaction<Schema>, owner: WebhookOwner) {
  return tx
    .selectFrom('webhook_subscription')
    .select(['id', 'state', 'address', 'handshake_until', 'created_at', 'confirmed_at', 'last_event_at'])
    .select(({ selectFrom, fn }) =>
      selectFrom('webhook_event')
        .select(fn.countAll<number>().as('count'))
        .whereRef('subscription_id', '=', 'webhook_subscription.id')
        .where('unknown_type', 'is not', null)
        .as('kept_aside'),
    )
    .where('workspace_id', 'is not distinct from', owner);
}

async function find(
  tx: Transaction<Schema>,
  { owner, id }: Parameters<SubscriptionStore['remove']>[0],
): Promise<SubscriptionSummary | null> {
  const row = await summaries(tx, owner).where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : toSummary(row);
}

type SummaryRow = Awaited<ReturnType<ReturnType<typeof summaries>['execute']>>[number];

function toSummary(row: SummaryRow): SubscriptionSummary {
  return {
    id: row.id,
    state: row.state,
    address: row.address,
    handshakeUntil: row.handshake_until,
    createdAt: row.created_at,
    confirmedAt: row.confirmed_at,
    lastEventAt: row.last_event_at,
    keptAside: row.kept_aside ?? 0,
  };
}

function toKeptAside(row: Selectable<Schema['webhook_event']>, owner: WebhookOwner): KeptAside {
  const { entity_kind: kind, entity_id: id } = row;
  return {
    eventId: row.event_id,
    type: row.unknown_type ?? '',
    entity: owner === null || kind === null || id === null ? null : { kind, id },
    receivedAt: row.received_at,
  };
}
