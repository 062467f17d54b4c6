/**
 * A value that cannot be opened is a state of its connection, no matter which part finds it; and there is a way back.
 */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { TokenField } from '../../src/domain/connection.ts';
import { newId } from '../../src/domain/ids.ts';
import { rotateWorkspaceKeys } from '../../src/vault/rotation/rotate-workspace-keys.ts';
import { verifyKeys } from '../../src/vault/rotation/verify-keys.ts';
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

describe('connections whose tokens do not open', () => {
  let custody: Custody;
  let vault: Vault;
  let broken: Sealed;
  let sound: Sealed;
  beforeEach(async () => {
    custody = await openCustody();
    vault = await openVault(custody);
    broken = await aConnection(custody, vault);
    sound = await aConnection(custody, vault);
  });
  afterEach(() => custody.close());

  const verify = async () => {
    const { shut, reopened } = await verifyKeys({ ...custody, keys: vault.keys });
    return { shut, reopened };
  };
  const rotate = () => rotateWorkspaceKeys({ ...custody, keys: vault.keys }, null);
  const connectionOf = ({ connectionId }: Sealed) =>
    custody.database.system
      .selectFrom('connection')
      .select(['status', 'status_reason as reason', 'generation'])
      .where('id', '=', connectionId)
      .executeTakeFirstOrThrow();
  const statusOf = async (place: Sealed) => (await connectionOf(place)).status;

  async function entriesOf({ connectionId }: Sealed) {
    const rows = await custody.database.system.selectFrom('audit_entry').select('entry').orderBy('id').execute();
    const entries = rows.map(
      ({ entry }) => JSON.parse(entry) as { operation: string; detail: Record<string, unknown> },
    );
    return entries.filter(({ detail }) => detail.connection === connectionId);
  }

  /** Answers with how to put it right. */
  async function spoil(place: Sealed, field: TokenField) {
    const { sealed } = await storedToken(custody, place, field);
    await storeSealed(custody, place, field, `${sealed.slice(0, -9)}AAAAAAAAA`);
    return () => storeSealed(custody, place, field, sealed);
  }

  for (const [who, find] of [
    ['keys verify', verify],
    ['a rotation', async () => ({ shut: (await rotate()).shut })],
  ] as const) {
    for (const field of ['access_token', 'refresh_token'] as const) {
      it(`are undecryptable when ${who} finds it of the ${field}: once, with the key's name, and no other is`, async () => {
        await spoil(broken, field);
        const { kid } = await storedToken(custody, broken, field);
        assert.equal((await find()).shut, 1);
        assert.deepEqual(await connectionOf(broken), {
          status: 'undecryptable',
          reason: `${field} under ${kid}`,
          generation: 1,
        });
        assert.equal(await statusOf(sound), 'active');
        assert.equal((await find()).shut, 0);
        assert.deepEqual(
          (await entriesOf(broken)).map(({ operation, detail }) => [operation, detail.field, detail.kid]),
          [['connection.undecryptable', field, kid]],
        );
        assert.deepEqual(await entriesOf(sound), []);
      });
    }
  }

  it('are in use again, without a reconnect, when the value is back', async () => {
    const repair = await spoil(broken, 'refresh_token');
    await verify();
    await repair();
    assert.deepEqual(await verify(), { shut: 0, reopened: 1 });
    assert.deepEqual(await connectionOf(broken), { status: 'active', reason: null, generation: 1 });
    assert.deepEqual(await verify(), { shut: 0, reopened: 0 });
    assert.deepEqual(
      (await entriesOf(broken)).map(({ operation }) => operation),
      ['connection.undecryptable', 'connection.opened_again'],
    );
    assert.equal((await openTokens(custody, vault, broken)).length, 2);
  });

  it('are in use again, without a reconnect, when the key is back', async () => {
    const { system } = custody.database;
    const keyOf = system.selectFrom('workspace_key').selectAll().where('workspace_id', '=', broken.workspaceId);
    const kept = await keyOf.executeTakeFirstOrThrow();
    const change = (wrapped: string | null, state: 'active' | 'destroyed') =>
      system.updateTable('workspace_key').set({ wrapped, state }).where('kid', '=', kept.kid).execute();
    await change(null, 'destroyed');
    vault = await openVault(custody);
    assert.deepEqual(await verify(), { shut: 1, reopened: 0 });
    await change(kept.wrapped, 'active');
    assert.deepEqual(await verify(), { shut: 0, reopened: 1 });
    assert.equal(await statusOf(broken), 'active');
  });

  it('stay undecryptable while one of their tokens does not open, or the access token is gone', async () => {
    const repair = await spoil(broken, 'access_token');
    await spoil(broken, 'refresh_token');
    await verify();
    await repair();
    assert.deepEqual(await verify(), { shut: 0, reopened: 0 });
    const tokens = custody.database.system.deleteFrom('connection_secret');
    await tokens.where('connection_id', '=', broken.connectionId).execute();
    assert.deepEqual(await verify(), { shut: 0, reopened: 0 });
    assert.equal(await statusOf(broken), 'undecryptable');
  });

  it('are judged by the value that stands there, not by one that was replaced meanwhile', async () => {
    const token = await storedToken(custody, broken, 'access_token');
    const row = {
      key: { connection_id: broken.connectionId, generation: 1, field: 'access_token' },
      workspaceId: broken.workspaceId,
      binding: {},
      sealed: token.sealed,
      kid: token.kid,
    };
    await rotate();
    assert.equal(await custody.undecryptable.shut({ table: 'connection_secret', row }), false);
    const values = [{ ...row, key: { field: 'access_token' } }];
    await spoil(broken, 'access_token');
    await verify();
    assert.equal(await custody.undecryptable.reopen({ ...broken, generation: 1, values }), false);
  });

  it('are left alone where the values belong to tokens that wait to be confirmed, or to a connection that needs a person', async () => {
    const token = await storedToken(custody, broken, 'access_token');
    const waiting = { workspace_id: broken.workspaceId, connection_id: broken.connectionId, ...token, generation: 2 };
    await custody.database.system.insertInto('connection_secret').values(waiting).execute();
    assert.deepEqual(await verify(), { shut: 0, reopened: 0 });
    await spoil(sound, 'access_token');
    const query = custody.database.system.updateTable('connection').set({ status: 'needs_reauth' });
    await query.where('id', '=', sound.connectionId).execute();
    assert.deepEqual(await verify(), { shut: 0, reopened: 0 });
    assert.equal(await statusOf(sound), 'needs_reauth');
  });

  it('are undecryptable from the moment that the key of their workspace is destroyed, and so are no others', async () => {
    assert.equal(await custody.endings.destroyWorkspace(broken.workspaceId), 1);
    assert.deepEqual(await connectionOf(broken), {
      status: 'undecryptable',
      reason: 'key_destroyed',
      generation: 1,
    });
    assert.equal(await statusOf(sound), 'active');
    assert.deepEqual(
      (await entriesOf(broken)).map(({ operation, detail }) => [operation, detail.reason]),
      [['connection.undecryptable', 'key_destroyed']],
    );
    assert.deepEqual(await verify(), { shut: 0, reopened: 0 });
  });

  it('take the secret of their OAuth client with them when the key is destroyed', async () => {
    const { system } = custody.database;
    const registration = {
      id: newId('reg'),
      user_id: custody.userId,
      issuer: 'https://mcp.example.com',
      source: 'dynamic',
      client_id: 'a client',
      auth_method: 'client_secret_basic',
      sealed_secret: 'sealed',
      redirect_uri: 'https://gate.example.com/callback',
      resource: 'https://mcp.example.com/mcp',
    } as const;
    const another = { ...registration, id: newId('reg') };
    await system.insertInto('client_registration').values([registration, another]).execute();
    for (const [place, { id }] of [
      [broken, registration],
      [sound, another],
    ] as const) {
      await system
        .updateTable('connection')
        .set({ registration_id: id })
        .where('id', '=', place.connectionId)
        .execute();
    }
    await custody.endings.destroyWorkspace(broken.workspaceId);
    const rows = await system.selectFrom('client_registration').select(['id', 'sealed_secret as secret']).execute();
    const secrets = new Map(rows.map(({ id, secret }) => [id, secret]));
    assert.deepEqual([secrets.get(registration.id), secrets.get(another.id)], [null, 'sealed']);
  });
});
