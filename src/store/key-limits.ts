import { isAction } from '../domain/action.ts';
import type { KeyLimit } from '../domain/grant.ts';
import type { KeyId, WorkspaceId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** What keys of a workspace are limited to, also those that have ended; null for no limit. A key that is gone is left out. */
export function createKeyLimits({ inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>) {
  return (workspaceId: WorkspaceId, ids: readonly KeyId[]): Promise<ReadonlyMap<string, KeyLimit | null>> =>
    inWorkspace(workspaceId, async tx => {
      if (ids.length === 0) return new Map();
      const rows = await tx
        .selectFrom('api_key')
        .where('workspace_id', '=', workspaceId)
        .where('id', 'in', ids)
        .select(['id', 'ceiling', 'under'])
        .execute();
      return new Map(
        rows.map(({ id, ceiling, under }) => {
          const limited = ceiling !== null || under !== null;
          return [id, limited ? { actions: ceiling && new Set(ceiling.filter(isAction)), under } : null];
        }),
      );
    });
}
