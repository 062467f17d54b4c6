import { sql, type Transaction } from 'kysely';
import type { ApiKey, KeyListing } from '../accounts/account-store.ts';
import type { PrincipalId, WorkspaceId } from '../domain/ids.ts';
import type { Listed } from '../domain/listing.ts';
import { containing } from './like.ts';
import type { Schema } from './schema.ts';

type Tx = Transaction<Schema>;

const holderName = sql<string>`coalesce(user_account.name, agent.name, api_key.principal_id)`;
const sorts = {
  created: sql`api_key.created_at`,
  name: sql`lower(api_key.name)`,
  principal: sql`lower(${holderName})`,
  expires: sql`api_key.expires_at`,
  // Keys that were never used come before all others.
  used: sql`coalesce(api_key.last_used_at, '-infinity')`,
} as const satisfies Record<KeyListing['sort'], unknown>;

/** The keys that a listing asks for, of some principals or of all. */
export async function findKeys(
  tx: Tx,
  workspaceId: WorkspaceId,
  of: readonly PrincipalId[] | 'everyone',
  { search, sort, order, offset, limit, workingAt }: KeyListing,
): Promise<Listed<ApiKey>> {
  if (of.length === 0) return { rows: [], total: 0 };
  let found = selectKeys(tx, workspaceId);
  if (of !== 'everyone') found = found.where('api_key.principal_id', 'in', of);
  if (workingAt !== undefined) {
    found = found.where('api_key.revoked_at', 'is', null).where('api_key.expires_at', '>', workingAt);
  }
  if (search !== undefined) {
    const pattern = containing(search);
    found = found.where(eb =>
      eb.or([
        eb('api_key.name', 'ilike', pattern),
        eb(holderName, 'ilike', pattern),
        eb('api_key.ending', '=', search),
      ]),
    );
  }
  const { total } = await found
    .clearSelect()
    .select(eb => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await found
    .orderBy(sorts[sort], order)
    .orderBy('api_key.id', order)
    .offset(offset)
    .limit(limit)
    .execute();
  return { rows: rows.map(toApiKey), total };
}

export function selectKeys(tx: Tx, workspaceId: WorkspaceId) {
  return tx
    .selectFrom('api_key')
    .leftJoin('user_account', 'user_account.id', 'api_key.principal_id')
    .leftJoin('agent', 'agent.id', 'api_key.principal_id')
    .where('api_key.workspace_id', '=', workspaceId)
    .select([
      'api_key.id',
      'api_key.name',
      'api_key.principal_id',
      'api_key.ending',
      'api_key.ceiling',
      'api_key.under',
      'api_key.created_by',
      'api_key.created_at',
      'api_key.expires_at',
      'api_key.last_used_at',
      'api_key.revoked_at',
      'user_account.name as user_name',
      'agent.name as agent_name',
    ]);
}

type KeyRow = Awaited<ReturnType<ReturnType<typeof selectKeys>['execute']>>[number];

export function toApiKey(row: KeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    principalId: row.principal_id,
    principalName: row.user_name ?? row.agent_name ?? row.principal_id,
    ending: row.ending,
    ceiling: row.ceiling,
    under: row.under,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}
