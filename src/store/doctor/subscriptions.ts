import { sql } from 'kysely';
import type { SubscriptionId } from '../../domain/ids.ts';
import type { SubscriptionState, WebhookOwner } from '../../domain/webhook.ts';
import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';

/** People do not read more than that. */
const checkedMax = 100;

/** A webhook subscription, as `portcullis doctor` looks at it. `late`: its handshake did not come in time. */
export interface CheckedSubscription {
  readonly id: SubscriptionId;
  readonly owner: WebhookOwner;
  readonly state: SubscriptionState;
  readonly generation: number;
  readonly sealed: string | null;
  readonly kid: string | null;
  readonly late: boolean;
  readonly lastEventAt: Date | null;
}

/** First the subscriptions that cannot receive anything. */
export function subscriptionsToCheck({ system }: Pick<Database<Schema>, 'system'>): Promise<CheckedSubscription[]> {
  return system
    .selectFrom('webhook_subscription')
    .select(['id', 'workspace_id as owner', 'state', 'generation', 'sealed', 'kid', 'last_event_at as lastEventAt'])
    .select(sql<boolean>`handshake_until < now()`.as('late'))
    .orderBy(sql`state = 'confirmed'`)
    .orderBy('id')
    .limit(checkedMax)
    .execute();
}
