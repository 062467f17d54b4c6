import type { RecordEvent } from '../domain/event.ts';
import type { ListeningStore, WebhookVault } from './listening.ts';

/** A request to the address of a subscription, before anybody has looked at what it says. */
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
 * What became of a delivery. `taken`, `repeated` and `passed_over` (it tells of nothing here) need not come again.
 * `unproven`: nothing shows that it comes from Notion, or that it is meant for this subscription as it stands.
 */
export type Receipt = 'taken' | 'repeated' | 'passed_over' | 'unproven';

export interface ReceiveParts {
  readonly store: ListeningStore;
  readonly vault: WebhookVault;
  /** For events of which there may be any number: the log gets the first, and then a count. */
  readonly countEvent: RecordEvent;
}
