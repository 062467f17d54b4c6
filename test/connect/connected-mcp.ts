import { sql } from 'kysely';
import type { ConnectionId, WorkspaceId } from '../../src/domain/ids.ts';
import type { Connecting } from './connecting.ts';

/** A hosted MCP connection as a test of its tokens knows it. */
export type ConnectedMcp = Awaited<ReturnType<typeof connectMcp>>;

/** Connects by hosted MCP, from the button on; `consent` is what the person does at the authorization server. */
export async function connectMcp(at: Connecting, consent?: (authorizeUrl: URL) => Promise<string>) {
  const { id: userId, browser } = await at.aPerson();
  const url = await browser.start(null, 'mcp');
  const callback = consent === undefined ? await browser.consent(url) : await consent(url);
  const done = await browser.answer(await browser.get(callback));
  if (done.status !== 303) throw new Error(`not connected: ${done.status} ${done.text}`);
  const workspaceId = new URL(done.location).pathname.split('/').at(-1) as WorkspaceId;
  const { system } = at.database;
  const rows = () => system.selectFrom('connection').selectAll().where('workspace_id', '=', workspaceId);
  const connectionId: ConnectionId = (await rows().executeTakeFirstOrThrow()).id;
  const { tokens } = at;
  return {
    workspaceId,
    connectionId,
    userId,
    browser,
    row: () => rows().where('id', '=', connectionId).executeTakeFirstOrThrow(),
    token: async () => (await tokens.accessToken(workspaceId, connectionId)).token,
    report: (refused: string) => tokens.reportUnauthorized(workspaceId, connectionId, refused),
    /** The client of ours that it stands on, as the authorization server knows it. */
    clientId: async () =>
      (await system.selectFrom('client_registration').select('client_id').executeTakeFirstOrThrow()).client_id,
    /** Makes the access token end in the books. */
    async expire() {
      const secret = system.updateTable('connection_secret').where('connection_id', '=', connectionId);
      await secret
        .where('field', '=', 'access_token')
        .set({ expires_at: sql<Date>`now() - interval '1 minute'` })
        .execute();
      tokens.forget(workspaceId, connectionId);
    },
    /** Lets the wait after a failed refresh be over. */
    async skipWaiting() {
      await system.updateTable('connection').set({ refresh_after: null }).where('id', '=', connectionId).execute();
    },
    /** What the log says about its tokens, oldest first. */
    entries: () => at.events.filter(({ detail }) => detail.connection === connectionId).map(({ name }) => name),
  };
}
