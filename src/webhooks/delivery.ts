import type { RecordEvent } from '../domain/event.ts';
import type { ListeningStore, WebhookVault } from './listening.ts';

/** A request to the address of a subscription, before its content is read. */
export interface Delivery {
  /** The last part of the path. */
  readonly address: string;
  /** As it came over the wire. */
  readonly body: Buffer;
  /** `X-Notion-Signature`. */
  readonly signature: string | undefined;
  readonly clientAddress: string;
  readonly requestId: string;
}

/**
 * The result of a delivery. `taken`, `repeated` and `passed_over` (it is about no workspace here) need not come again.
 * `unproven`: it is not proved that it comes from Notion, or that it is meant for this subscription in its current
 * state.
 */
export type Receipt = 'taken' | 'repeated' | 'passed_over' | 'unproven';

export interface ReceiveParts {
  readonly store: ListeningStore;
  readonly vault: WebhookVault;
  /** For events of which there may be any number: the log gets the first one, and then a count. */
  readonly countEvent: RecordEvent;
}
