/** Fifty connections are refreshed while their keys are exchanged, at both levels, and no call fails. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Tokens } from '../../src/domain/connection.ts';
import type { ConnectionId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { RefreshExchange } from '../../src/vault/refresh/refresh-parts.ts';
import { retireKeys } from '../../src/vault/rotation/retire.ts';
import { promoteRootKey, rewrapUnderRoot, stageRootKey } from '../../src/vault/rotation/rotate-root-key.ts';
import { rotateWorkspaceKeys } from '../../src/vault/rotation/rotate-workspace-keys.ts';
import { verifyKeys } from '../../src/vault/rotation/verify-keys.ts';
import { aConnection, type Custody, openCustody, openTokens, openVault, type Sealed, type Vault } from './a-custody.ts';
import { endTokens, openProcess } from './a-process.ts';

const connections = 50;

/** An authorization server whose refresh tokens work once. */
class SingleUseServer implements RefreshExchange {
  readonly spent = new Map<ConnectionId, number>();

  async refresh({ connectionId }: { connectionId: ConnectionId }, refreshToken: Secret) {
    const before = this.spent.get(connectionId) ?? 0;
    if (refreshToken.reveal() !== tokensAfter(connectionId, before).refreshToken?.reveal()) {
      return { said: 'grant_refused', problem: 'invalid_grant' } as const;
    }
    this.spent.set(connectionId, before + 1);
    await delay(Math.random() * 20);
    return { said: 'granted', tokens: tokensAfter(connectionId, before + 1) } as const;
  }
}

function tokensAfter(connectionId: ConnectionId, refreshes: number): Tokens {
  const ending = refreshes === 0 ? connectionId : `${connectionId}_${refreshes}`;
  const [accessToken, refreshToken] = [new Secret(`ntn_${ending}`), new Secret(`nrt_${ending}`)];
  return { accessToken, refreshToken, lifetimeSeconds: 3600 };
}

describe('fifty refreshes', { timeout: 120_000 }, () => {
  let custody: Custody;
  let vaults: Vault[];
  let places: Sealed[];
  let server: SingleUseServer;
  beforeEach(async () => {
    custody = await openCustody();
    const keys = [await custody.file('old.key'), await custody.file('new.key')];
    vaults = await Promise.all([openVault(custody, keys), openVault(custody, keys)]);
    const [vault] = vaults;
    assert.ok(vault !== undefined);
    places = await Promise.all(Array.from({ length: connections }, () => aConnection(custody, vault)));
    await endTokens(custody);
    server = new SingleUseServer();
  });
  afterEach(() => custody.close());

  /** Two processes that are asked for the next token each time `next` is called. */
  async function callers() {
    const processes = await Promise.all(vaults.map(vault => openProcess(custody, vault, { exchange: server })));
    const calls: Promise<string>[] = [];
    const waiting = [...places];
    return {
      next(count: number) {
        for (const { workspaceId, connectionId } of waiting.splice(0, count)) {
          for (const { tokens } of processes) {
            calls.push(tokens.accessToken(workspaceId, connectionId).then(({ token }) => token));
          }
        }
      },
      async end() {
        this.next(connections);
        const tokens = await Promise.all(calls);
        const expected = places.map(({ connectionId }) => tokensAfter(connectionId, 1).accessToken.reveal());
        assert.deepEqual(tokens.sort(), [...expected, ...expected].sort());
        assert.deepEqual([...server.spent.values()], Array(connections).fill(1), 'each was refreshed once');
        assert.deepEqual(
          processes.map(({ troubles, unopened }) => [troubles, unopened]),
          [
            [[], []],
            [[], []],
          ],
        );
      },
    };
  }

  async function expectWhole(vault: Vault): Promise<void> {
    for (const place of places) {
      const { accessToken, refreshToken } = tokensAfter(place.connectionId, 1);
      assert.deepEqual(await openTokens(custody, vault, place), [accessToken.reveal(), refreshToken?.reveal()]);
    }
    const statuses = await custody.database.system.selectFrom('connection').select('status').distinct().execute();
    assert.deepEqual(statuses, [{ status: 'active' }]);
    const { unopenable, underEndedKeys } = await verifyKeys({ ...custody, keys: vault.keys });
    assert.deepEqual({ unopenable, underEndedKeys }, { unopenable: [], underEndedKeys: 0 });
  }

  it('run while workspace keys are rotated', async () => {
    const operator = await openVault(custody, [await custody.file('old.key')]);
    const rotation = { ...custody, keys: operator.keys };
    const calling = await callers();
    let moments = 0;
    const atMoment = () => {
      moments += 1;
      calling.next(1);
    };
    await rotateWorkspaceKeys({ ...rotation, batchSize: 10, atMoment }, null);
    assert.ok(moments > connections, 'the refreshes began one by one while the rotation ran');
    await calling.end();
    // What was asked for before the new key was there came back under the old one.
    await rotateWorkspaceKeys(rotation, null);
    await retireKeys(custody.endings, 0);
    await expectWhole(await openVault(custody, [await custody.file('old.key')]));
  });

  it('run while the root key is exchanged, one process having missed the promotion', async () => {
    const [follower] = vaults;
    assert.ok(follower !== undefined);
    const calling = await callers();
    const fresh = await custody.file('new.key');
    calling.next(5);
    await stageRootKey(custody.changes, fresh);
    calling.next(5);
    await promoteRootKey(custody.changes);
    await follower.root.refresh(null);
    const rewrap = (atMoment = () => {}) => rewrapUnderRoot({ ...custody, root: follower.root, atMoment });
    const { rewrapped } = await rewrap(() => calling.next(1));
    assert.ok(rewrapped >= connections);
    await calling.end();
    await rewrap();
    await retireKeys(custody.endings, 0);
    await expectWhole(await openVault(custody, [fresh]));
  });
});
