import { sql, type Transaction } from 'kysely';
import type { WorkspaceId } from '../domain/ids.ts';
import type { PlacedObject } from '../domain/webhook.ts';
import type { Schema } from './schema.ts';

/**
 * Notes that an object may have moved, be gone, or be back. Knowledge about the object and everything in it no longer
 * counts if the look at Notion began before `changed_at` (this database's clock): it has to be looked up again. The
 * page index needs nothing more. So neither the order nor the number of changes matters, and code that only suspects a
 * change may note it too.
 */
export async function notePageChange(
  tx: Transaction<Schema>,
  workspaceId: WorkspaceId,
  { kind, id }: PlacedObject,
): Promise<void> {
  // Not now(), which is when the transaction began: everything that was read before this moment is in doubt.
  const changedAt = sql<Date>`clock_timestamp()`;
  await tx
    .insertInto('page_change')
    .values({ workspace_id: workspaceId, kind, notion_id: id, changed_at: changedAt })
    .onConflict(conflict =>
      conflict.columns(['workspace_id', 'kind', 'notion_id']).doUpdateSet({ changed_at: changedAt }),
    )
    .execute();
}
