import { type Kysely, sql } from 'kysely';
import { isAction } from '../domain/action.ts';
import { type AgentId, type InvitationId, isId, type KeyId, type UserId, type WorkspaceId } from '../domain/ids.ts';
import type { Subject, SubjectId, Subjects } from '../domain/subjects.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/**
 * Reads as `portcullis_system`, because what a person can use lies in several workspaces. For all other subjects, it
 * finds those of this workspace only.
 */
export function createSubjects({ system }: Pick<Database<Schema>, 'system'>): Subjects {
  return {
    async find(workspaceId, ids) {
      const found = await Promise.all(
        [...new Set(ids)].map(async id => [id, await look(system, workspaceId, id)] as const),
      );
      return new Map(found.filter((pair): pair is [SubjectId, Subject] => pair[1] !== undefined));
    },
  };
}

type Db = Kysely<Schema>;

const plain: Subject = { owners: [], role: null, rights: new Set(), disabled: false, beyond: false };

function look(system: Db, workspaceId: WorkspaceId | null, id: SubjectId): Promise<Subject | undefined> {
  if (isId('usr', id)) return person(system, workspaceId, id);
  if (workspaceId === null) return Promise.resolve(undefined);
  if (isId('agt', id)) return agent(system, workspaceId, id);
  return isId('key', id) ? key(system, workspaceId, id) : invitation(system, workspaceId, id);
}

async function person(system: Db, workspaceId: WorkspaceId | null, id: UserId): Promise<Subject | undefined> {
  const found = await system
    .selectFrom('user_account as u')
    .innerJoin('principal as p', 'p.id', 'u.id')
    .leftJoin('membership as m', join =>
      join.onRef('m.principal_id', '=', 'u.id').on('m.workspace_id', '=', workspaceId),
    )
    .where('u.id', '=', id)
    .select(['u.deployment_rights', 'p.disabled_at', 'm.role'])
    .select(({ exists, selectFrom }) => [
      exists(
        selectFrom('membership as other')
          .whereRef('other.principal_id', '=', 'u.id')
          .where('other.workspace_id', 'is distinct from', workspaceId)
          .select(sql.lit(1).as('one')),
      ).as('elsewhere'),
      exists(
        selectFrom('connection as c')
          .whereRef('c.connected_by', '=', 'u.id')
          .where('c.workspace_id', '=', workspaceId)
          .where('c.audience', '=', 'owner')
          .where('c.status', '<>', 'revoked')
          .select(sql.lit(1).as('one')),
      ).as('ownConnections'),
    ])
    .executeTakeFirst();
  if (found === undefined) return undefined;
  const { deployment_rights: rights, disabled_at: disabledAt, role, elsewhere, ownConnections } = found;
  return {
    owners: [id],
    role,
    rights: new Set(rights.filter(isAction)),
    disabled: disabledAt !== null,
    beyond: Boolean(elsewhere) || Boolean(ownConnections),
  };
}

async function agent(system: Db, workspaceId: WorkspaceId, id: AgentId): Promise<Subject | undefined> {
  const found = await system
    .selectFrom('agent as a')
    .innerJoin('membership as m', join =>
      join.onRef('m.principal_id', '=', 'a.id').onRef('m.workspace_id', '=', 'a.workspace_id'),
    )
    .where('a.id', '=', id)
    .where('a.workspace_id', '=', workspaceId)
    .select(['a.owner_id', 'm.role'])
    .executeTakeFirst();
  return found && { ...plain, owners: [id, found.owner_id], role: found.role };
}

async function key(system: Db, workspaceId: WorkspaceId, id: KeyId): Promise<Subject | undefined> {
  const found = await system
    .selectFrom('api_key as k')
    .leftJoin('agent as a', 'a.id', 'k.principal_id')
    .where('k.id', '=', id)
    .where('k.workspace_id', '=', workspaceId)
    .select(['k.principal_id', 'a.owner_id'])
    .executeTakeFirst();
  return found && { ...plain, owners: [found.principal_id, ...(found.owner_id === null ? [] : [found.owner_id])] };
}

async function invitation(system: Db, workspaceId: WorkspaceId, id: InvitationId): Promise<Subject | undefined> {
  const found = await system
    .selectFrom('invitation')
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceId)
    .where('accepted_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .select('role')
    .executeTakeFirst();
  return found && { ...plain, role: found.role };
}
