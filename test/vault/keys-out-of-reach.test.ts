/** A key service that is away: open keys go on working, all else fails closed, and no value counts as broken. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { revocationHandlers } from '../../src/connect/revocation-jobs.ts';
import { PortcullisError } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import { hourMs, minuteMs } from '../../src/domain/units.ts';
import { openVaultTransit } from '../../src/vault/root/vault-transit.ts';
import { startConnecting } from '../connect/connecting.ts';
import { aConnection, type Custody, openCustody, openVault, type Sealed, tokensOf, type Vault } from './a-custody.ts';
import { endTokens, openProcess } from './a-process.ts';
import { type FakeTransit, startVaultTransit, vaultToken } from './fakes/vault-transit.ts';

describe('a key service that is away', { timeout: 120_000 }, () => {
  let custody: Custody;
  let service: FakeTransit;
  let place: Sealed;
  let elapsedMs: number;
  let exchanges: number;
  beforeEach(async () => {
    custody = await openCustody();
    service = await startVaultTransit();
    place = await aConnection(custody, await aVault());
    [elapsedMs, exchanges] = [0, 0];
  });
  afterEach(async () => {
    await service.close();
    await custody.close();
  });

  const away = [503, 'Vault is sealed'] as const;
  const access = () => ({ address: service.url, namespace: null, token: new Secret(vaultToken) });
  const aVault = () =>
    openVault(custody, [openVaultTransit('transit/portcullis/1', access())], { monotonicMs: () => elapsedMs });

  const aProcess = async (vault: Vault) => {
    const exchange = {
      async refresh({ connectionId }: Sealed) {
        exchanges += 1;
        return { said: 'granted', tokens: { ...tokensOf(connectionId), lifetimeSeconds: 3600 } } as const;
      },
    };
    const now = () => new Date(Date.now() + elapsedMs);
    return (await openProcess(custody, vault, { exchange, now })).tokens;
  };

  const state = async () => {
    const query = custody.database.system.selectFrom('connection').select(['status', 'attempt_id as attempt']);
    return query.where('id', '=', place.connectionId).executeTakeFirstOrThrow();
  };
  const untouched = { status: 'active', attempt: null };
  const outOfReach = (error: unknown) =>
    error instanceof PortcullisError &&
    error.code === 'keys_unavailable' &&
    error.status === 503 &&
    /^The root key that opens the Notion token is out of reach/.test(error.message);

  it('is not asked for an hour, then calls fail closed with a sentence of their own, and work again when it is back', async () => {
    const tokens = await aProcess(await aVault());
    const token = () => tokens.accessToken(place.workspaceId, place.connectionId);
    await token();
    service.fail(away);
    for (elapsedMs = 0; elapsedMs < hourMs; elapsedMs += 2 * minuteMs) {
      assert.equal((await token()).token, `ntn_${place.connectionId}`);
    }
    await assert.rejects(token(), outOfReach);
    assert.deepEqual(await state(), untouched);
    service.fail(null);
    assert.equal((await token()).token, `ntn_${place.connectionId}`);
  });

  it('stops no refresh under a key that is open', async () => {
    const tokens = await aProcess(await aVault());
    await tokens.accessToken(place.workspaceId, place.connectionId);
    service.fail(away);
    await endTokens(custody);
    elapsedMs += minuteMs;
    await tokens.accessToken(place.workspaceId, place.connectionId);
    assert.equal(exchanges, 1);
  });

  it('lets no refresh token be spent that could not be replaced', async () => {
    const tokens = await aProcess(await aVault());
    await endTokens(custody);
    service.fail(away);
    await assert.rejects(tokens.accessToken(place.workspaceId, place.connectionId), outOfReach);
    assert.equal(exchanges, 0);
    assert.deepEqual(await state(), untouched);
    service.fail(null);
    await tokens.accessToken(place.workspaceId, place.connectionId);
    assert.equal(exchanges, 1);
  });

  it('is asked once for a key, however many want it', async () => {
    const { keys } = await aVault();
    const { kid } = await keys.active(place.workspaceId);
    const before = service.count();
    await Promise.all(Array.from({ length: 200 }, () => keys.use(place.workspaceId, kid, async () => {})));
    assert.equal(service.count() - before, 1);
  });

  it('leaves a root key that only others have to them', async () => {
    const vault = await aVault();
    const foreign = custody.database.system.updateTable('workspace_key').set({ root_kid: 'root_of_others' });
    await foreign.where('workspace_id', '=', place.workspaceId).execute();
    const tokens = await aProcess(vault);
    await assert.rejects(tokens.accessToken(place.workspaceId, place.connectionId), outOfReach);
    assert.deepEqual(await state(), untouched);
  });
});

describe('a connection that is disconnected while the key service is away', { timeout: 120_000 }, () => {
  it('keeps its tokens until they can be revoked', async () => {
    const at = await startConnecting();
    try {
      const { browser } = await at.aPerson();
      await browser.answer(await browser.reach());
      const { system } = at.database;
      const { workspace_id: workspaceId, id: connectionId } = await system
        .selectFrom('connection')
        .selectAll()
        .executeTakeFirstOrThrow();
      await system.updateTable('connection').set({ status: 'revoking' }).execute();
      const payload = { workspaceId, connectionId, notionWorkspaceId: '', botId: '', reason: 'disconnected', by: null };
      const job = { id: 'job_1', kind: 'revoke_connection', payload, workspaceId: null, attempts: 1 } as const;
      const vault = { ...at.connectParts.vault, open: () => Promise.reject(new Error('the key service is away')) };
      const end = revocationHandlers({ ...at.connectParts, vault }).get('revoke_connection');
      assert.ok(end !== undefined);
      await assert.rejects(end(job), /away/);
      assert.equal((await system.selectFrom('connection_secret').selectAll().execute()).length, 2);
      assert.equal((await system.selectFrom('connection').select('status').executeTakeFirst())?.status, 'revoking');
    } finally {
      await at.close();
    }
  });
});
