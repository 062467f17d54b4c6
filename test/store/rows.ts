import { randomUUID } from 'node:crypto';
import { newId, type PrincipalId, type UserId, type WorkspaceId } from '../../src/domain/ids.ts';
import type { Database } from '../../src/store/database.ts';
import type { Schema } from '../../src/store/schema.ts';

type System = Pick<Database<Schema>, 'system'>;

/** A confirmed workspace without members. */
export async function aWorkspace({ system }: System, name = 'Acme'): Promise<WorkspaceId> {
  const id = newId('wsp');
  await system
    .insertInto('workspace')
    .values({ id, notion_workspace_id: randomUUID(), name, icon: null, confirmed_at: new Date() })
    .execute();
  return id;
}

/** A person with an account. */
export async function aUser({ system }: System): Promise<UserId> {
  const id = newId('usr');
  await system.insertInto('principal').values({ id, kind: 'user', disabled_at: null }).execute();
  await system
    .insertInto('user_account')
    .values({ id, email: `${id}@example.com`, name: 'Ada', password_hash: null })
    .execute();
  return id;
}

/** Makes a principal a member. */
export async function aMembership({ system }: System, workspaceId: WorkspaceId, id: PrincipalId, role: string) {
  await system
    .insertInto('membership')
    .values({ workspace_id: workspaceId, principal_id: id, role, created_by: null })
    .execute();
}
