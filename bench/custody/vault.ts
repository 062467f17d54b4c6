// The custody of Portcullis, composed as `portcullis serve` composes it, with as many connections as a row of this bench asks for.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose } from '../../src/compose/compose.ts';
import { readConfig } from '../../src/config/config.ts';
import { newId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/domain/secret.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded-postgres.ts';
import type { Database } from '../../src/store/database.ts';
import type { Schema } from '../../src/store/schema.ts';
import { createTokenSeal } from '../../src/vault/token-seal.ts';
import { aUser, aWorkspace } from '../../test/store/rows.ts';
import { urlOf } from '../gateway.ts';

/** Nothing listens there: no part of this bench calls Notion. */
const nowhere = 'http://127.0.0.1:1';

export async function openVault() {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-bench-'));
  const log = { info: () => {}, warn: () => {} };
  const postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres'), log });
  const { notion, ...config } = readConfig('serve', {
    DATABASE_URL: urlOf(postgres.connection),
    NOTION_OAUTH_CLIENT_ID: 'a-client',
    NOTION_OAUTH_CLIENT_SECRET: 'a-secret',
    PORTCULLIS_NOTION_API_URL: nowhere,
    PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP: 'true',
    PORTCULLIS_PUBLIC_URL: nowhere,
    PORTCULLIS_DATA_DIR: join(directory, 'data'),
    PORTCULLIS_ROOT_KEY_FILE: join(directory, 'root.key'),
    PORTCULLIS_AUDIT_STDOUT: 'false',
  });
  if (notion === null) throw new Error('the bench has no Notion');
  const composed = await compose({ ...config, notion, publicUrl: nowhere }, { background: false });
  return {
    database: composed.store.database,
    keys: composed.workspaceKeys,
    tokens: composed.tokens,
    seal: createTokenSeal(composed.workspaceKeys),
    async [Symbol.asyncDispose]() {
      await composed.close();
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
