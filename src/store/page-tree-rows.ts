import { type RawBuilder, sql } from 'kysely';
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

interface PlacedContainer {
  readonly kind: ContainerKind;
  readonly id: string;
  readonly parentId: string | null;
}

/** Every page, database and data source that is known of a workspace, below the container that holds it. */
export function createPageTreeRows({ system }: Pick<Database<Schema>, 'system'>) {
  return {
    /**
     * What the rows say, in a few characters: equal as long as no container comes, goes or moves. Costs the database a look at
     * the rows, and nobody their transport.
     */
    async stamp(workspaceId: WorkspaceId): Promise<string> {
      const { rows } = await stampOf(workspaceId).execute(system);
      return rows[0]?.stamp ?? '';
    },

    /** The rows, and their stamp, of one moment. */
    read: (workspaceId: WorkspaceId): Promise<{ readonly stamp: string; readonly rows: readonly PlacedContainer[] }> =>
      system
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute(async tx => {
          const stamp = (await stampOf(workspaceId).execute(tx)).rows[0]?.stamp ?? '';
          const { rows } = await sql<Row>`
            SELECT kind, notion_id AS id, parent_id AS parent FROM (${placing(workspaceId)}) p ORDER BY notion_id`.execute(
            tx,
          );
          const blocks = new Map(rows.filter(({ kind }) => kind === 'block').map(({ id, parent }) => [id, parent]));
          const containers = rows.flatMap(({ kind, id, parent }) =>
            isContainerKind(kind) ? [{ kind, id, parentId: throughBlocks(parent, blocks) }] : [],
          );
          return { stamp, rows: containers };
        }),
  };
}

/** Containers, and the blocks that something stands in. */
function placing(workspaceId: WorkspaceId) {
  return sql<Row>`
    SELECT kind, notion_id, parent_id FROM page_index
     WHERE workspace_id = ${workspaceId} AND in_trash IS NOT TRUE
       AND (kind IN ('page', 'database', 'data_source')
            OR notion_id IN (SELECT parent_id FROM page_index WHERE workspace_id = ${workspaceId} AND parent_kind = 'block'))`;
}

/** How many there are, and two sums of hashes of each with its kind and its parent: 128 bits that no order changes. */
function stampOf(workspaceId: WorkspaceId): RawBuilder<{ readonly stamp: string }> {
  const hash = (seed: number) => sql`
    coalesce(sum(uuid_hash_extended(notion_id, uuid_hash_extended(
      coalesce(parent_id, '00000000-0000-0000-0000-000000000000'), hashtextextended(kind, ${seed})))), 0)`;
  return sql<{ readonly stamp: string }>`
    SELECT concat_ws(':', count(*), ${hash(1)}, ${hash(2)}) AS stamp FROM (${placing(workspaceId)}) p`;
}

/** Blocks above one another: deeper is a circle. */
const depthMax = 200;

function throughBlocks(parent: string | null, blocks: ReadonlyMap<string, string | null>): string | null {
  let at = parent;
  for (let depth = 0; at !== null && blocks.has(at) && depth < depthMax; depth++) at = blocks.get(at) ?? null;
  return at;
}
