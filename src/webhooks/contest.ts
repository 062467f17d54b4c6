import type { Delivery, Receipt, ReceiveParts } from './delivery.ts';
import type { Listening } from './listening.ts';

/** Stops trusting a subscription, because a sender other than Notion knows its address. Logs it once. */
export async function contest(
  { store }: ReceiveParts,
  listening: Listening,
  because: 'another_handshake' | 'event_before_token_was_shown',
  { clientAddress, requestId }: Delivery,
): Promise<Receipt> {
  await store.contest(listening, {
    name: 'webhook.contested',
    workspaceId: listening.owner,
    principalId: null,
    result: 'denied',
    clientAddress,
    requestId,
    detail: { because, subscription: listening.subscriptionId },
  });
  return 'unproven';
}
