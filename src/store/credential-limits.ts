import { type Action, isAction } from '../domain/action.ts';
import type { KeyLimit } from '../domain/grant.ts';
import { type ConsentId, isId, type KeyId, type WorkspaceId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/**
 * What keys of a workspace, and the consents behind access tokens, are limited to, also those that have ended; null for no
 * limit. One that is gone is left out.
 */
export function createCredentialLimits({ inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>) {
  return (
    workspaceId: WorkspaceId,
    ids: readonly (KeyId | ConsentId)[],
  ): Promise<ReadonlyMap<string, KeyLimit | null>> =>
    inWorkspace(workspaceId, async tx => {
      const found = new Map<string, KeyLimit | null>();
      const keys = ids.filter(id => isId('key', id));
      const consents = ids.filter(id => isId('cns', id));
      const of = { api_key: keys, consent: consents } as const;
      for (const table of ['api_key', 'consent'] as const) {
        if (of[table].length === 0) continue;
        const rows = await tx
          .selectFrom(table)
          .where('workspace_id', '=', workspaceId)
          .where('id', 'in', of[table])
          .select(['id', 'ceiling', 'under'])
          .execute();
        for (const { id, ceiling, under } of rows) found.set(id, limitOf(ceiling, under));
      }
      return found;
    });
}

function limitOf(ceiling: readonly string[] | null, under: readonly string[] | null): KeyLimit | null {
  if (ceiling === null && under === null) return null;
  return { actions: ceiling && new Set<Action>(ceiling.filter(isAction)), under };
}
