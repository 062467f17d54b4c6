import type { RecordEvent } from '../../domain/event.ts';
import type { PageChanges } from '../../domain/page-changes.ts';
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
 * What became of a delivery. `taken`, `repeated` and `passed_over` (for another workspace, or of another connection) are
 * durable and need not come again. `refused`: a handshake that this subscription does not take. `unproven`: nothing
 * shows that it comes from Notion.
 */
export type Receipt = 'taken' | 'repeated' | 'passed_over' | 'refused' | 'unproven';

export interface ReceiveParts {
  readonly store: ListeningStore;
  readonly vault: WebhookVault;
  readonly changes: PageChanges;
  readonly recordEvent: RecordEvent;
}
