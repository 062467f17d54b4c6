import { createReceive } from '../connect/webhooks/receive.ts';
import { createSubscriptionCommands } from '../connect/webhooks/subscriptions.ts';
import type { RecordEvent } from '../domain/event.ts';
import { createWebhookRoutes } from '../doors/api/webhook-routes.ts';
import type { Database } from '../store/database.ts';
import type { EventEntries } from '../store/event-entries.ts';
import type { Schema } from '../store/schema.ts';
import { createListeningStore } from '../store/webhook-listening.ts';
import { createSubscriptionStore } from '../store/webhook-subscriptions.ts';
import type { DeriveKey } from '../vault/derive-key.ts';
import { createWebhookSeal } from '../vault/webhook-seal.ts';
import type { WorkspaceKeys } from '../vault/workspace-keys.ts';

/** Hearing from Notion: what the webhook door hands deliveries to, and how admins set addresses up. */
export function openWebhooks(parts: {
  database: Database<Schema>;
  workspaceKeys: WorkspaceKeys;
  deriveKey: DeriveKey;
  entries: EventEntries;
  recordEvent: RecordEvent;
  countEvent: RecordEvent;
  publicUrl: string;
}) {
  const { database, entries, recordEvent, countEvent, publicUrl } = parts;
  const vault = createWebhookSeal(parts.workspaceKeys, parts.deriveKey);
  const commands = createSubscriptionCommands({ store: createSubscriptionStore(database), vault });
  return {
    receive: createReceive({ store: createListeningStore(database, entries), vault, recordEvent, countEvent }),
    routes: createWebhookRoutes({ commands, record: recordEvent, publicUrl }),
  };
}
