import { sql } from 'kysely';
import type { PageChanges } from '../domain/page-changes.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** Changes of place in PostgreSQL: for each object, since when nothing older is to be believed of it. */
export function createPageChanges({ inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>): PageChanges {
  return {
    async changed(workspaceId, { kind, id }) {
      // Not now(), which is when the transaction began: what was read until this moment is in doubt.
      const changedAt = sql<Date>`clock_timestamp()`;
      await inWorkspace(workspaceId, tx =>
        tx
          .insertInto('page_change')
          .values({ workspace_id: workspaceId, kind, notion_id: id, changed_at: changedAt })
          .onConflict(conflict =>
            conflict.columns(['workspace_id', 'kind', 'notion_id']).doUpdateSet({ changed_at: changedAt }),
          )
          .execute(),
      );
    },
  };
}
