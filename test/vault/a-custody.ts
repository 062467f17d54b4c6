import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenField } from '../../src/domain/connection.ts';
import { type ConnectionId, newId, type UserId, type WorkspaceId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/domain/secret.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { createKeyStores } from '../../src/store/key-stores.ts';
import { createRotationStores } from '../../src/store/rotation/rotation-stores.ts';
import type { Schema } from '../../src/store/schema.ts';
import { openRootKeyFile } from '../../src/vault/root/file.ts';
import { openKeyRing } from '../../src/vault/root/key-ring.ts';
import type { RootKey } from '../../src/vault/root/root-key.ts';
import { createTokenSeal } from '../../src/vault/token-seal.ts';
import { createWorkspaceKeys } from '../../src/vault/workspace-keys.ts';
import { freshDatabase } from '../postgres.ts';
import { aUser, aWorkspace } from '../store/rows.ts';

/** Where a connection's tokens are. */
export interface Sealed {
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
}

/** The vault on a database of its own, without a gateway: the stores that operators' commands open, and a directory for root keys. */
export async function openCustody() {
  const testDatabase = await freshDatabase({ migrated: true });
  const database = openDatabase<Schema>(testDatabase.connection);
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-vault-'));
  const file = (name: string) => openRootKeyFile(join(directory, name));
  const userId = await aUser(database);
  const entries = { instance: () => newId('ins'), now: () => new Date() };
  const { rootKeys, deploymentSecret, wrappedKeys } = createKeyStores(database);
  return {
    entries,
    database,
    databaseUrl: testDatabase.url,
    directory,
    file,
    userId,
    ...createRotationStores(database, entries),
    secret: deploymentSecret,
    known: rootKeys,
    wrapped: wrappedKeys,
    async close() {
      await database.close();
      await rm(directory, { recursive: true });
    },
  };
}

export type Custody = Awaited<ReturnType<typeof openCustody>>;

/** Another process's view of the same vault: root keys of its own (a file, if none are given), and caches of its own. */
export async function openVault(
  custody: Custody,
  roots?: readonly RootKey[],
  clock: { readonly monotonicMs?: () => number } = {},
) {
  const root = await openKeyRing(roots ?? [await custody.file('root.key')], custody.known);
  const keys = createWorkspaceKeys({ root, store: custody.wrapped, ...clock });
  return { root, keys, seal: createTokenSeal(keys) };
}

export type Vault = Awaited<ReturnType<typeof openVault>>;

/** A connection in a workspace of its own, or in the given one, with both tokens sealed. */
export async function aConnection(custody: Custody, vault: Vault, workspaceId?: WorkspaceId): Promise<Sealed> {
  const { database, userId } = custody;
  const place = { workspaceId: workspaceId ?? (await aWorkspace(database)), connectionId: newId('con') };
  const sealer = await vault.seal.forWorkspace(place.workspaceId);
  const tokens = await sealer.seal(place.connectionId, 1, tokensOf(place.connectionId));
  await database.system.insertInto('connection').values(connectionRow(place, userId)).execute();
  await database.system
    .insertInto('connection_secret')
    .values(tokens.map(token => ({ workspace_id: place.workspaceId, connection_id: place.connectionId, ...token })))
    .execute();
  return place;
}

/** The tokens of a connection follow from its id, so that a test knows what has to come out. */
export function tokensOf(connectionId: ConnectionId) {
  return { accessToken: new Secret(`ntn_${connectionId}`), refreshToken: new Secret(`nrt_${connectionId}`) };
}

export function storedTokens({ system }: Pick<Database<Schema>, 'system'>, { connectionId }: Sealed) {
  return system
    .selectFrom('connection_secret')
    .select(['field', 'generation', 'sealed', 'kid'])
    .where('connection_id', '=', connectionId)
    .orderBy('field')
    .execute();
}

/** The sealed token in one field of a connection that has one generation of them. */
export async function storedToken({ database }: Pick<Custody, 'database'>, place: Sealed, field: TokenField) {
  const token = (await storedTokens(database, place)).find(stored => stored.field === field);
  assert.ok(token !== undefined);
  return token;
}

/** Replaces a token by a sealed value, as an attacker with write access to the database can. */
export async function storeSealed(
  { database }: Pick<Custody, 'database'>,
  { connectionId }: Sealed,
  field: TokenField,
  sealed: string,
): Promise<void> {
  const query = database.system.updateTable('connection_secret').set({ sealed });
  await query.where('connection_id', '=', connectionId).where('field', '=', field).execute();
}

/** Both tokens of a connection, opened. */
export async function openTokens(custody: Custody, vault: Vault, place: Sealed): Promise<string[]> {
  const stored = await storedTokens(custody.database, place);
  return Promise.all(
    stored.map(async ({ field, generation, sealed, kid }) => {
      const token = await vault.seal.open({ ...place, field, generation }, { sealed, kid });
      return token.reveal();
    }),
  );
}

function connectionRow({ workspaceId, connectionId }: Sealed, userId: UserId) {
  return {
    id: connectionId,
    workspace_id: workspaceId,
    kind: 'rest',
    origin: 'https://api.notion.com',
    bot_id: randomUUID(),
    audience: 'members',
    connected_by: userId,
    status: 'active',
  } as const;
}
