import type { SubscriptionId, WorkspaceId } from './ids.ts';

/**
 * The owner of a webhook subscription: a workspace, or (null) the deployment. At Notion a subscription belongs to an
 * integration. An internal integration sends the events of one workspace; a public one sends those of all workspaces in
 * which it is installed.
 */
export type WebhookOwner = WorkspaceId | null;

/**
 * How far a webhook subscription has come.
 *
 * waiting: for Notion's handshake. offered: a handshake brought a token, and no admin has seen it yet. shown: an admin
 * has it, to paste it at Notion. confirmed: an event came that is signed with it. contested: a sender other than Notion
 * knew the address. Nothing that comes there is trusted until an admin gives the subscription another address.
 */
export type SubscriptionState = 'waiting' | 'offered' | 'shown' | 'confirmed' | 'contested';

/** The place that a sealed verification token is bound to. It cannot be opened as the token of another place. */
export interface WebhookTokenPlace {
  readonly owner: WebhookOwner;
  readonly subscriptionId: SubscriptionId;
  /** Counts the addresses of this subscription. */
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
  /** The number of kept events with a type that Portcullis does not understand. */
  readonly keptAside: number;
}

/** An event with a type that Portcullis does not understand. It is kept aside, without its content. */
export interface KeptAside {
  readonly eventId: string;
  readonly type: string;
  /** Also null for the deployment's subscriptions: what is in a workspace must not be seen outside of it. */
  readonly entity: { readonly kind: string; readonly id: string } | null;
  readonly receivedAt: Date;
}

/** A subscription as admins are shown it: with the whole URL that Notion is given. */
export function withUrl({ address, ...summary }: SubscriptionSummary, publicUrl: string) {
  return { ...summary, url: `${publicUrl}/webhooks/notion/${address}` };
}

/** An object in Notion that has a place in the tree. The id is canonical. */
export interface PlacedObject {
  readonly kind: 'page' | 'database' | 'data_source';
  readonly id: string;
}
