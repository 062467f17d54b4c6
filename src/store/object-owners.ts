import type { PrincipalId, WorkspaceId } from '../domain/ids.ts';
import type { ObjectOwners, OwnedObject } from '../domain/object-owners.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

export function createObjectOwners(database: Database<Schema>): ObjectOwners {
  return {
    async record(workspaceId: WorkspaceId, { kind, id }: OwnedObject, principalId: PrincipalId): Promise<void> {
      const row = { workspace_id: workspaceId, kind, notion_id: id, principal_id: principalId };
      await database.inWorkspace(workspaceId, tx =>
        tx
          .insertInto('object_owner')
          .values(row)
          .onConflict(conflict => conflict.doNothing())
          .execute(),
      );
    },

    async ownedAmong(workspaceId: WorkspaceId, principalId: PrincipalId, objects: readonly OwnedObject[]) {
      if (objects.length === 0) return new Set<string>();
      const wanted = new Set(objects.map(key));
      const rows = await database.inWorkspace(workspaceId, tx =>
        tx
          .selectFrom('object_owner')
          .select(['kind', 'notion_id'])
          .where('principal_id', '=', principalId)
          .where('notion_id', 'in', [...new Set(objects.map(object => object.id))])
          .execute(),
      );
      // The same id under another kind is another object.
      return new Set(
        rows.filter(row => wanted.has(key({ kind: row.kind, id: row.notion_id }))).map(row => row.notion_id),
      );
    },
  };
}

function key({ kind, id }: OwnedObject): string {
  return `${kind} ${id}`;
}
