import type { RecordedEvent } from '../domain/event.ts';
import type { SubscriptionId, WorkspaceId } from '../domain/ids.ts';
import type { Secret } from '../domain/secret.ts';
import type { PlacedObject, SubscriptionState, WebhookTokenPlace } from '../domain/webhook.ts';
import type { WebhookEvent } from '../notion/webhook-events.ts';

/** A subscription as a delivery meets it. */
export interface Listening extends WebhookTokenPlace {
  readonly state: SubscriptionState;
  /** The verification token; null if there is none yet. */
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
  /** Set for an event of an unknown type: it is kept aside, up to a limit for each workspace. */
  readonly aside: { readonly type: string; readonly entity: WebhookEvent['entity'] } | null;
  /** What has to be looked up again. */
  readonly changed: PlacedObject | null;
  readonly entry: RecordedEvent;
}

/** The part of the store that deliveries need. A given entry is in the log if and only if the change was made. */
export interface ListeningStore {
  /** The subscription with this address; null if there is none. */
  find(address: string): Promise<Listening | null>;
  /** Keeps the token of the first handshake, while the subscription still waits for one. False: it does not any more. */
  offer(place: WebhookTokenPlace, token: SealedVerification, entry: RecordedEvent): Promise<boolean>;
  /**
   * Stops trusting a subscription that is not confirmed yet, and drops its token. False: another process was faster.
   */
  contest(place: WebhookTokenPlace, entry: RecordedEvent): Promise<boolean>;
  /**
   * The workspace of an event. It is the workspace that the event names, if the subscription is for this workspace or
   * for the deployment, and if the workspace has a connection of the integration that the event names. Null: none.
   */
  workspaceOf(place: WebhookTokenPlace, event: WebhookEvent): Promise<WorkspaceId | null>;
  /** Notes that an event came, which confirms the token. False: the subscription has another address by now, or is gone. */
  noteArrival(place: WebhookTokenPlace): Promise<boolean>;
  /**
   * Takes an event unless it has been taken before, even if two processes do so at once. Taken events are remembered
   * for longer than `isTimely` allows.
   */
  take(workspaceId: WorkspaceId, subscriptionId: SubscriptionId, event: TakenEvent): Promise<'taken' | 'repeated'>;
}

/** What deliveries need of the vault. */
export interface WebhookVault {
  seal(place: WebhookTokenPlace, token: Secret): Promise<SealedVerification>;
  open(place: WebhookTokenPlace, token: SealedVerification): Promise<Secret>;
}
