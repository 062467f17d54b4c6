import { type Selectable, sql, type Transaction } from 'kysely';
import type { SubscriptionStore } from '../connect/webhooks/subscriptions.ts';
import type { SubscriptionId } from '../domain/ids.ts';
import type { SubscriptionSummary } from '../domain/webhook.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** Unknown events are kept in a bounded number; this many of them are shown. */
const asideShown = 100;

/** Webhook subscriptions in PostgreSQL, under row-level security. */
export function createSubscriptionStore({ inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>): SubscriptionStore {
  return {
    add: (workspaceId, { id, address, createdBy, handshakeMsMax }, most) =>
      inWorkspace(workspaceId, async tx => {
        // Counted under a lock, or two at once would both find room.
        await tx.selectFrom('workspace').select('id').where('id', '=', workspaceId).forUpdate().execute();
        const rows = await tx.selectFrom('webhook_subscription').select('id').execute();
        if (rows.length >= most) return null;
        const handshakeUntil = after(handshakeMsMax);
        const row = { id, workspace_id: workspaceId, address, state: 'waiting' as const, created_by: createdBy };
        await tx
          .insertInto('webhook_subscription')
          .values({ ...row, handshake_until: handshakeUntil })
          .execute();
        return find(tx, id);
      }),
    list: workspaceId =>
      inWorkspace(workspaceId, async tx => (await summaries(tx).orderBy('id').execute()).map(toSummary)),
    takeToken: (workspaceId, id) =>
      inWorkspace(workspaceId, async tx => {
        const found = await tx
          .selectFrom('webhook_subscription')
          .select(['state', 'generation', 'sealed', 'kid'])
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirst();
        if (found === undefined) return null;
        if (found.state !== 'offered' || found.sealed === null || found.kid === null) return 'none';
        await tx.updateTable('webhook_subscription').set({ state: 'shown' }).where('id', '=', id).execute();
        const { sealed, kid, generation } = found;
        return { workspaceId, subscriptionId: id, generation, token: { sealed, kid } };
      }),
    reset: (workspaceId, id, { address, handshakeMsMax }) =>
      inWorkspace(workspaceId, async tx => {
        await tx
          .updateTable('webhook_subscription')
          .set(({ eb }) => ({
            address,
            state: 'waiting',
            generation: eb('generation', '+', 1),
            sealed: null,
            kid: null,
            handshake_until: after(handshakeMsMax),
            confirmed_at: null,
          }))
          .where('id', '=', id)
          .execute();
        return find(tx, id);
      }),
    remove: (workspaceId, id) =>
      inWorkspace(workspaceId, async tx => {
        const { numDeletedRows } = await tx.deleteFrom('webhook_subscription').where('id', '=', id).executeTakeFirst();
        return numDeletedRows === 1n;
      }),
    keptAside: (workspaceId, id) =>
      inWorkspace(workspaceId, async tx => {
        if ((await find(tx, id)) === null) return null;
        const rows = await tx
          .selectFrom('webhook_event')
          .selectAll()
          .where('subscription_id', '=', id)
          .where('unknown_type', 'is not', null)
          .orderBy('received_at', 'desc')
          .limit(asideShown)
          .execute();
        return rows.map(toKeptAside);
      }),
  };
}

function after(ms: number) {
  return sql<Date>`now() + ${ms} * interval '1 millisecond'`;
}

function summaries(tx: Transaction<Schema>) {
  return tx
    .selectFrom('webhook_subscription')
    .select(['id', 'state', 'address', 'handshake_until', 'created_at', 'confirmed_at', 'last_event_at'])
    .select(({ selectFrom, fn }) =>
      selectFrom('webhook_event')
        .select(fn.countAll<number>().as('count'))
        .whereRef('subscription_id', '=', 'webhook_subscription.id')
        .where('unknown_type', 'is not', null)
        .as('kept_aside'),
    );
}

async function find(tx: Transaction<Schema>, id: SubscriptionId): Promise<SubscriptionSummary | null> {
  const row = await summaries(tx).where('id', '=', id).executeTakeFirst();
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

function toKeptAside(row: Selectable<Schema['webhook_event']>) {
  const { entity_kind: kind, entity_id: id } = row;
  return {
    eventId: row.event_id,
    type: row.unknown_type ?? '',
    entity: kind === null || id === null ? null : { kind, id },
    receivedAt: row.received_at,
  };
}
