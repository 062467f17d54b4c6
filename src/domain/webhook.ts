import type { SubscriptionId, WorkspaceId } from './ids.ts';

/**
 * Whose a webhook subscription is: a workspace's, or (null) the deployment's. At Notion it belongs to an integration. That
 * of an internal integration tells of one workspace; that of a public one tells of all in which it is installed.
 */
export type WebhookOwner = WorkspaceId | null;

/**
 * How far a webhook subscription has come.
 *
 * waiting: for Notion's handshake. offered: a token came in a handshake, and no admin has it yet. shown: an admin has it,
 * to paste it at Notion. confirmed: an event came that is signed with it. contested: somebody else knew the address, so
 * nothing that comes there is believed until an admin gives it another one.
 */
export type SubscriptionState = 'waiting' | 'offered' | 'shown' | 'confirmed' | 'contested';

/** Where a sealed verification token belongs. It opens nowhere else. */
export interface WebhookTokenPlace {
  readonly owner: WebhookOwner;
  readonly subscriptionId: SubscriptionId;
  /** Counts the addresses that the subscription has had. */
  readonly generation: number;
}

/** A subscription as admins see it: without its token. */
export interface SubscriptionSummary {
  readonly id: SubscriptionId;
  readonly state: SubscriptionState;
  /** The last part of its URL. */
  readonly address: string;
  readonly handshakeUntil: Date;
  readonly createdAt: Date;
  readonly confirmedAt: Date | null;
  readonly lastEventAt: Date | null;
  /** Events of types that nothing here understands, among those that are still kept. */
  readonly keptAside: number;
}

/** An event of a type that nothing here understands. It is kept aside, without its content. */
export interface KeptAside {
  readonly eventId: string;
  readonly type: string;
  /** Null also for the deployment's subscriptions: what lies in a workspace is nobody's business outside of it. */
  readonly entity: { readonly kind: string; readonly id: string } | null;
  readonly receivedAt: Date;
}

/** A subscription as admins are shown it: with the whole URL that Notion is given. */
export function withUrl({ address, ...summary }: SubscriptionSummary, publicUrl: string) {
  return { ...summary, url: `${publicUrl}/webhooks/notion/${address}` };
}
