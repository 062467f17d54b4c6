import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { newId } from '../../src/domain/ids.ts';
import { RootKeyError } from '../../src/domain/root-key-error.ts';
import { dayMs, hourMs, minuteMs } from '../../src/domain/units.ts';
import { UnopenableError } from '../../src/domain/unopenable-error.ts';
import { createInstances } from '../../src/store/instances.ts';
import { createWrappedKeys } from '../../src/store/workspace-keys.ts';
import { openDeploymentSecret } from '../../src/vault/deployment-secret.ts';
import { retireKeys } from '../../src/vault/rotation/retire.ts';
import { promoteRootKey, rewrapUnderRoot, stageRootKey } from '../../src/vault/rotation/rotate-root-key.ts';
import { createWorkspaceKeys } from '../../src/vault/workspace-keys.ts';
import { aConnection, type Custody, openCustody, openTokens, openVault, type Sealed, type Vault } from './a-custody.ts';

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
