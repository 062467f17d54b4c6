import type { BaseWebhookPayload } from '@notionhq/client';

/** A webhook subscription as Notion's developer portal makes it: there is no API for it, so the control API stands in. */
export interface Subscription {
  readonly id: string;
  readonly url: string;
  /** Whose events: those of a public connection, or of one internal connection. */
  readonly owner: { readonly clientId: string } | { readonly botId: string };
  events: readonly string[];
  readonly apiVersion: BaseWebhookPayload['api_version'];
  /** Sent once in the handshake; signs every delivery. */
  readonly verificationToken: string;
  active: boolean;
}

/** One event on its way to one subscription. */
export interface Delivery {
  readonly id: string;
  readonly subscriptionId: string;
  readonly type: string;
  readonly entityId: string;
  payload: Omit<BaseWebhookPayload, 'attempt_number'> & { type: string; entity: unknown; data?: unknown };
  attempts: number;
  /** Milliseconds since the epoch; the next attempt is not made before. */
  dueAt: number;
  state: 'waiting' | 'sending' | 'delivered' | 'given_up';
  lastStatus: number | null;
}

export const EVENTS = [
  'page.created',
  'page.content_updated',
  'page.properties_updated',
  'page.moved',
  'page.deleted',
  'page.undeleted',
  'page.locked',
  'page.unlocked',
  'database.created',
  'database.moved',
  'database.deleted',
  'database.undeleted',
  'data_source.created',
  'data_source.content_updated',
  'data_source.schema_updated',
  'data_source.moved',
  'data_source.deleted',
  'data_source.undeleted',
  'comment.created',
  'comment.updated',
  'comment.deleted',
  'view.created',
  'view.updated',
  'view.deleted',
  'file_upload.created',
  'file_upload.completed',
  'file_upload.expired',
] as const;

/** Sent one by one; every other event waits a little, so that several edits of one thing become one delivery. */
export const NOT_AGGREGATED = new Set<string>([
  'page.locked',
  'page.unlocked',
  'comment.created',
  'comment.updated',
  'comment.deleted',
]);

const MINUTE_MS = 60_000;
/** Pauses after the first to the seventh failure: the eighth and last attempt comes some 24 hours after the event. */
export const RETRY_PAUSES_MS = [1, 5, 15, 45, 120, 360, 900].map(minutes => minutes * MINUTE_MS);
