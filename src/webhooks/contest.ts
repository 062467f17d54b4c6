import type { Delivery, Receipt, ReceiveParts } from './delivery.ts';
import type { Listening } from './listening.ts';

/** Ends all belief in a subscription because somebody but Notion knows its address, and says so in the log, once. */
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
