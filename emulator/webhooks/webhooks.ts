import { createHmac } from 'node:crypto';
import type { Change, World } from '../world/world.ts';
import { payloadFor } from './payload.ts';
import { type Delivery, EVENTS, NOT_AGGREGATED, RETRY_PAUSES_MS, type Subscription } from './subscription.ts';

export interface Webhooks {
  /** Makes a subscription and sends its handshake: `{"verification_token"}`, signed like every delivery. */
  subscribe(
    wanted: Pick<Subscription, 'url' | 'owner' | 'apiVersion'> & { events?: readonly string[] },
  ): Promise<Subscription>;
  /** The person pastes the token back: the subscription is active if it is the right one. */
  verify(subscriptionId: string, token: string): boolean;
  /**
   * Makes every attempt that is due by the emulator's clock, and waits for those under way, which the emulator's own tick
   * may have begun; answers how many ended.
   */
  deliverDue(): Promise<number>;
  deliveries(): readonly Delivery[];
}

/** Webhooks as Notion sends them: signed, unordered, aggregated for a while, tried up to eight times over a day. */
export function createWebhooks(world: World, settings: { readonly webhookDelayMs: number }): Webhooks {
  const subscriptions = new Map<string, Subscription>();
  const deliveries: Delivery[] = [];
  const underWay = new Set<Promise<void>>();

  const enqueue = (change: Change) => {
    for (const subscription of subscriptions.values()) {
      if (!subscription.active || !subscription.events.includes(change.type)) continue;
      const payload = payloadFor(world, subscription, change);
      if (payload === null) continue;
      const dueAt = change.at + (NOT_AGGREGATED.has(change.type) ? 0 : settings.webhookDelayMs);
      if (!NOT_AGGREGATED.has(change.type) && merge(deliveries, payload)) continue;
      deliveries.push({
        id: payload.id,
        subscriptionId: subscription.id,
        type: payload.type,
        entityId: change.id,
        payload,
        attempts: 0,
        dueAt,
        state: 'waiting',
        lastStatus: null,
      });
    }
  };
  world.listeners.add(enqueue);

  const attempt = async (delivery: Delivery): Promise<void> => {
    const subscription = subscriptions.get(delivery.subscriptionId);
    if (subscription === undefined) return;
    delivery.attempts += 1;
    delivery.state = 'sending';
    const body = JSON.stringify({ ...delivery.payload, attempt_number: delivery.attempts });
    delivery.lastStatus = await send(subscription, body);
    delivery.state = 'waiting';
    const pause = RETRY_PAUSES_MS[delivery.attempts - 1];
    if (delivery.lastStatus !== null && delivery.lastStatus < 300) delivery.state = 'delivered';
    else if (pause === undefined) delivery.state = 'given_up';
    else delivery.dueAt = world.clock.now() + pause;
  };

  return {
    async subscribe(wanted) {
      const subscription: Subscription = {
        ...wanted,
        id: world.ids.uuid(),
        events: wanted.events ?? EVENTS,
        verificationToken: world.ids.secret('secret_'),
        active: false,
      };
      subscriptions.set(subscription.id, subscription);
      await send(subscription, JSON.stringify({ verification_token: subscription.verificationToken }));
      return subscription;
    },
    verify(subscriptionId, token) {
      const subscription = subscriptions.get(subscriptionId);
      if (subscription === undefined || subscription.verificationToken !== token) return false;
      subscription.active = true;
      return true;
    },
    async deliverDue() {
      const due = deliveries.filter(one => one.state === 'waiting' && one.dueAt <= world.clock.now());
      for (const delivery of due) {
        const attempting = attempt(delivery).finally(() => underWay.delete(attempting));
        underWay.add(attempting);
      }
      return (await Promise.all(underWay)).length;
    },
    deliveries: () => deliveries,
  };
}

/** Adds an event to one about the same thing that has not been sent yet. */
function merge(deliveries: readonly Delivery[], next: Delivery['payload']): boolean {
  const entity = JSON.stringify(next.entity);
  const earlier = deliveries.findLast(
    one =>
      one.state === 'waiting' &&
      one.attempts === 0 &&
      one.subscriptionId === next.subscription_id &&
      one.type === next.type &&
      JSON.stringify(one.payload.entity) === entity,
  );
  if (earlier === undefined) return false;
  const authors = new Map([...earlier.payload.authors, ...next.authors].map(author => [author.id, author]));
  earlier.payload = {
    ...next,
    id: earlier.id,
    authors: [...authors.values()],
    data: mergedData(earlier.payload.data, next.data),
  };
  return true;
}

/** Lists of what was updated are joined, everything else is as it is now. */
function mergedData(before: unknown, now: unknown): unknown {
  if (typeof before !== 'object' || before === null || typeof now !== 'object' || now === null) return now;
  const merged: Record<string, unknown> = { ...now };
  for (const [name, value] of Object.entries(before)) {
    const later = merged[name];
    if (Array.isArray(value) && Array.isArray(later)) {
      merged[name] = [...new Map([...value, ...later].map(one => [JSON.stringify(one), one])).values()];
    }
  }
  return merged;
}

/** The status of the answer; `null` if there was none. */
async function send(subscription: Subscription, body: string): Promise<number | null> {
  const signature = createHmac('sha256', subscription.verificationToken).update(body).digest('hex');
  try {
    const response = await fetch(subscription.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'notion-api',
        'x-notion-signature': `sha256=${signature}`,
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    });
    return response.status;
  } catch {
    return null;
  }
}
