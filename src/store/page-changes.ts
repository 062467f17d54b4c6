import { sql, type Transaction } from 'kysely';
import type { WorkspaceId } from '../domain/ids.ts';
import type { PlacedObject } from '../domain/page-changes.ts';
import type { Schema } from './schema.ts';

/**
 * Notes that an object may lie somewhere else than before, be gone, or be back. Nothing counts from then on that anybody
 * remembers of the object, or of anything in it, from a look at Notion that began before `changed_at` (this database's
 * clock): it has to be looked up again. That is all an index of pages has to go by, so neither the order of changes nor
 * their number matters, and whoever only suspects a change may note it too.
 */
export async function notePageChange(
  tx: Transaction<Schema>,
  workspaceId: WorkspaceId,
  { kind, id }: PlacedObject,
): Promise<void> {
  // Not now(), which is when the transaction began: what was read until this moment is in doubt.
  const changedAt = sql<Date>`clock_timestamp()`;
  await tx
    .insertInto('page_change')
    .values({ workspace_id: workspaceId, kind, notion_id: id, changed_at: changedAt })
    .onConflict(conflict =>
      conflict.columns(['workspace_id', 'kind', 'notion_id']).doUpdateSet({ changed_at: changedAt }),
    )
    .execute();
}
