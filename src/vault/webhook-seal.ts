import { Secret } from '../domain/secret.ts';
import type { WebhookTokenPlace } from '../domain/webhook.ts';
import { type Binding, openValue, sealValue } from './sealed-value.ts';
import type { WorkspaceKeys } from './workspace-keys.ts';

/** Seals the verification tokens of webhook subscriptions into their place, under the workspace's key. */
export function createWebhookSeal(keys: Pick<WorkspaceKeys, 'active' | 'use'>) {
  return {
    async seal(place: WebhookTokenPlace, token: Secret): Promise<{ sealed: string; kid: string }> {
      const { workspaceId } = place;
      const { kid } = await keys.active(workspaceId);
      const text = Buffer.from(token.reveal());
      return { sealed: await keys.use(workspaceId, kid, key => sealValue(key, bindingOf(place), text)), kid };
    },
    /** Throws `UnopenableError` unless it was sealed for exactly this place, under a key that still exists. */
    async open(place: WebhookTokenPlace, { sealed, kid }: { sealed: string; kid: string }): Promise<Secret> {
      const opened = await keys.use(place.workspaceId, kid, key => openValue(key, bindingOf(place), sealed));
      return new Secret(Buffer.from(opened).toString());
    },
  };
}

function bindingOf({ workspaceId, subscriptionId, generation }: WebhookTokenPlace): Binding {
  return { workspace: workspaceId, webhook: subscriptionId, field: 'verification_token', generation };
}
