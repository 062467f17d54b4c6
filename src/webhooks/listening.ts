import type { RecordedEvent } from '../domain/event.ts';
import type { SubscriptionId, WorkspaceId } from '../domain/ids.ts';
import type { PlacedObject } from '../domain/page-changes.ts';
import type { Secret } from '../domain/secret.ts';
import type { SubscriptionState, WebhookTokenPlace } from '../domain/webhook.ts';
import type { WebhookEvent } from '../notion/webhook-events.ts';

/** A subscription as a delivery meets it. */
export interface Listening extends WebhookTokenPlace {
  readonly state: SubscriptionState;
  /** The verification token; null while there is none. */
  readonly token: SealedVerification | null;
  readonly handshakeUntil: Date;
  /** The database's clock, at this look (rule 24). */
  readonly seenAt: Date;
}

export interface SealedVerification {
  readonly sealed: string;
  readonly kid: string;
}

/** What taking an event does, in one commit. */
export interface TakenEvent {
  readonly eventId: string;
  /** Set for an event of a type that nothing here understands: it is kept aside, in a bounded number for a workspace. */
  readonly aside: { readonly type: string; readonly entity: WebhookEvent['entity'] } | null;
  /** What has to be looked up again. */
  readonly changed: PlacedObject | null;
  readonly entry: RecordedEvent;
}

/** What deliveries need of the store. Where an entry is given it is in the log if and only if the change was made. */
export interface ListeningStore {
  /** The subscription behind an address; null for an address that nobody has. */
  find(address: string): Promise<Listening | null>;
  /** Keeps the token of the first handshake, while the subscription still waits for one. False: it does not any more. */
  offer(place: WebhookTokenPlace, token: SealedVerification, entry: RecordedEvent): Promise<boolean>;
  /** Ends all belief in a subscription that is not confirmed yet, and drops its token. False: somebody was faster. */
  contest(place: WebhookTokenPlace, entry: RecordedEvent): Promise<boolean>;
  /**
   * The workspace that an event of this subscription belongs to: the one that it names, if that is the subscription's or
   * the subscription is the deployment's, and if it has a connection of the integration that the event names. Null: none.
   */
  workspaceOf(place: WebhookTokenPlace, event: WebhookEvent): Promise<WorkspaceId | null>;
  /** Notes that an event came, which confirms the token. False: the subscription has another address by now, or is gone. */
  noteArrival(place: WebhookTokenPlace): Promise<boolean>;
  /** Takes an event unless it has been taken, also if two processes do at once. Taken ones outlive `isTimely`. */
  take(workspaceId: WorkspaceId, subscriptionId: SubscriptionId, event: TakenEvent): Promise<'taken' | 'repeated'>;
}

/** What deliveries need of the vault. */
export interface WebhookVault {
  seal(place: WebhookTokenPlace, token: Secret): Promise<SealedVerification>;
  open(place: WebhookTokenPlace, token: SealedVerification): Promise<Secret>;
}
