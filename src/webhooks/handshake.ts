import type { Secret } from '../domain/secret.ts';
import { contest } from './contest.ts';
import type { Delivery, Receipt, ReceiveParts } from './delivery.ts';
import type { Listening } from './listening.ts';
import { isSameToken, isSignedWith } from './signature.ts';

/**
 * Notion's handshake: one POST of `{"verification_token"}`, before any secret is agreed on. A stranger who knows the
 * address can send one too. So the first token is kept, but not trusted. It becomes useful only when an admin pastes it
 * at Notion, and Notion accepts only its own. If a stranger was first, Notion's own handshake comes second with another
 * token. If a stranger comes second, it looks the same from here. In both cases nothing at this address is trusted any
 * more.
 *
 * Once an event has confirmed the token, handshakes change nothing.
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
  // Of two handshakes at the same moment, the slower is told to come again, and then counts as the second.
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
