import { dayMs, hourMs } from '../../domain/units.ts';
import { changedPlace, isKnownEvent, type WebhookEvent } from '../../notion/webhook-events.ts';
import { contest } from './contest.ts';
import type { Delivery, Receipt, ReceiveParts } from './delivery.ts';
import type { Listening } from './listening.ts';

/**
 * Events are taken this long after they happened: Notion's last attempt comes some 24 hours later. They are remembered
 * for longer, so that a recorded one is never new again.
 */
const ageMsMax = 2 * dayMs;
/** How far Notion's clock may be ahead of the database's. */
const aheadMsMax = hourMs;

/**
 * Takes an event whose signature is right. What it says is a hint and no more: that an object should be looked up again.
 * First comes the log, then the change, then the memory of the event: a process that ends in between is sent the event
 * again, and doing it twice does nothing worse.
 */
export async function takeEvent(
  parts: ReceiveParts,
  listening: Listening,
  event: WebhookEvent,
  delivery: Delivery,
): Promise<Receipt> {
  const { store, changes } = parts;
  const { workspaceId, subscriptionId, state } = listening;
  // Notion sends no events before it was given the token, and nobody but an admin who was shown it could do that.
  if (state !== 'shown' && state !== 'confirmed') {
    return contest(parts, listening, 'event_before_token_was_shown', delivery);
  }
  if (!isTimely(event, listening.seenAt)) return 'unproven';
  if (await store.knows(workspaceId, subscriptionId, event.id)) return 'repeated';
  const stranger = strangeness(listening, event);
  const changed = stranger === null ? changedPlace(event) : null;
  await record(parts, listening, event, delivery, stranger ?? (changed === null ? 'noted' : 'page_changed'));
  if (changed !== null) await changes.changed(workspaceId, changed);
  const unknown = stranger === null && !isKnownEvent(event.type);
  await store.remember(listening, {
    eventId: event.id,
    confirms: stranger === null,
    unknownType: unknown ? event.type : null,
    entity: unknown ? event.entity : null,
  });
  return stranger === null ? 'taken' : 'passed_over';
}

function isTimely({ timestamp }: WebhookEvent, now: Date): boolean {
  const ageMs = now.getTime() - timestamp.getTime();
  return ageMs <= ageMsMax && ageMs >= -aheadMsMax;
}

/** Why an event is none of this workspace's: it must come from its workspace at Notion, about one of its connections. */
function strangeness(listening: Listening, event: WebhookEvent): 'other_workspace' | 'other_connection' | null {
  if (event.notionWorkspaceId !== listening.notionWorkspaceId) return 'other_workspace';
  return listening.integrationIds.includes(event.integrationId) ? null : 'other_connection';
}

async function record(
  { recordEvent }: ReceiveParts,
  { workspaceId, subscriptionId, state }: Listening,
  event: WebhookEvent,
  { clientAddress, requestId }: Delivery,
  effect: string,
): Promise<void> {
  const passedOver = effect.startsWith('other_');
  const about = passedOver ? null : event.entity;
  await recordEvent({
    name: 'webhook.event',
    workspaceId,
    principalId: null,
    result: passedOver ? 'denied' : 'success',
    clientAddress,
    requestId,
    detail: {
      attempt: event.attempt,
      confirms: state === 'shown' && !passedOver,
      effect,
      event: event.id,
      object: about?.id ?? null,
      objectKind: about?.kind ?? null,
      subscription: subscriptionId,
      type: isKnownEvent(event.type) ? event.type : 'unknown',
    },
  });
}
