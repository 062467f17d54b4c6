import { sql } from 'kysely';
import type { ContainerKind } from '../domain/ancestry.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { PageChildren } from '../policy/page-children.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

interface Row {
  readonly kind: ContainerKind;
  readonly id: string;
  readonly title: string;
  readonly hasChildren: boolean;
  readonly total: number;
}

/** Lists of pages out of the page index, in the transaction of their workspace. */
export function createPageChildren({ inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>): PageChildren {
  return {
    async below(workspaceId, parentId, { offset, limit }) {
      const { rows } = await inWorkspace(workspaceId, tx => below(workspaceId, parentId, offset, limit).execute(tx));
      return { children: rows.map(({ total: _, ...child }) => child), total: rows[0]?.total ?? 0 };
    },
  };
}

/** Whether Notion showed it when it was last asked for. */
const isShown = (row: 'p' | 'up') =>
  sql`coalesce(${sql.ref(row)}.learned_at >= ${sql.ref(row)}.missing_at, ${sql.ref(row)}.learned_at IS NOT NULL)`;

const containers = sql`('page', 'database', 'data_source')`;

/** Blocks are stepped through: what is in a block counts as below the object that holds the block. */
const below = (workspaceId: WorkspaceId, parentId: string | null, offset: number, limit: number) => sql<Row>`
  WITH RECURSIVE holder AS (
    SELECT ${parentId}::uuid AS id, 0 AS depth
    UNION ALL
    SELECT b.notion_id, holder.depth + 1 FROM holder JOIN page_index b
        ON b.workspace_id = ${workspaceId} AND b.parent_id = holder.id AND b.kind = 'block' AND b.in_trash IS NOT TRUE
     WHERE holder.depth < 50)
  SELECT p.kind, p.notion_id AS id, coalesce(p.title, '') AS title,
         EXISTS (SELECT FROM page_index c WHERE c.workspace_id = ${workspaceId} AND c.parent_id = p.notion_id
                  AND c.in_trash IS NOT TRUE) AS "hasChildren",
         count(*) OVER () AS total
    FROM page_index p
   WHERE p.workspace_id = ${workspaceId} AND p.kind IN ${containers} AND p.in_trash IS NOT TRUE AND ${isShown('p')}
     AND CASE WHEN ${parentId}::uuid IS NOT NULL THEN p.parent_id IN (SELECT id FROM holder)
              ELSE p.parent_kind = 'workspace' OR NOT EXISTS
                   (SELECT FROM page_index up WHERE up.workspace_id = ${workspaceId} AND up.notion_id = p.parent_id AND ${isShown('up')})
         END
   ORDER BY lower(coalesce(p.title, '')), p.notion_id
   OFFSET ${offset} LIMIT ${limit}`;
