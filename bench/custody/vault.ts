// A vault on a database of its own, with as many connections as a row of this bench asks for.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/domain/secret.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded-postgres.ts';
import { bringUpToDate } from '../../src/store/bring-up-to-date.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { createKnownRootKeys } from '../../src/store/known-root-keys.ts';
import type { Schema } from '../../src/store/schema.ts';
import { createWrappedKeys } from '../../src/store/wrapped-keys.ts';
import { openRootKeyFile } from '../../src/vault/root/file.ts';
import { openKeyRing } from '../../src/vault/root/key-ring.ts';
import { createTokenSeal } from '../../src/vault/token-seal.ts';
import { createWorkspaceKeys } from '../../src/vault/workspace-keys.ts';
import { aUser, aWorkspace } from '../../test/store/rows.ts';

export async function openVault() {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-bench-'));
  const log = { info: () => {}, warn: () => {} };
  const postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres'), log });
  const database = openDatabase<Schema>(postgres.connection);
  await bringUpToDate(database);
  const root = await openKeyRing([await openRootKeyFile(join(directory, 'root.key'))], createKnownRootKeys(database));
  const keys = createWorkspaceKeys({ root, store: createWrappedKeys(database) });
  return {
    database,
    keys,
    seal: createTokenSeal(keys),
    async [Symbol.asyncDispose]() {
      await database.close();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export type Vault = Awaited<ReturnType<typeof openVault>>;

/** Connections of one workspace, each with two tokens of the length that Notion's have. */
export async function addConnections({ database, seal }: Vault, count: number, origin: string) {
  const workspaceId = await aWorkspace(database);
  const userId = await aUser(database);
  const sealer = await seal.forWorkspace(workspaceId);
  const connectionIds = Array.from({ length: count }, () => newId('con'));
  await insertInParts(connectionIds, part =>
    database.system
      .insertInto('connection')
      .values(
        part.map(id => ({
          id,
          workspace_id: workspaceId,
          kind: 'rest' as const,
          origin,
          bot_id: randomUUID(),
          audience: 'members' as const,
          connected_by: userId,
          status: 'active' as const,
        })),
      )
      .execute(),
  );
  await insertInParts(connectionIds, async part => insertTokens(database, workspaceId, sealer, part));
  return { workspaceId, connectionIds };
}

async function insertTokens(
  { system }: Database<Schema>,
  workspaceId: Awaited<ReturnType<typeof aWorkspace>>,
  sealer: Awaited<ReturnType<Vault['seal']['forWorkspace']>>,
  connectionIds: readonly ReturnType<typeof newId<'con'>>[],
): Promise<void> {
  const rows = await Promise.all(
    connectionIds.map(async id => {
      const token = () => new Secret(`ntn_${randomBytes(36).toString('base64url')}`);
      const sealed = await sealer.seal(id, 1, { accessToken: token(), refreshToken: token() });
      return sealed.map(one => ({ workspace_id: workspaceId, connection_id: id, ...one }));
    }),
  );
  await system.insertInto('connection_secret').values(rows.flat()).execute();
}

async function insertInParts<T>(values: readonly T[], insert: (part: readonly T[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < values.length; at += 500) await insert(values.slice(at, at + 500));
}
