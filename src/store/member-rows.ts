import { sql, type Transaction } from 'kysely';
import type { Member, MemberListing } from '../accounts/account-store.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { Listed } from '../domain/listing.ts';
import { containing } from './like.ts';
import type { Schema } from './schema.ts';

type Tx = Transaction<Schema>;

const memberName = sql<string>`coalesce(user_account.name, agent.name, membership.principal_id)`;
const sorts = {
  joined: sql`membership.created_at`,
  name: sql`lower(${memberName})`,
  role: sql`membership.role`,
} as const satisfies Record<MemberListing['sort'], unknown>;

/** The members that a listing asks for. */
export async function findMembers(
  tx: Tx,
  workspaceId: WorkspaceId,
  { kind, search, sort, order, offset, limit }: MemberListing,
  searched: 'names' | 'addresses',
): Promise<Listed<Member>> {
  let found = selectMembers(tx, workspaceId);
  if (kind !== undefined) found = found.where('principal.kind', '=', kind);
  if (search !== undefined) {
    const pattern = containing(search);
    found = found.where(eb =>
      eb.or([
        eb(memberName, 'ilike', pattern),
        ...(searched === 'addresses' ? [eb('user_account.email', 'ilike', pattern)] : []),
        eb('owner.name', 'ilike', pattern),
      ]),
    );
  }
  const { total } = await found
    .clearSelect()
    .select(eb => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await found
    .orderBy(sorts[sort], order)
    .orderBy('membership.principal_id')
    .offset(offset)
    .limit(limit)
    .execute();
  return { rows: rows.map(toMember), total };
}

export function selectMembers(tx: Tx, workspaceId: WorkspaceId) {
  return tx
    .selectFrom('membership')
    .innerJoin('principal', 'principal.id', 'membership.principal_id')
    .leftJoin('user_account', 'user_account.id', 'membership.principal_id')
    .leftJoin('agent', 'agent.id', 'membership.principal_id')
    .leftJoin('user_account as owner', 'owner.id', 'agent.owner_id')
    .where('membership.workspace_id', '=', workspaceId)
    .select([
      'membership.principal_id',
      'membership.role',
      'membership.created_at',
      'principal.kind',
      'principal.disabled_at',
      'user_account.name as user_name',
      'user_account.email',
      'agent.name as agent_name',
      'agent.suspended_at',
      'owner.id as owner_id',
      'owner.name as owner_name',
      eb =>
        eb
          .exists(
            eb
              .selectFrom('membership as owning')
              .whereRef('owning.workspace_id', '=', 'membership.workspace_id')
              .whereRef('owning.principal_id', '=', 'owner.id'),
          )
          .as('owner_is_member'),
    ]);
}

type MemberRow = Awaited<ReturnType<ReturnType<typeof selectMembers>['execute']>>[number];

export function toMember(row: MemberRow): Member {
  return {
    principalId: row.principal_id,
    kind: row.kind,
    name: row.user_name ?? row.agent_name ?? row.principal_id,
    email: row.email,
    owner: ownerOf(row),
    role: row.role,
    disabled: row.disabled_at !== null,
    suspended: row.suspended_at !== null,
    createdAt: row.created_at,
  };
}

function ownerOf({ owner_id: id, owner_name: name, owner_is_member: isMember }: MemberRow): Member['owner'] {
  return id === null || name === null ? null : { id, name, isMember: Boolean(isMember) };
}
