import { sql } from 'kysely';
import type { ContainerKind } from '../domain/ancestry.ts';
import { isContainerKind } from '../domain/ancestry.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

interface Row {
  readonly kind: string;
  readonly id: string;
  readonly parent: string | null;
}

/** Every page, database and data source that is known of a workspace, below the container that holds it. */
export function createPageTreeRows({ system }: Pick<Database<Schema>, 'system'>) {
  return async (workspaceId: WorkspaceId): Promise<{ kind: ContainerKind; id: string; parentId: string | null }[]> => {
    const { rows } = await sql<Row>`
      SELECT kind, notion_id AS id, parent_id AS parent FROM page_index
       WHERE workspace_id = ${workspaceId} AND in_trash IS NOT TRUE
         AND (kind IN ('page', 'database', 'data_source')
              OR notion_id IN (SELECT parent_id FROM page_index WHERE workspace_id = ${workspaceId} AND parent_kind = 'block'))
       ORDER BY notion_id`.execute(system);
    const blocks = new Map(rows.filter(({ kind }) => kind === 'block').map(({ id, parent }) => [id, parent]));
    return rows.flatMap(({ kind, id, parent }) =>
      isContainerKind(kind) ? [{ kind, id, parentId: throughBlocks(parent, blocks) }] : [],
    );
  };
}

/** Blocks above one another: deeper is a circle. */
const depthMax = 200;

function throughBlocks(parent: string | null, blocks: ReadonlyMap<string, string | null>): string | null {
  let at = parent;
  for (let depth = 0; at !== null && blocks.has(at) && depth < depthMax; depth++) at = blocks.get(at) ?? null;
  return at;
}
