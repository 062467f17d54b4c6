import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { newId } from '../../src/domain/ids.ts';
import { UnopenableError } from '../../src/domain/unopenable-error.ts';
import {
  aConnection,
  type Custody,
  openCustody,
  openTokens,
  openVault,
  type Sealed,
  storedToken,
  storeSealed,
  type Vault,
} from './a-custody.ts';

/** An attacker with write access to the database can move values about. None of them opens. */
describe('a sealed value in another place', () => {
  let custody: Custody;
  let vault: Vault;
  let one: Sealed;
  let sibling: Sealed;
  let stranger: Sealed;
  beforeEach(async () => {
    custody = await openCustody();
    vault = await openVault(custody);
    one = await aConnection(custody, vault);
    sibling = await aConnection(custody, vault, one.workspaceId);
    stranger = await aConnection(custody, vault);
  });
  afterEach(() => custody.close());

  const tokenOf = (place: Sealed) => storedToken(custody, place, 'access_token');
  const refuses = (open: Promise<unknown>) => assert.rejects(open, UnopenableError);

  it('does not open: another connection, workspace, field or generation', async () => {
    const token = await tokenOf(one);
    const own = { ...one, field: 'access_token', generation: 1 } as const;
    assert.equal((await vault.seal.open(own, token)).reveal(), `ntn_${one.connectionId}`);
    await refuses(vault.seal.open({ ...own, ...sibling }, token));
    await refuses(vault.seal.open({ ...own, ...stranger }, token));
    await refuses(vault.seal.open({ ...own, field: 'refresh_token' }, token));
    await refuses(vault.seal.open({ ...own, generation: 2 }, token));
    await refuses(vault.seal.open({ ...own, connectionId: newId('con') }, token));
    await refuses(vault.seal.open(own, { ...token, kid: (await tokenOf(stranger)).kid }));
  });

  it('does not open when rows are exchanged in the database', async () => {
    const [mine, theirs] = [await tokenOf(one), await tokenOf(sibling)];
    for (const [place, sealed] of [
      [one, theirs.sealed],
      [sibling, mine.sealed],
    ] as const) {
      await storeSealed(custody, place, 'access_token', sealed);
    }
    await refuses(openTokens(custody, vault, one));
    await refuses(openTokens(custody, vault, sibling));
  });

  it('does not open under a wrapped key of another workspace, version or name, or one that is cut or altered', async () => {
    const key = await vault.keys.active(one.workspaceId);
    const other = await vault.keys.active(stranger.workspaceId);
    await vault.keys.open(key);
    await refuses(vault.keys.open({ ...key, wrapped: other.wrapped }));
    await refuses(vault.keys.open({ ...key, workspaceId: stranger.workspaceId }));
    await refuses(vault.keys.open({ ...key, version: 2 }));
    await refuses(vault.keys.open({ ...key, kid: other.kid }));
    await assert.rejects(vault.keys.open({ ...key, rootKid: 'root_other' }), { code: 'keys_unavailable' });
    for (let at = 0; at < key.wrapped.length; at += 3) {
      await refuses(vault.keys.open({ ...key, wrapped: key.wrapped.slice(0, at) }));
      for (const bit of [1, 2, 4, 8, 16, 32, 64]) {
        const flipped = String.fromCharCode(key.wrapped.charCodeAt(at) ^ bit);
        await refuses(
          vault.keys.open({ ...key, wrapped: key.wrapped.slice(0, at) + flipped + key.wrapped.slice(at + 1) }),
        );
      }
    }
  });
});
