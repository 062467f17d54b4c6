import { sql } from 'kysely';
import type { WorkspaceId } from '../domain/ids.ts';
import type { NotionObjectKind } from '../domain/operation.ts';
import type { LearnedObject, NotionRef } from '../domain/page-index.ts';
import type { IndexedObject, IndexStore } from '../resolve/page-index/index-store.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

interface Row {
  readonly root: string | null;
  readonly kind: NotionObjectKind;
  readonly id: string;
  readonly parent_kind: NotionObjectKind | 'workspace' | null;
  readonly parent_id: string | null;
  readonly has_children: boolean | null;
  readonly properties: IndexedObject['properties'];
  readonly age_ms: number;
  readonly doubted: boolean;
  readonly missing: boolean;
  readonly freshness_seconds: number;
}

/** What has not changed is written again only after this long, so that a list that many read costs nothing. */
const rewriteSeconds = 30;

/** The page index in PostgreSQL. Reads as `portcullis_system`, always within one workspace. */
export function createPageIndexStore({ system }: Pick<Database<Schema>, 'system'>): IndexStore {
  return {
    async chains(workspaceId, ids) {
      const { rows } = await chainsOf(workspaceId, ids).execute(system);
      const byId = new Map<string, IndexedObject[]>();
      for (const row of rows) {
        if (row.root === null) continue;
        const chain = byId.get(row.root);
        if (chain === undefined) byId.set(row.root, [toIndexed(row)]);
        else chain.push(toIndexed(row));
      }
      return { freshnessMs: (rows[0]?.freshness_seconds ?? 0) * 1000, byId };
    },

    async learn(workspaceId, objects, ageMs, tested) {
      const distinct = [...new Map(objects.map(object => [object.id, object])).values()];
      if (distinct.length === 0) return;
      await learn(workspaceId, distinct, ageMs, tested).execute(system);
    },

    async noteMissing(workspaceId, { kind, id }) {
      await sql`
        INSERT INTO page_index (workspace_id, kind, notion_id, learned_at, missing)
        VALUES (${workspaceId}, ${kind}, ${id}, clock_timestamp(), true)
        ON CONFLICT (workspace_id, notion_id) DO UPDATE SET missing = true, learned_at = excluded.learned_at`.execute(
        system,
      );
    },

    async doubt(workspaceId, objects) {
      const ids = objects.map(({ id }) => id);
      await sql`UPDATE page_index SET doubted = true
                 WHERE workspace_id = ${workspaceId} AND notion_id = ANY(${ids}::uuid[])`.execute(system);
    },
  };
}

const chainsOf = (workspaceId: WorkspaceId, ids: readonly string[]) => sql<Row>`
  WITH RECURSIVE up AS (
    SELECT asked.id AS root, 0 AS depth, ARRAY[p.notion_id] AS seen, p.*
      FROM unnest(${ids}::uuid[]) AS asked (id)
      JOIN page_index p ON p.workspace_id = ${workspaceId} AND p.notion_id = asked.id
    UNION ALL
    SELECT up.root, up.depth + 1, up.seen || p.notion_id, p.*
      FROM up JOIN page_index p ON p.workspace_id = ${workspaceId} AND p.notion_id = up.parent_id
     WHERE up.depth < 200 AND p.notion_id <> ALL (up.seen))
  SELECT up.root, up.kind, up.notion_id AS id, up.parent_kind, up.parent_id, up.has_children, up.properties, up.missing,
         (extract(epoch FROM clock_timestamp() - up.learned_at) * 1000)::float8 AS age_ms,
         up.doubted OR EXISTS (SELECT FROM page_change c
                                WHERE c.workspace_id = ${workspaceId} AND c.notion_id = up.notion_id
                                  AND c.changed_at > up.learned_at) AS doubted,
         w.page_freshness_seconds AS freshness_seconds
    FROM workspace w LEFT JOIN up ON true
   WHERE w.id = ${workspaceId}
   ORDER BY up.root, up.depth`;

/** Learned later wins. A block that stands for a page stays the page that it is. */
const learn = (
  workspaceId: WorkspaceId,
  objects: readonly LearnedObject[],
  ageMs: number,
  tested: readonly string[],
) => sql`
  INSERT INTO page_index AS known
    (workspace_id, kind, notion_id, parent_kind, parent_id, title, in_trash, has_children, properties, learned_at)
  SELECT ${workspaceId}, o.kind, o.id, o.parent_kind, o.parent_id, o.title, coalesce(o.in_trash, false), o.has_children,
         o.properties, clock_timestamp() - make_interval(secs => ${ageMs / 1000}::float8)
    FROM jsonb_to_recordset(${JSON.stringify(objects.map(object => toRow(object, tested)))}::jsonb)
      AS o (kind text, id uuid, parent_kind text, parent_id uuid, title text, in_trash boolean, has_children boolean, properties jsonb)
   ORDER BY o.id
  ON CONFLICT (workspace_id, notion_id) DO UPDATE SET
    kind = CASE WHEN excluded.kind = 'block' THEN known.kind ELSE excluded.kind END,
    parent_kind = excluded.parent_kind, parent_id = excluded.parent_id,
    title = coalesce(excluded.title, known.title), in_trash = excluded.in_trash,
    has_children = coalesce(excluded.has_children, known.has_children),
    properties = coalesce(excluded.properties, known.properties),
    learned_at = excluded.learned_at, doubted = false, missing = false
  WHERE known.learned_at <= excluded.learned_at
    AND (known.learned_at < excluded.learned_at - make_interval(secs => ${rewriteSeconds})
         OR known.doubted OR known.missing
         OR known.parent_id IS DISTINCT FROM excluded.parent_id OR known.parent_kind IS DISTINCT FROM excluded.parent_kind
         OR known.in_trash <> excluded.in_trash
         OR (excluded.title IS NOT NULL AND known.title IS DISTINCT FROM excluded.title)
         OR (excluded.has_children IS NOT NULL AND known.has_children IS DISTINCT FROM excluded.has_children)
         OR (excluded.properties IS NOT NULL AND known.properties IS DISTINCT FROM excluded.properties)
         OR EXISTS (SELECT FROM page_change c WHERE c.workspace_id = known.workspace_id AND c.notion_id = known.notion_id
                     AND c.changed_at > known.learned_at))`;

const titleMax = 200;

function toRow(
  { kind, id, parent, title, inTrash, hasChildren, properties }: LearnedObject,
  tested: readonly string[],
) {
  return {
    kind,
    id,
    parent_kind: parent === 'workspace' ? parent : parent.kind,
    parent_id: parent === 'workspace' ? null : parent.id,
    title: title === undefined ? null : [...title].slice(0, titleMax).join(''),
    in_trash: inTrash ?? null,
    has_children: hasChildren ?? null,
    properties:
      properties === undefined ? null : Object.fromEntries(tested.map(name => [name, properties[name] ?? null])),
  };
}

function toIndexed(row: Row): IndexedObject {
  return {
    kind: row.kind,
    id: row.id,
    parent: parentOf(row),
    hasChildren: row.has_children,
    properties: row.properties,
    ageMs: row.age_ms,
    doubted: row.doubted,
    missing: row.missing,
  };
}

function parentOf({ parent_kind: kind, parent_id: id }: Row): NotionRef | 'workspace' | null {
  if (kind === 'workspace') return kind;
  return kind === null || id === null ? null : { kind, id };
}
