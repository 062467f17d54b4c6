import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { newId } from '../../src/domain/ids.ts';
import { RootKeyError } from '../../src/domain/root-key-error.ts';
import { Secret } from '../../src/domain/secret.ts';
import { dayMs, hourMs, minuteMs } from '../../src/domain/units.ts';
import { UnopenableError } from '../../src/domain/unopenable-error.ts';
import { createInstances } from '../../src/store/instances.ts';
import { createWrappedKeys } from '../../src/store/wrapped-keys.ts';
import { openDeploymentSecret } from '../../src/vault/deployment-secret.ts';
import { openVaultTransit } from '../../src/vault/root/vault-transit.ts';
import { retireKeys } from '../../src/vault/rotation/retire.ts';
import { promoteRootKey, rewrapUnderRoot, stageRootKey } from '../../src/vault/rotation/rotate-root-key.ts';
import { createWorkspaceKeys, wrappingContext } from '../../src/vault/workspace-keys.ts';
import { aConnection, type Custody, openCustody, openTokens, openVault, type Sealed, type Vault } from './a-custody.ts';
import { startVaultTransit, vaultToken } from './fakes/vault-transit.ts';

describe('exchanging the root key', () => {
  let custody: Custody;
  let vault: Vault;
  let place: Sealed;
  beforeEach(async () => {
    custody = await openCustody();
    vault = await openVault(custody, [await custody.file('old.key'), await custody.file('new.key')]);
    place = await aConnection(custody, vault);
  });
  afterEach(() => custody.close());

  const stage = async () => stageRootKey(custody.changes, await custody.file('new.key'));
  const rewrap = () => rewrapUnderRoot({ ...custody, root: vault.root });
  const isOtherKey = (error: unknown) => error instanceof RootKeyError && error.code === 'other_key';
  async function anInstance() {
    const id = newId('ins');
    await createInstances(custody.database).register(id, minuteMs);
    return id;
  }

  it('goes from stage to retire, and afterwards the old key is not needed', async () => {
    const deriveKey = await openDeploymentSecret(vault.root, custody.secret);
    const instance = await anInstance();
    assert.equal(await stage(), 'staged');
    assert.equal(await stage(), 'already_staged');
    await vault.root.refresh(instance);
    assert.equal((await promoteRootKey(custody.changes)).kind, 'promoted');
    await vault.root.refresh(instance);
    assert.equal(vault.root.kid, (await custody.file('new.key')).kid);
    assert.deepEqual(await rewrap(), { rewrapped: 2, unopenable: [] });
    assert.deepEqual(await rewrap(), { rewrapped: 0, unopenable: [] });
    assert.deepEqual((await retireKeys(custody.endings, dayMs)).retiredRoots, []);
    assert.deepEqual((await retireKeys(custody.endings, 0)).retiredRoots, [(await custody.file('old.key')).kid]);
    const later = await openVault(custody, [await custody.file('new.key')]);
    assert.equal((await openTokens(custody, later, place)).length, 2);
    assert.deepEqual((await openDeploymentSecret(later.root, custody.secret))('a'), deriveKey('a'));
    await assert.rejects(openVault(custody, [await custody.file('old.key')]), isOtherKey);
  });

  it('promotes nothing before every running instance has proved that it has the key', async () => {
    const [ready, unready] = [await anInstance(), await anInstance()];
    await stage();
    await vault.root.refresh(ready);
    const old = await openVault(custody, [await custody.file('old.key')]);
    await old.root.refresh(unready);
    assert.deepEqual(await promoteRootKey(custody.changes), { kind: 'unproven', instances: [unready] });
    assert.equal(vault.root.kid, (await custody.file('old.key')).kid);
    await createInstances(custody.database).release(unready);
    assert.equal((await promoteRootKey(custody.changes)).kind, 'promoted');
  });

  it('begins no second exchange before the first is over', async () => {
    await stage();
    assert.equal(await stageRootKey(custody.changes, await custody.file('third.key')), 'unfinished');
    await promoteRootKey(custody.changes);
    assert.equal(await stageRootKey(custody.changes, await custody.file('third.key')), 'unfinished');
    assert.equal((await promoteRootKey(custody.changes)).kind, 'nothing_staged');
  });

  it('takes a staged key back', async () => {
    await stage();
    assert.equal(await custody.changes.withdraw(), true);
    assert.equal(await custody.changes.withdraw(), false);
    assert.equal((await promoteRootKey(custody.changes)).kind, 'nothing_staged');
  });

  it('takes an exchange back that is half done, by exchanging again: old key, no value lost', async () => {
    const others = [await aConnection(custody, vault), await aConnection(custody, vault)];
    const [old, fresh] = [await custody.file('old.key'), await custody.file('new.key')];
    await stage();
    await promoteRootKey(custody.changes);
    await vault.root.refresh(null);
    const [key] = await custody.changes.underOthers(fresh.kid, null, 1);
    assert.ok(key !== undefined);
    const bytes = await vault.root.unwrap(key.wrapped, wrappingContext(key), key.rootKid);
    const wrapped = await vault.root.wrap(bytes, wrappingContext(key));
    assert.ok(await custody.changes.rewrapKey(key, { wrapped, rootKid: fresh.kid }), 'half of it is done');

    assert.equal(await stageRootKey(custody.changes, old), 'staged');
    assert.equal(await stageRootKey(custody.changes, await custody.file('third.key')), 'unfinished');
    assert.equal((await promoteRootKey(custody.changes)).kind, 'promoted');
    await vault.root.refresh(null);
    assert.equal(vault.root.kid, old.kid);
    assert.equal((await rewrap()).rewrapped, 1);
    assert.deepEqual((await retireKeys(custody.endings, 0)).retiredRoots, [fresh.kid]);
    const later = await openVault(custody, [old]);
    for (const each of [place, ...others]) assert.equal((await openTokens(custody, later, each)).length, 2);
  });

  it('does not forget a key that was staged again and withdrawn while it still wraps something', async () => {
    const old = await custody.file('old.key');
    await stage();
    await promoteRootKey(custody.changes);
    await stageRootKey(custody.changes, old);
    assert.equal(await custody.changes.withdraw(), true);
    const states = (await custody.changes.all()).map(({ kid, state }) => [kid, state]);
    assert.deepEqual(new Map(states as [string, string][]).get(old.kid), 'previous');
    assert.equal(await stageRootKey(custody.changes, await custody.file('third.key')), 'unfinished');
  });

  it('lets an instance that missed the promotion work on, and takes what it wrapped meanwhile along the next time', async () => {
    const sleeper = await openVault(custody, [await custody.file('old.key'), await custody.file('new.key')]);
    await stage();
    await promoteRootKey(custody.changes);
    await vault.root.refresh(null);
    await rewrap();
    assert.equal((await openTokens(custody, sleeper, place)).length, 2, 'it opens what was rewrapped');
    const late = await aConnection(custody, sleeper);
    const [old, fresh] = [await custody.file('old.key'), await custody.file('new.key')];
    assert.deepEqual(new Set(await custody.known.inUse()), new Set([old.kid, fresh.kid]));
    assert.deepEqual((await retireKeys(custody.endings, 0)).retiredRoots, [], 'the old key is still needed');
    assert.equal((await rewrap()).rewrapped, 1);
    assert.deepEqual((await retireKeys(custody.endings, 0)).retiredRoots, [old.kid]);
    assert.equal((await openTokens(custody, await openVault(custody, [fresh]), late)).length, 2);
    await sleeper.root.refresh(null);
    assert.equal(sleeper.root.kid, fresh.kid, 'it learns of the promotion when it wakes');
  });

  it('refuses to start an instance that has the old key alone after the promotion, and breaks nothing on one that runs', async () => {
    const behind = await openVault(custody, [await custody.file('old.key')]);
    await stage();
    await promoteRootKey(custody.changes);
    await vault.root.refresh(null);
    await rewrap();
    await assert.rejects(openVault(custody, [await custody.file('old.key')]), isOtherKey);
    await assert.rejects(behind.root.refresh(null), isOtherKey);
    await assert.rejects(openTokens(custody, behind, place), { code: 'keys_unavailable' });
  });

  it('lets two operators do the same at once', async () => {
    const others = [await aConnection(custody, vault), await aConnection(custody, vault)];
    const both = async <T>(work: () => Promise<T>) => Promise.all([work(), work()]);
    const third = await custody.file('third.key');
    const staged = await Promise.all([stageRootKey(custody.changes, third), stage()]);
    assert.deepEqual(staged.sort(), ['staged', 'unfinished']);
    assert.equal(await custody.changes.withdraw(), true);
    assert.ok((await both(stage)).every(result => result === 'staged' || result === 'already_staged'));
    const promoted = (await both(() => promoteRootKey(custody.changes))).map(({ kind }) => kind);
    assert.deepEqual(promoted.sort(), ['nothing_staged', 'promoted']);
    assert.deepEqual((await custody.changes.all()).map(({ state }) => state).sort(), ['active', 'previous']);
    await vault.root.refresh(null);
    const counts = (await both(rewrap)).map(({ rewrapped, unopenable }) => [rewrapped, unopenable.length]);
    assert.deepEqual(
      counts.reduce(([one = 0, two = 0], [a = 0, b = 0]) => [one + a, two + b]),
      [3, 0],
      'each key is wrapped anew once',
    );
    const ended = await both(() => retireKeys(custody.endings, 0));
    assert.equal(ended.flatMap(({ retiredRoots }) => retiredRoots).length, 1);
    const later = await openVault(custody, [await custody.file('new.key')]);
    for (const each of [place, ...others]) assert.equal((await openTokens(custody, later, each)).length, 2);
  });

  it('moves from a file to a key service in the same way, and afterwards the file is not needed', async () => {
    const service = await startVaultTransit();
    const access = { address: service.url, namespace: null, token: new Secret(vaultToken) };
    const transit = openVaultTransit('transit/portcullis/1', access);
    const deriveKey = await openDeploymentSecret(vault.root, custody.secret);
    vault = await openVault(custody, [await custody.file('old.key'), transit]);
    assert.equal(await stageRootKey(custody.changes, transit), 'staged');
    await promoteRootKey(custody.changes);
    await vault.root.refresh(null);
    assert.deepEqual(await rewrap(), { rewrapped: 2, unopenable: [] });
    assert.equal((await retireKeys(custody.endings, 0)).retiredRoots.length, 1);
    const later = await openVault(custody, [transit]);
    assert.equal((await openTokens(custody, later, place)).length, 2);
    assert.deepEqual((await openDeploymentSecret(later.root, custody.secret))('a'), deriveKey('a'));
    await service.close();
  });

  it('retires no root key under which something is wrapped, and lets nothing be wrapped under a retired one', async () => {
    await stage();
    await promoteRootKey(custody.changes);
    assert.deepEqual((await retireKeys(custody.endings, 0)).retiredRoots, []);
    const behind = { ...vault.root, kid: vault.root.kid, wrap: vault.root.wrap };
    await vault.root.refresh(null);
    await rewrap();
    await retireKeys(custody.endings, 0);
    const keys = createWorkspaceKeys({ root: behind, store: createWrappedKeys(custody.database) });
    const other = await aConnection(custody, vault);
    await custody.endings.destroyWorkspace(other.workspaceId);
    await assert.rejects(keys.active(other.workspaceId), /is retired/);
  });

  it('refuses to start without a key under which something is wrapped, and with another key of the same name', async () => {
    await assert.rejects(openVault(custody, [await custody.file('third.key')]), isOtherKey);
    const impostor = { ...(await custody.file('third.key')), kid: (await custody.file('old.key')).kid };
    await assert.rejects(openVault(custody, [impostor]), isOtherKey);
  });

  it('refuses a key that opens values outside their context', async () => {
    const key = await custody.file('new.key');
    const loose = {
      kid: 'loose',
      wrap: (plaintext: Uint8Array) => key.wrap(plaintext, {}),
      unwrap: (wrapped: string) => key.unwrap(wrapped, {}),
    };
    await assert.rejects(
      stageRootKey(custody.changes, loose),
      error => error instanceof RootKeyError && error.code === 'unbound',
    );
  });

  it('asks the service once an hour, and the database once a minute: a destroyed key opens nothing after that', async () => {
    let unwrapped = 0;
    let nowMs = 0;
    const root = {
      kid: vault.root.kid,
      wrap: vault.root.wrap,
      unwrap: (...args: Parameters<typeof vault.root.unwrap>) => {
        unwrapped += 1;
        return vault.root.unwrap(...args);
      },
    };
    const keys = createWorkspaceKeys({ root, store: createWrappedKeys(custody.database), monotonicMs: () => nowMs });
    const { kid } = await keys.active(place.workspaceId);
    const open = () => keys.use(place.workspaceId, kid, async () => {});
    for (nowMs = 0; nowMs < hourMs; nowMs += minuteMs / 2) await open();
    assert.equal(unwrapped, 1);
    await open();
    assert.equal(unwrapped, 2);
    await custody.endings.destroyWorkspace(place.workspaceId);
    await open();
    nowMs += minuteMs;
    await assert.rejects(open(), UnopenableError);
  });
});
