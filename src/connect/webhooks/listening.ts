import type { SubscriptionId, WorkspaceId } from '../../domain/ids.ts';
import type { Secret } from '../../domain/secret.ts';
import type { SubscriptionState, WebhookTokenPlace } from '../../domain/webhook.ts';

/** A subscription as a delivery meets it. */
export interface Listening extends WebhookTokenPlace {
  readonly state: SubscriptionState;
  /** The verification token; null while there is none. */
  readonly token: SealedVerification | null;
  /** Notion's id of the workspace whose events may come here. */
  readonly notionWorkspaceId: string;
  /** Names of the workspace's connections at Notion: client ids and bot ids, canonical. */
  readonly integrationIds: readonly string[];
  readonly handshakeUntil: Date;
  /** The database's clock, at this look (rule 24). */
  readonly seenAt: Date;
}

export interface SealedVerification {
  readonly sealed: string;
  readonly kid: string;
}

/** An event that has been dealt with. */
export interface TakenEvent {
  readonly eventId: string;
  /** It shows that Notion accepted the token from the admin who was shown it. */
  readonly confirms: boolean;
  /** Set for an event of a type that nothing here understands. */
  readonly unknownType: string | null;
  readonly entity: { readonly kind: string; readonly id: string } | null;
}

/** What deliveries need of the store. */
export interface ListeningStore {
  /** The subscription behind an address; null for an address that nobody has. */
  find(address: string): Promise<Listening | null>;
  /** Keeps the token of the first handshake, while the subscription still waits for one. False: it does not any more. */
  offer(place: WebhookTokenPlace, token: SealedVerification): Promise<boolean>;
  /** Ends all belief in a subscription that is not confirmed yet, and drops its token. False: somebody was faster. */
  contest(place: WebhookTokenPlace): Promise<boolean>;
  /** Whether this event has been dealt with. Events are remembered for longer than they are accepted. */
  knows(workspaceId: WorkspaceId, subscriptionId: SubscriptionId, eventId: string): Promise<boolean>;
  /** Remembers an event and what it confirms, in one commit. Keeps a bounded number of unknown ones. */
  remember(place: WebhookTokenPlace, event: TakenEvent): Promise<void>;
}

/** What deliveries need of the vault. */
export interface WebhookVault {
  seal(place: WebhookTokenPlace, token: Secret): Promise<SealedVerification>;
  open(place: WebhookTokenPlace, token: SealedVerification): Promise<Secret>;
}
