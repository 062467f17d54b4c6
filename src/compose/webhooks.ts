import { createReceive } from '../connect/webhooks/receive.ts';
import { createSubscriptionCommands } from '../connect/webhooks/subscriptions.ts';
import type { RecordEvent } from '../domain/event.ts';
import { createWebhookRoutes } from '../doors/api/webhook-routes.ts';
import type { Database } from '../store/database.ts';
import { createPageChanges } from '../store/page-changes.ts';
import type { Schema } from '../store/schema.ts';
import { createListeningStore } from '../store/webhook-listening.ts';
import { createSubscriptionStore } from '../store/webhook-subscriptions.ts';
import { createWebhookSeal } from '../vault/webhook-seal.ts';
import type { WorkspaceKeys } from '../vault/workspace-keys.ts';

/** Hearing from Notion: what the webhook door hands deliveries to, and how admins set addresses up. */
export function openWebhooks(parts: {
  database: Database<Schema>;
  workspaceKeys: WorkspaceKeys;
  recordEvent: RecordEvent;
  publicUrl: string;
}) {
  const { database, recordEvent, publicUrl } = parts;
  const vault = createWebhookSeal(parts.workspaceKeys);
  const changes = createPageChanges(database);
  const commands = createSubscriptionCommands({ store: createSubscriptionStore(database), vault });
  return {
    receive: createReceive({ store: createListeningStore(database), vault, changes, recordEvent }),
    routes: createWebhookRoutes({ commands, record: recordEvent, publicUrl }),
  };
}
