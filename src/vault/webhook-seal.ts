import { Secret } from '../domain/secret.ts';
import type { WebhookTokenPlace } from '../domain/webhook.ts';
import type { DeriveKey } from './derive-key.ts';
import { type Binding, openValue, type SealingKey, sealingKeyBytes, sealValue } from './sealed-value.ts';
import { ignoreUndecryptable, telling } from './undecryptable.ts';
import type { WorkspaceKeys } from './workspace-keys.ts';

/**
 * Seals the verification tokens of webhook subscriptions into their place: a workspace's under its key, the
 * deployment's under a separate key.
 */
export function createWebhookSeal(
  keys: Pick<WorkspaceKeys, 'active' | 'use'>,
  deriveKey: DeriveKey,
  onUndecryptable = ignoreUndecryptable,
) {
  // The key for values of no workspace. It derives from the deployment secret, which stays the same when a new root key
  // wraps it.
  const deploymentKey: SealingKey = { kid: 'deployment', bytes: deriveKey('webhook tokens', sealingKeyBytes) };
  const withKey = <T>({ owner }: WebhookTokenPlace, kid: string, work: (key: SealingKey) => Promise<T>): Promise<T> =>
    owner === null ? work(deploymentKey) : keys.use(owner, kid, work);

  return {
    async seal(place: WebhookTokenPlace, token: Secret): Promise<{ sealed: string; kid: string }> {
      const kid = place.owner === null ? deploymentKey.kid : (await keys.active(place.owner)).kid;
      const plaintext = Buffer.from(token.reveal());
      return { sealed: await withKey(place, kid, key => sealValue(key, bindingOf(place), plaintext)), kid };
    },
    /** Throws `UnopenableError` unless it was sealed for exactly this place, under a key that still exists. */
    async open(place: WebhookTokenPlace, { sealed, kid }: { sealed: string; kid: string }): Promise<Secret> {
      const binding = bindingOf(place);
      const opening = withKey(place, kid, key => openValue(key, binding, sealed));
      const opened = await telling(onUndecryptable, { kid, binding }, opening);
      return new Secret(Buffer.from(opened).toString());
    },
  };
}

function bindingOf({ owner, subscriptionId, generation }: WebhookTokenPlace): Binding {
  return { workspace: owner ?? 'deployment', webhook: subscriptionId, field: 'verification_token', generation };
}
