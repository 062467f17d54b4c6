import { compilePolicy } from '../authorize/compile-policy.ts';
import type { WebhooksConfig } from '../config/config.ts';
import type { RecordEvent } from '../domain/event.ts';
import type { EventName } from '../domain/event-names.ts';
import type { SubscriptionId } from '../domain/ids.ts';
import { type SubscriptionSummary, withUrl } from '../domain/webhook.ts';
import { openOperatorDatabase } from '../operator/operator-database.ts';
import { createStores } from '../store/stores.ts';
import type { DeriveKey } from '../vault/derive-key.ts';
import type { OnUndecryptable } from '../vault/undecryptable.ts';
import { createWebhookSeal } from '../vault/webhook-seal.ts';
import { createWorkspaceKeys, type WorkspaceKeys } from '../vault/workspace-keys.ts';
import type { ListeningStore } from '../webhooks/listening.ts';
import { createReceive } from '../webhooks/receive.ts';
import { createSubscriptionCommands, type SubscriptionStore } from '../webhooks/subscriptions.ts';
import { openRootKeys } from './root-keys.ts';

/** Hearing from Notion: what the webhook door hands deliveries to, and how admins set addresses up. */
export function openWebhooks(parts: {
  subscriptions: SubscriptionStore;
  listening: ListeningStore;
  workspaceKeys: WorkspaceKeys;
  deriveKey: DeriveKey;
  recordEvent: RecordEvent;
  countEvent: RecordEvent;
  publicUrl: string;
  onUndecryptable?: OnUndecryptable;
}) {
  const { subscriptions, listening, recordEvent, countEvent, publicUrl } = parts;
  const vault = createWebhookSeal(parts.workspaceKeys, parts.deriveKey, parts.onUndecryptable);
  const commands = createSubscriptionCommands({ store: subscriptions, vault });
  return {
    receive: createReceive({ store: listening, vault, countEvent }),
    admin: { commands, record: recordEvent, publicUrl },
  };
}

/**
 * What operators do with the deployment's subscriptions, while gateways run: API keys have no rights above a workspace.
 * Every change is logged. Throws StoreError, RootKeyError, and what the commands throw.
 */
export async function openWebhookTasks(config: WebhooksConfig, warn: (message: string) => void) {
  const { database, recordEvent, operator, close } = await openOperatorDatabase(config.database, warn);
  const stores = createStores(database, { compile: compilePolicy });
  const { root, deriveKey } = await openRootKeys(config, stores).catch(async error => {
    await close();
    throw error;
  });
  const keys = createWorkspaceKeys({ root, store: stores.wrappedKeys });
  const vault = createWebhookSeal(keys, deriveKey);
  const commands = createSubscriptionCommands({ store: stores.subscriptions, vault });
  const view = (summary: SubscriptionSummary) => withUrl(summary, config.publicUrl);
  const owner = null;
  const note = (name: EventName, id: SubscriptionId) =>
    recordEvent({
      name,
      workspaceId: owner,
      principalId: null,
      result: 'success',
      detail: { subscription: id, by: operator },
    });

  return {
    list: async () => (await commands.list(owner)).map(view),
    async add() {
      const made = await commands.create(owner, null);
      await note('webhook.created', made.id);
      return view(made);
    },
    async token(id: SubscriptionId): Promise<string> {
      const token = await commands.takeToken({ owner, id });
      await note('webhook.token_shown', id);
      return token.reveal();
    },
    async reset(id: SubscriptionId) {
      const renewed = await commands.reset({ owner, id });
      await note('webhook.reset', id);
      return view(renewed);
    },
    async remove(id: SubscriptionId): Promise<void> {
      await commands.remove({ owner, id });
      await note('webhook.removed', id);
    },
    keptAside: (id: SubscriptionId) => commands.keptAside({ owner, id }),
    close,
  };
}
