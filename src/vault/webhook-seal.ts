import { Secret } from '../domain/secret.ts';
import type { WebhookTokenPlace } from '../domain/webhook.ts';
import { type Binding, openValue, sealValue } from './sealed-value.ts';
import type { WorkspaceKeys } from './workspace-keys.ts';

/** Seals the verification tokens of webhook subscriptions into their place, under the workspace's key. */
export function createWebhookSeal(keys: Pick<WorkspaceKeys, 'active' | 'open' | 'byKid'>) {
  return {
    async seal(place: WebhookTokenPlace, token: Secret): Promise<{ sealed: string; kid: string }> {
      const key = await keys.open(await keys.active(place.workspaceId));
      const sealed = await sealValue(key, bindingOf(place), Buffer.from(token.reveal()));
      return { sealed, kid: key.kid };
    },
    /** Throws `UnopenableError` unless it was sealed for exactly this place, under a key that still exists. */
    async open(place: WebhookTokenPlace, { sealed, kid }: { sealed: string; kid: string }): Promise<Secret> {
      const key = await keys.byKid(place.workspaceId, kid);
      return new Secret(Buffer.from(await openValue(key, bindingOf(place), sealed)).toString());
    },
  };
}

function bindingOf({ workspaceId, subscriptionId, generation }: WebhookTokenPlace): Binding {
  return { workspace: workspaceId, webhook: subscriptionId, field: 'verification_token', generation };
}
