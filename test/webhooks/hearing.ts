import { randomUUID } from 'node:crypto';
import { signWebhookPayload } from '@notionhq/client';
import type { Insertable } from 'kysely';
import { request } from 'undici';
import { newId, type WorkspaceId } from '../../src/domain/ids.ts';
import { createRotationStores } from '../../src/store/rotation/rotation-stores.ts';
import type { Schema } from '../../src/store/schema.ts';
import { rotateWorkspaceKeys } from '../../src/vault/rotation/rotate-workspace-keys.ts';
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
  /** The subscriptions of the deployment, for a person who may connect new workspaces. */
  readonly deployment: Place;
  /** A new address of this workspace, or at the given place. `url` is where this test reaches it. */
  subscribe(at?: Place): Promise<{ id: string; url: string }>;
  /** A new address whose handshake is done and whose token an admin has. */
  listening(at?: Place): Promise<{ id: string; url: string; token: string }>;
  /** Another gateway on the same database; `at` says where an address is found there. */
  anotherInstance(): Promise<{ at(url: string): string; close(): Promise<void> }>;
  /** What is in the log of a workspace, or of the deployment, about webhooks. */
  logOf(workspaceId: WorkspaceId | null): Promise<Entry[]>;
  close(): Promise<void>;
}

/** Whose subscriptions, and who asks. */
export interface Place {
  readonly path: string;
  ask(method: string, path: string): Promise<Reply>;
}

/** What can be asked of one subscription, as method and ending of the path. */
export const subscriptionRequests = [
  ['POST', '/token'],
  ['POST', '/reset'],
  ['GET', '/kept-aside'],
  ['DELETE', ''],
] as const;

export interface Entry {
  readonly operation: string;
  readonly result: string;
  readonly workspace: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Tenant {
  readonly workspaceId: WorkspaceId;
  readonly notionWorkspaceId: string;
  asAdmin(method: string, path: string): Promise<Reply>;
}

export async function startHearing(): Promise<Hearing> {
  const api = await openAdminApi();
  const clientId = randomUUID();
  const another = () => aTenant(api, clientId);
  const tenant = await another();

  const workspace: Place = { path: `/api/workspaces/${tenant.workspaceId}/webhooks`, ask: tenant.asAdmin };
  const operator = await api.cookieOf(await api.people.aUser({ rights: ['connect'] }));
  const deployment: Place = {
    path: '/api/webhooks',
    ask: (method, path) => api.send(method, path, { cookie: operator }),
  };

  const subscribe = async ({ path, ask } = workspace) => {
    const made = await ask('POST', path);
    return { id: String(made.at('id')), url: String(made.at('url')).replace(publicUrl, api.url) };
  };
  return {
    api,
    clientId,
    ...tenant,
    another,
    deployment,
    subscribe,
    async rotateKeys() {
      const { database, workspaceKeys: keys } = api;
      const stores = createRotationStores(database, { instance: () => newId('ins'), now: () => new Date() });
      return (await rotateWorkspaceKeys({ keys, ...stores }, tenant.workspaceId)).values;
    },
    async anotherInstance() {
      const other = await api.another();
      return {
        at: url => new URL(new URL(url).pathname, other.url).href,
        close: other.close,
      };
    },
    async listening(at = workspace) {
      const { id, url } = await subscribe(at);
      const token = `secret_${randomUUID().replaceAll('-', '')}`;
      await post(url, JSON.stringify({ verification_token: token }));
      await at.ask('POST', `${at.path}/${id}/token`);
      return { id, url, token };
    },
    logOf: async workspaceId =>
      (await api.log())
        .map(({ entry }) => JSON.parse(entry) as Entry)
        .filter(one => one.operation.startsWith('webhook.') && one.workspace === workspaceId),
    close: api.close,
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
    .values(aConnection({ workspace_id: workspaceId, connected_by: admin, oauth_client_id: clientId }))
    .execute();
  const query = system.selectFrom('workspace').select('notion_workspace_id').where('id', '=', workspaceId);
  return {
    workspaceId,
    notionWorkspaceId: (await query.executeTakeFirstOrThrow()).notion_workspace_id,
    asAdmin: (method, path) => api.send(method, path, { cookie }),
  };
}

/** A connection that works, unless something else is given. */
export function aConnection(
  given: Pick<ConnectionRow, 'workspace_id' | 'connected_by' | 'oauth_client_id'> & Partial<ConnectionRow>,
) {
  return {
    id: newId('con'),
    kind: 'rest' as const,
    origin: 'https://api.notion.com',
    bot_id: randomUUID(),
    audience: 'members' as const,
    status: 'active' as const,
    ...given,
  };
}

type ConnectionRow = Insertable<Schema['connection']>;

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
