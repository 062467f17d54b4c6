import type { WorkspaceId } from '../domain/ids.ts';
import { dayMs, hourMs } from '../domain/units.ts';
import { changedPlace, isKnownEvent, type WebhookEvent } from '../notion/webhook-events.ts';
import { contest } from './contest.ts';
import type { Delivery, Receipt, ReceiveParts } from './delivery.ts';
import type { Listening, TakenEvent } from './listening.ts';

/**
 * Events are taken this long after they happened: Notion's last attempt comes some 24 hours later. They are remembered
 * for longer, so that a recorded one is never new again.
 */
const ageMsMax = 2 * dayMs;
/** How far Notion's clock may be ahead of the database's. */
const aheadMsMax = hourMs;

/** Takes an event with a valid signature. Its content is only a hint: an object should be looked up again. */
export async function takeEvent(
  parts: ReceiveParts,
  listening: Listening,
  event: WebhookEvent,
  delivery: Delivery,
): Promise<Receipt> {
  const { store } = parts;
  const { subscriptionId, state } = listening;
  // Notion sends no events before it has the token, and only an admin who saw the token can give it to Notion.
  if (state !== 'shown' && state !== 'confirmed') {
    return contest(parts, listening, 'event_before_token_was_shown', delivery);
  }
  if (!isTimely(event, listening.seenAt)) return 'unproven';
  const workspaceId = await store.workspaceOf(listening, event);
  if (workspaceId === null) return passOver(parts, listening);
  if (!(await store.noteArrival(listening))) return 'unproven';
  return store.take(workspaceId, subscriptionId, effectOf(event, workspaceId, listening, delivery));
}

function isTimely({ timestamp }: WebhookEvent, now: Date): boolean {
  const ageMs = now.getTime() - timestamp.getTime();
  return ageMs <= ageMsMax && ageMs >= -aheadMsMax;
}

/**
 * An event of no workspace that the subscription covers. It is acknowledged, because Notion gives up subscriptions that
 * refuse events. It is counted in the deployment's log, because no tenant may see it.
 */
async function passOver({ countEvent }: ReceiveParts, { subscriptionId }: Listening): Promise<Receipt> {
  await countEvent({
    name: 'webhook.passed_over',
    workspaceId: null,
    principalId: null,
    result: 'denied',
    detail: { subscription: subscriptionId },
  });
  return 'passed_over';
}

function effectOf(
  event: WebhookEvent,
  workspaceId: WorkspaceId,
  { subscriptionId, state }: Listening,
  { clientAddress, requestId }: Delivery,
): TakenEvent {
  const changed = changedPlace(event);
  const known = isKnownEvent(event.type);
  const { id, type, entity, attempt } = event;
  return {
    eventId: id,
    changed,
    aside: known ? null : { type, entity },
    entry: {
      name: 'webhook.event',
      workspaceId,
      principalId: null,
      result: 'success',
      clientAddress,
      requestId,
      detail: {
        attempt,
        confirms: state === 'shown',
        effect: changed === null ? 'noted' : 'page_changed',
        event: id,
        object: entity?.id ?? null,
        objectKind: entity?.kind ?? null,
        subscription: subscriptionId,
        type: known ? type : 'unknown',
      },
    },
  };
}
