import { type Kysely, sql, type Transaction } from 'kysely';
import type { RevokeToken } from '../connect/disconnections.ts';
import { installationKey } from '../connect/mcp/installation-key.ts';
import { type ConnectionId, newId, type RegistrationId, type WorkspaceId } from '../domain/ids.ts';
import type { Schema } from './schema.ts';

/** Tokens that a transaction takes out of use, and the clients whose tokens stay. */
export interface Discarding {
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  readonly origin: string;
  readonly notionWorkspaceId: string;
  readonly notionOwnerId: string | null;
  /** The generation that stays; null for none. */
  readonly keptGeneration: number | null;
  /** The client that got them; null for the only one that there is. */
  readonly registrationId: RegistrationId | null;
  readonly staying: readonly (RegistrationId | null)[];
}

/**
 * Adds the jobs that revoke tokens at Notion, in the transaction that takes them out of use here. Each token stays
 * sealed in its place until its job is done. No job is added for a client that stays: a new consent to the same client
 * replaces its old grant, and a server may end the new grant when we revoke an old token (rule 1).
 */
export async function revokeLater(tx: Transaction<Schema>, discarding: Discarding): Promise<void> {
  const { workspaceId, connectionId, origin, notionWorkspaceId, notionOwnerId, keptGeneration, registrationId } =
    discarding;
  if (registrationId === null || notionOwnerId === null) return;
  if (!(await isOtherClient(tx, registrationId, discarding.staying))) return;
  // A refresh under way may bring tokens of it yet, which it alone can revoke: it is kept for as long as any unused one.
  await tx
    .updateTable('client_registration')
    .set({ used_at: sql<Date>`now()` })
    .where('id', '=', registrationId)
    .execute();
  const secrets = await tx
    .selectFrom('connection_secret')
    .select(['field', 'generation'])
    .where('connection_id', '=', connectionId)
    .where('job_id', 'is', null)
    .$if(keptGeneration !== null, query => query.where('generation', '<>', keptGeneration))
    .execute();
  const botId = installationKey({ registrationId, notionWorkspaceId, notionOwnerId });
  const discardedBy = { workspaceId, connectionId };
  const payload: RevokeToken = { kind: 'mcp', origin, botId, registrationId, sealed: null, discardedBy };
  // Revoking a refresh token ends the whole grant (RFC 7009 section 2.1).
  const refreshTokens = secrets.filter(({ field }) => field === 'refresh_token');
  for (const { field, generation } of refreshTokens.length > 0 ? refreshTokens : secrets) {
    const id = newId('job');
    const job = { id, workspace_id: workspaceId, kind: 'revoke_token', payload: JSON.stringify(payload) };
    await tx
      .insertInto('job')
      .values({ ...job, run_at: sql<Date>`now()` })
      .execute();
    await tx
      .updateTable('connection_secret')
      .set({ job_id: id })
      .where('connection_id', '=', connectionId)
      .where('generation', '=', generation)
      .where('field', '=', field)
      .execute();
  }
}

/**
 * Destroys the tokens of a connection. The tokens of the generation to keep stay (null: none), and so do tokens that a
 * job has yet to revoke.
 */
export async function destroyTokens(
  tx: Transaction<Schema>,
  connectionId: ConnectionId,
  keptGeneration: number | null,
): Promise<void> {
  await tx
    .deleteFrom('connection_secret')
    .where('connection_id', '=', connectionId)
    .where('job_id', 'is', null)
    .$if(keptGeneration !== null, query => query.where('generation', '<>', keptGeneration))
    .execute();
}

/**
 * Whether this client differs from all clients that stay. It compares the id that the server knows, because a client
 * from the settings has a record for each connection.
 */
export async function isOtherClient(
  queries: Kysely<Schema> | Transaction<Schema>,
  leaving: RegistrationId,
  staying: readonly (RegistrationId | null)[],
): Promise<boolean> {
  const kept = staying.filter(id => id !== null);
  if (kept.length === 0) return true;
  const query = queries
    .selectFrom('client_registration as gone')
    .select('gone.id')
    .where('gone.id', '=', leaving)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('client_registration as kept')
            .select('kept.id')
            .where('kept.id', 'in', kept)
            .whereRef('kept.issuer', '=', 'gone.issuer')
            .whereRef('kept.client_id', '=', 'gone.client_id'),
        ),
      ),
    );
  return (await query.executeTakeFirst()) !== undefined;
}
