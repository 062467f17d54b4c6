import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { newId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/domain/secret.ts';
import { UnopenableError } from '../../src/domain/unopenable-error.ts';
import type { WebhookTokenPlace } from '../../src/domain/webhook.ts';
import { openDeploymentSecret } from '../../src/vault/deployment-secret.ts';
import { deriveKeysFrom } from '../../src/vault/derive-key.ts';
import { promoteRootKey, rewrapUnderRoot, stageRootKey } from '../../src/vault/rotation/rotate-root-key.ts';
import { createWebhookSeal } from '../../src/vault/webhook-seal.ts';
import { aWorkspace } from '../store/rows.ts';
import { type Custody, openCustody, openVault, type Vault } from '../vault/a-custody.ts';

describe('the verification token of a webhook subscription', () => {
  let custody: Custody;
  let vault: Vault;
  beforeEach(async () => {
    custody = await openCustody();
    vault = await openVault(custody, [await custody.file('old.key'), await custody.file('new.key')]);
  });
  afterEach(() => custody.close());

  const token = new Secret('secret_abcdefghijklmnop');
  const sealOf = async ({ root, keys }: Vault) =>
    createWebhookSeal(keys, await openDeploymentSecret(root, custody.secret));
  const deployments = (): WebhookTokenPlace => ({ owner: null, subscriptionId: newId('whs'), generation: 1 });

  it('of the deployment outlives the root key that it was made under', async () => {
    const place = deployments();
    const sealed = await (await sealOf(vault)).seal(place, token);
    await stageRootKey(custody.changes, await custody.file('new.key'));
    await promoteRootKey(custody.changes);
    const { root } = await openVault(custody, [await custody.file('old.key'), await custody.file('new.key')]);
    assert.deepEqual(await rewrapUnderRoot({ ...custody, root }), { rewrapped: 1, unopenable: [] });
    const later = await openVault(custody, [await custody.file('new.key')]);
    assert.equal((await (await sealOf(later)).open(place, sealed)).reveal(), token.reveal());
  });

  it('of the deployment is under no key of a workspace, so rotating and verifying those passes it over', async () => {
    const place = deployments();
    const sealed = await (await sealOf(vault)).seal(place, token);
    await custody.database.system
      .insertInto('webhook_subscription')
      .values({
        id: place.subscriptionId,
        workspace_id: null,
        address: 'somewhere',
        state: 'offered',
        created_by: null,
        handshake_until: new Date(),
        ...sealed,
      })
      .execute();
    for (const table of custody.tables) {
      assert.deepEqual(await table.all(null, 10), [], table.name);
      assert.equal(await table.countStale(), 0, table.name);
    }
  });

  it('opens in its own place alone', async () => {
    const seal = await sealOf(vault);
    const [acme, other] = [await aWorkspace(custody.database), await aWorkspace(custody.database)];
    const places = [deployments(), { ...deployments(), owner: acme }];
    for (const place of places) {
      const sealed = await seal.seal(place, token);
      assert.ok(!JSON.stringify(sealed).includes(token.reveal()));
      assert.equal((await seal.open(place, sealed)).reveal(), token.reveal());
      const elsewhere: WebhookTokenPlace[] = [
        { ...place, subscriptionId: newId('whs') },
        { ...place, generation: 2 },
        { ...place, owner: place.owner === null ? acme : null },
        { ...place, owner: other },
      ];
      for (const wrong of elsewhere) await assert.rejects(seal.open(wrong, sealed), UnopenableError);
    }
  });

  it('of another deployment does not open', async () => {
    const place = deployments();
    const sealed = await (await sealOf(vault)).seal(place, token);
    const stranger = createWebhookSeal(vault.keys, deriveKeysFrom(randomBytes(64)));
    await assert.rejects(stranger.open(place, sealed), UnopenableError);
  });
});
