import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signWebhookPayload } from '@notionhq/client';
import { request } from 'undici';
import { openWebhooks } from '../../src/compose/webhooks.ts';
import { newId, type UserId, type WorkspaceId } from '../../src/domain/ids.ts';
import { createClientAddress } from '../../src/doors/client-address.ts';
import { webhookDoor } from '../../src/doors/webhooks/webhook-door.ts';
import { createKeyReplacements } from '../../src/store/rotation/key-replacements.ts';
import { createSealedTables } from '../../src/store/rotation/sealed-tables.ts';
import { createWrappedKeys } from '../../src/store/workspace-keys.ts';
import { openRootKeyFile } from '../../src/vault/root/file.ts';
import { rotateWorkspaceKeys } from '../../src/vault/rotation/rotate-workspace-keys.ts';
import { createWorkspaceKeys } from '../../src/vault/workspace-keys.ts';
import { type AdminApi, openAdminApi, type Reply } from '../admin-api.ts';
import { publicUrl } from '../people.ts';

/** The admin API and the webhook door, on real sockets and a real database, with an admin who is signed in. */
export interface Hearing {
  readonly api: AdminApi;
  readonly workspaceId: WorkspaceId;
  readonly notionWorkspaceId: string;
  /** The OAuth client id of the workspace's connection. */
  readonly clientId: string;
  /** Gives the workspace another key, and seals everything anew under it. */
  rotateKeys(): Promise<number>;
  /** A request as the admin of the workspace. */
  asAdmin(method: string, path: string): Promise<Reply>;
  /** Another workspace with a connection, and its admin. */
  another(): Promise<Tenant>;
  /** A new address. `url` is where this test reaches it. */
  subscribe(): Promise<{ id: string; url: string }>;
  /** A new address whose handshake is done and whose token an admin has. */
  listening(): Promise<{ id: string; url: string; token: string }>;
  close(): Promise<void>;
}

export interface Tenant {
  readonly workspaceId: WorkspaceId;
  readonly notionWorkspaceId: string;
  asAdmin(method: string, path: string): Promise<Reply>;
}

export async function startHearing(): Promise<Hearing> {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-hearing-'));
  const root = await openRootKeyFile(join(directory, 'root.key'));
  const keysOn = (database: AdminApi['people']['database']) =>
    createWorkspaceKeys({ root, store: createWrappedKeys(database) });
  const api = await openAdminApi([], ({ people, record, gateway }) => {
    const workspaceKeys = keysOn(people.database);
    const parts = { database: people.database, workspaceKeys, recordEvent: record, publicUrl };
    const { receive, routes } = openWebhooks(parts);
    return { routes, doors: [webhookDoor({ gateway, receive, clientAddress: createClientAddress([]) })] };
  });
  const clientId = randomUUID();
  const another = () => aTenant(api, clientId);
  const tenant = await another();

  const subscribe = async () => {
    const made = await tenant.asAdmin('POST', `/api/workspaces/${tenant.workspaceId}/webhooks`);
    return { id: String(made.at('id')), url: String(made.at('url')).replace(publicUrl, api.url) };
  };
  return {
    api,
    clientId,
    ...tenant,
    another,
    subscribe,
    async rotateKeys() {
      const { database } = api.people;
      const replacements = createKeyReplacements(database);
      const rotation = { keys: keysOn(database), replacements, tables: createSealedTables(database) };
      return (await rotateWorkspaceKeys(rotation, tenant.workspaceId)).values;
    },
    async listening() {
      const { id, url } = await subscribe();
      const token = `secret_${randomUUID().replaceAll('-', '')}`;
      await post(url, JSON.stringify({ verification_token: token }));
      await tenant.asAdmin('POST', `/api/workspaces/${tenant.workspaceId}/webhooks/${id}/token`);
      return { id, url, token };
    },
    async close() {
      await api.close();
      await rm(directory, { recursive: true });
    },
  };
}

async function aTenant(api: AdminApi, clientId: string): Promise<Tenant> {
  const { people } = api;
  const { system } = people.database;
  const workspaceId = await people.aWorkspace();
  const admin = await people.aMember(workspaceId, 'admin');
  const cookie = await api.cookieOf(admin);
  await system
    .insertInto('connection')
    .values(aConnection(workspaceId, admin as UserId, clientId))
    .execute();
  const query = system.selectFrom('workspace').select('notion_workspace_id').where('id', '=', workspaceId);
  return {
    workspaceId,
    notionWorkspaceId: (await query.executeTakeFirstOrThrow()).notion_workspace_id,
    asAdmin: (method, path) => api.send(method, path, { cookie }),
  };
}

function aConnection(workspaceId: WorkspaceId, connectedBy: UserId, clientId: string) {
  return {
    id: newId('con'),
    workspace_id: workspaceId,
    kind: 'rest' as const,
    origin: 'https://api.notion.com',
    oauth_client_id: clientId,
    bot_id: randomUUID(),
    audience: 'members' as const,
    connected_by: connectedBy,
    status: 'active' as const,
  };
}

/** Sends bytes as Notion would; what the official client computes is the signature, unless one is given. */
export async function post(
  url: string,
  body: string | Buffer,
  given: { token?: string; signature?: string | string[]; headers?: Record<string, string> } = {},
): Promise<number> {
  const signature =
    given.signature ??
    (given.token && (await signWebhookPayload({ body: body.toString(), verificationToken: given.token })));
  const { statusCode, body: answer } = await request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signature !== undefined && { 'x-notion-signature': signature }),
      ...given.headers,
    },
    body,
  });
  await answer.dump();
  return statusCode;
}

/** An event of Notion's, from the workspace and connection of a test. */
export function anEvent(
  { notionWorkspaceId, clientId }: Pick<Hearing, 'notionWorkspaceId' | 'clientId'>,
  given: Record<string, unknown> = {},
) {
  return {
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    workspace_id: notionWorkspaceId,
    workspace_name: 'Name of a workspace',
    subscription_id: randomUUID(),
    integration_id: clientId,
    authors: [{ id: randomUUID(), type: 'person' }],
    attempt_number: 1,
    api_version: '2026-03-11',
    type: 'page.moved',
    entity: { id: randomUUID(), type: 'page' },
    data: { parent: { id: randomUUID(), type: 'page' } },
    ...given,
  };
}
