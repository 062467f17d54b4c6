import type { Secret } from '../domain/secret.ts';
import { contest } from './contest.ts';
import type { Delivery, Receipt, ReceiveParts } from './delivery.ts';
import type { Listening } from './listening.ts';
import { isSameToken, isSignedWith } from './signature.ts';

/**
 * Notion's handshake: one POST of `{"verification_token"}`, before anything is agreed on. Anybody who knows the address
 * can send one, so the first token is kept, and believed in nothing: it becomes useful only when Notion accepts it from
 * the admin who pastes it there, and Notion accepts only its own. A stranger who was first is found out by Notion's own
 * handshake, which then comes second with another token; and a stranger who comes second is taken for the same, because
 * nobody here can tell them apart. Either way nothing is believed at this address any more.
 *
 * Once an event has confirmed the token, no handshake changes anything.
 */
export async function takeHandshake(
  parts: ReceiveParts,
  listening: Listening,
  token: Secret | null,
  offered: Secret,
  delivery: Delivery,
): Promise<Receipt> {
  if (delivery.signature !== undefined && !isSignedWith(offered, delivery.body, delivery.signature)) return 'unproven';
  if (token !== null && isSameToken(token, offered)) return 'repeated';
  switch (listening.state) {
    case 'waiting':
      return offer(parts, listening, offered, delivery);
    case 'offered':
    case 'shown':
      return contest(parts, listening, 'another_handshake', delivery);
    case 'confirmed':
    case 'contested':
      return 'unproven';
  }
}

async function offer(
  { store, vault }: ReceiveParts,
  listening: Listening,
  offered: Secret,
  { clientAddress, requestId }: Delivery,
): Promise<Receipt> {
  const { owner, subscriptionId, handshakeUntil, seenAt } = listening;
  if (handshakeUntil <= seenAt) return 'unproven';
  // Of two at the same moment the slower is told to come again, and then counts as the second.
  const first = await store.offer(listening, await vault.seal(listening, offered), {
    name: 'webhook.handshake',
    workspaceId: owner,
    principalId: null,
    result: 'success',
    clientAddress,
    requestId,
    detail: { subscription: subscriptionId },
  });
  return first ? 'taken' : 'unproven';
}
