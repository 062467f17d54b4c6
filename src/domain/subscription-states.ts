import { stateTable } from './state-table.ts';
import type { SubscriptionState } from './webhook.ts';

/** The whole life of a webhook subscription. */
export const subscriptionStates = stateTable<SubscriptionState>()({
  /** Notion's handshake brought a token, or a stranger who knows the address sent one. */
  token_offered: { from: ['waiting'], to: 'offered' },
  /** An admin has seen the token. It is not shown again. */
  token_shown: { from: ['offered'], to: 'shown' },
  /** An event came that is signed with the token. */
  event_arrived: { from: ['shown', 'confirmed'], to: 'confirmed' },
  /** A sender other than Notion knows the address. */
  contested: { from: ['offered', 'shown'], to: 'contested' },
  /** An admin gave it another address. */
  reset: { from: ['waiting', 'offered', 'shown', 'confirmed', 'contested'], to: 'waiting' },
});

export type SubscriptionEvent = keyof typeof subscriptionStates.transitions;
