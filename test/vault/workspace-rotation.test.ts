import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { newId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/domain/secret.ts';
import { dayMs } from '../../src/domain/units.ts';
import { UnopenableError } from '../../src/domain/unopenable-error.ts';
import { deriveKeysFrom } from '../../src/vault/derive-key.ts';
import { retireKeys } from '../../src/vault/rotation/retire.ts';
import { rotateWorkspaceKeys } from '../../src/vault/rotation/rotate-workspace-keys.ts';
import { verifyKeys } from '../../src/vault/rotation/verify-keys.ts';
import { createWebhookSeal } from '../../src/vault/webhook-seal.ts';
import {
  aConnection,
  type Custody,
  openCustody,
  openTokens,
  openVault,
  type Sealed,
  storedTokens,
  type Vault,
} from './a-custody.ts';

describe('rotating workspace keys', () => {
  let custody: Custody;
  let vault: Vault;
  beforeEach(async () => {
    custody = await openCustody();
    vault = await openVault(custody, [await custody.file('root.key')]);
  });
  afterEach(() => custody.close());

  const rotate = (workspaceId: Sealed['workspaceId'] | null = null) =>
    rotateWorkspaceKeys({ ...custody, keys: vault.keys }, workspaceId);
  const verify = () => verifyKeys({ ...custody, keys: vault.keys });
  const versions = async ({ workspaceId }: Sealed) => {
    const query = custody.database.system.selectFrom('workspace_key').select(['version', 'state', 'kid']);
    return query.where('workspace_id', '=', workspaceId).orderBy('version').execute();
  };

  it('seals both tokens of every connection anew, value and key name together', async () => {
    const places = [await aConnection(custody, vault), await aConnection(custody, vault)];
    const before = await Promise.all(places.map(place => storedTokens(custody.database, place)));
    const { keys, values, unopenable } = await rotate();
    assert.deepEqual({ keys, values, unopenable }, { keys: 2, values: 4, unopenable: [] });
    for (const [index, place] of places.entries()) {
      const [old, current] = await versions(place);
      assert.deepEqual([old?.state, current?.state], ['decrypt_only', 'active']);
      for (const [at, token] of (await storedTokens(custody.database, place)).entries()) {
        assert.equal(token.kid, current?.kid);
        assert.notEqual(token.sealed, before[index]?.[at]?.sealed);
      }
      assert.deepEqual(await openTokens(custody, vault, place), [
        `ntn_${place.connectionId}`,
        `nrt_${place.connectionId}`,
      ]);
    }
  });

  it('does one workspace alone when asked to', async () => {
    const [one, other] = [await aConnection(custody, vault), await aConnection(custody, vault)];
    await rotate(one.workspaceId);
    assert.equal((await versions(one)).length, 2);
    assert.equal((await versions(other)).length, 1);
  });

  it('seals the token of a webhook anew like any other', async () => {
    const { workspaceId } = await aConnection(custody, vault);
    const webhooks = createWebhookSeal(vault.keys, deriveKeysFrom(randomBytes(64)));
    const place = { owner: workspaceId, subscriptionId: newId('whs'), generation: 2 };
    const sealed = await webhooks.seal(place, new Secret('secret_webhook'));
    await custody.database.inWorkspace(workspaceId, tx =>
      tx
        .insertInto('webhook_subscription')
        .values({
          id: place.subscriptionId,
          workspace_id: workspaceId,
          address: randomBytes(32).toString('base64url'),
          state: 'offered',
          generation: 2,
          created_by: custody.userId,
          handshake_until: new Date(),
          ...sealed,
        })
        .execute(),
    );
    assert.equal((await rotate()).values, 3);
    const query = custody.database.system.selectFrom('webhook_subscription').select(['sealed', 'kid']);
    const { sealed: after, kid } = await query.executeTakeFirstOrThrow();
    assert.ok(after !== null && kid !== null && kid !== sealed.kid);
    assert.equal((await webhooks.open(place, { sealed: after, kid })).reveal(), 'secret_webhook');
  });

  it('lets two operators rotate at once, without losing or sealing anything twice', async () => {
    const places = await Promise.all(Array.from({ length: 5 }, () => aConnection(custody, vault)));
    const other = await openVault(custody, [await custody.file('root.key')]);
    const results = await Promise.all([
      rotate(),
      rotateWorkspaceKeys({ ...custody, keys: other.keys, batchSize: 1 }, null),
    ]);
    const sum = (field: 'keys' | 'values') => results.reduce((total, result) => total + result[field], 0);
    assert.deepEqual(
      results.map(({ unopenable }) => unopenable.length),
      [0, 0],
    );
    // A process that begins a moment later may begin a rotation of its own: then every workspace has one more version.
    const versionsOf = await Promise.all(places.map(async place => (await versions(place)).length));
    assert.equal(
      sum('keys'),
      versionsOf.reduce((total, count) => total + count - 1, 0),
    );
    for (const place of places) {
      assert.deepEqual(await openTokens(custody, vault, place), [
        `ntn_${place.connectionId}`,
        `nrt_${place.connectionId}`,
      ]);
      assert.equal((await versions(place)).filter(({ state }) => state === 'active').length, 1);
    }
    await retireKeys(custody.endings, 0);
    assert.deepEqual(
      await verify().then(({ opened, unopenable, underEndedKeys }) => [opened, unopenable.length, underEndedKeys]),
      [10, 0, 0],
    );
  });

  it('waits for a row that somebody is working on, even beside one that never opens', async () => {
    const [busy, broken] = [await aConnection(custody, vault), await aConnection(custody, vault)];
    const { system } = custody.database;
    const spoiled = system.updateTable('connection_secret').set({ sealed: 'spoiled' });
    await spoiled.where('connection_id', '=', broken.connectionId).execute();
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const { promise: locked, resolve: isLocked } = Promise.withResolvers<void>();
    const holding = system.transaction().execute(async tx => {
      await tx.selectFrom('connection').select('id').where('id', '=', busy.connectionId).forUpdate().execute();
      isLocked();
      await held;
    });
    await locked;
    let passes = 0;
    const rotating = rotateWorkspaceKeys(
      {
        ...custody,
        keys: vault.keys,
        atMoment(moment) {
          if (moment !== 'batch read') return;
          passes += 1;
          if (passes === 3) letGo();
        },
      },
      null,
    );
    const { values, unopenable } = await rotating;
    await holding;
    assert.deepEqual([values, unopenable.length], [2, 2]);
    assert.ok(passes >= 3);
  });

  it('keeps a superseded key for a while, and then destroys it', async () => {
    const place = await aConnection(custody, vault);
    await rotate();
    assert.equal((await retireKeys(custody.endings, dayMs)).destroyedKeys, 0);
    assert.equal((await retireKeys(custody.endings, 0)).destroyedKeys, 1);
    assert.deepEqual(
      (await versions(place)).map(({ state }) => state),
      ['destroyed', 'active'],
    );
    assert.equal((await verify()).underEndedKeys, 0);
  });

  it('keeps a key under which new tokens may lie in a spool: of a refresh whose end nobody knows', async () => {
    const place = await aConnection(custody, vault);
    const { connectionId } = place;
    const set = (status: 'refreshing' | 'suspect' | 'active') =>
      custody.database.system.updateTable('connection').set({ status }).where('id', '=', connectionId).execute();
    await rotate();
    for (const status of ['refreshing', 'suspect'] as const) {
      await set(status);
      assert.equal((await retireKeys(custody.endings, 0)).destroyedKeys, 0, status);
    }
    await set('active');
    assert.equal((await retireKeys(custody.endings, 0)).destroyedKeys, 1);
  });

  it('ends where a workspace has no key to seal under: an old one was put back, and the active one was not', {
    timeout: 10_000,
  }, async () => {
    const place = await aConnection(custody, vault);
    const { system } = custody.database;
    const superseded = { state: 'decrypt_only', superseded_at: new Date() } as const;
    await system.updateTable('workspace_key').set(superseded).where('workspace_id', '=', place.workspaceId).execute();
    assert.deepEqual((await rotate()).values, 0);
    assert.equal((await openTokens(custody, vault, place)).length, 2);
  });

  it('lets nothing be sealed under a destroyed key, and destroys none under which something is sealed', async () => {
    const place = await aConnection(custody, vault);
    const [token] = await storedTokens(custody.database, place);
    assert.ok(token !== undefined);
    await rotate();
    const row = { workspace_id: place.workspaceId, connection_id: place.connectionId, ...token, generation: 7 };
    const insert = () => custody.database.system.insertInto('connection_secret').values(row).execute();
    await insert();
    assert.equal((await retireKeys(custody.endings, 0)).destroyedKeys, 0);
    await custody.database.system.deleteFrom('connection_secret').where('generation', '=', 7).execute();
    assert.equal((await retireKeys(custody.endings, 0)).destroyedKeys, 1);
    await assert.rejects(insert(), /is destroyed/);
  });

  it('leaves what does not open as it is, names it, and keeps its key', async () => {
    const place = await aConnection(custody, vault);
    const broken = { sealed: `${(await storedTokens(custody.database, place))[0]?.sealed.slice(0, -1)}!` };
    const query = custody.database.system.updateTable('connection_secret').set(broken);
    await query.where('field', '=', 'access_token').execute();
    const { values, unopenable } = await rotate();
    assert.equal(values, 1);
    assert.deepEqual(
      unopenable.map(({ row }) => row.key.field),
      ['access_token'],
    );
    assert.equal((await storedTokens(custody.database, place))[0]?.sealed, broken.sealed);
    assert.equal((await retireKeys(custody.endings, 0)).destroyedKeys, 0);
    assert.deepEqual(
      (await verify()).unopenable.map(({ row }) => row.key.field),
      ['access_token'],
    );
  });

  it('makes every secret of a workspace unreadable by destroying its key, and nobody else’s', async () => {
    const [one, other] = [await aConnection(custody, vault), await aConnection(custody, vault)];
    assert.equal(await custody.endings.destroyWorkspace(one.workspaceId), 1);
    const elsewhere = await openVault(custody, [await custody.file('root.key')]);
    await assert.rejects(openTokens(custody, elsewhere, one), UnopenableError);
    assert.equal((await openTokens(custody, elsewhere, other)).length, 2);
  });
});
