import { sql } from 'kysely';
import type { ConnectionId } from '../domain/ids.ts';
import type { NotionObjectKind } from '../domain/operation.ts';
import type { LearnedObject, NotionRef } from '../domain/page-index.ts';
import type { IndexedObject, IndexStore } from '../resolve/page-index/index-store.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** The page index in PostgreSQL, read and written within one workspace. */
export function createPageIndexStore({ inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>): IndexStore {
  return {
    async above(workspaceId, ids) {
      const { rows } = await inWorkspace(workspaceId, tx => objectsAbove(ids).execute(tx));
      const objects = rows.flatMap(row => (row.id === null ? [] : [toIndexed({ ...row, id: row.id })]));
      return { freshnessMs: (rows[0]?.freshness_seconds ?? 0) * 1000, objects };
    },

    async learn(workspaceId, objects, { ageMs, write, tested }) {
      const learned = objects.map(object => toRow(object, tested));
      await inWorkspace(workspaceId, tx => upsert(JSON.stringify(learned), ageMs() / 1000, write).execute(tx));
    },

    async noteMissing(workspaceId, { kind, id }, to) {
      await inWorkspace(workspaceId, tx =>
        sql`INSERT INTO page_index (workspace_id, kind, notion_id, missing_at, missing_to)
            VALUES (${workspaceId}, ${kind}, ${id}, clock_timestamp(), ${to})
            ON CONFLICT (workspace_id, notion_id)
            DO UPDATE SET missing_at = excluded.missing_at, missing_to = excluded.missing_to`.execute(tx),
      );
    },

    async doubt(workspaceId, objects) {
      const ids = objects.map(({ id }) => id).toSorted();
      await inWorkspace(workspaceId, tx =>
        sql`UPDATE page_index SET doubted_at = clock_timestamp() WHERE notion_id = ANY(${ids}::uuid[])`.execute(tx),
      );
    },
  };
}

interface Row {
  /** Null: the object is unknown, and the row is there for the freshness alone. */
  readonly id: string | null;
  readonly kind: NotionObjectKind;
  readonly parent_kind: NotionObjectKind | 'workspace' | null;
  readonly parent_id: string | null;
  readonly title: string | null;
  readonly in_trash: boolean | null;
  readonly has_children: boolean | null;
  readonly properties: IndexedObject['properties'];
  readonly properties_age_ms: number | null;
  readonly age_ms: number | null;
  readonly doubted: boolean;
  readonly missing_to: ConnectionId | null;
  readonly missing_age_ms: number;
  readonly freshness_seconds: number;
}

/**
 * Knowledge from before this moment no longer counts. The row may have another kind than ours: data sources were
 * databases once.
 */
const changedAt = (row: 'p' | 'known') => sql`(
  SELECT max(c.changed_at) FROM page_change c
   WHERE c.workspace_id = ${sql.ref(row)}.workspace_id AND c.notion_id = ${sql.ref(row)}.notion_id
     AND c.kind IN ('page', 'database', 'data_source'))`;

const msSince = (column: string) => sql`(extract(epoch FROM clock_timestamp() - ${sql.ref(column)}) * 1000)::float8`;

/** UNION keeps each object once in its generation, and the bound ends what goes round in a circle. */
const objectsAbove = (ids: readonly string[]) => sql<Row>`
  WITH RECURSIVE up AS (
    SELECT p.notion_id, p.parent_id, 1 AS generation FROM page_index p
     WHERE p.workspace_id = current_workspace() AND p.notion_id = ANY(${ids}::uuid[])
    UNION
    SELECT p.notion_id, p.parent_id, up.generation + 1 FROM up
      JOIN page_index p ON p.workspace_id = current_workspace() AND p.notion_id = up.parent_id
     WHERE up.generation < 201)
  SELECT p.notion_id AS id, p.kind, p.parent_kind, p.parent_id, p.title, p.in_trash, p.has_children, p.properties,
         ${msSince('p.properties_at')} AS properties_age_ms, ${msSince('p.learned_at')} AS age_ms,
         coalesce(greatest(p.doubted_at, ${changedAt('p')}) >= p.learned_at, false) AS doubted,
         CASE WHEN p.learned_at >= p.missing_at THEN NULL ELSE p.missing_to END AS missing_to,
         ${msSince('p.missing_at')} AS missing_age_ms, w.page_freshness_seconds AS freshness_seconds
    FROM workspace w
    LEFT JOIN (SELECT DISTINCT notion_id FROM up) found ON true
    LEFT JOIN page_index p ON p.workspace_id = w.id AND p.notion_id = found.notion_id
   WHERE w.id = current_workspace()`;

/**
 * An answer wins if its request was sent after everything that is known. If something else was learned after the
 * request was sent, it is unclear which of the two is newer: both are in doubt. An old version of the API shows the
 * rows of a table without their data source; if the data source is known, such an answer says nothing new. A block that
 * represents a page stays that page. What is known already is not written again within a second.
 *
 * @param ageSeconds how long ago the request was sent
 */
const upsert = (learned: string, ageSeconds: number, write: boolean) => sql`
  INSERT INTO page_index AS known
    (workspace_id, kind, notion_id, parent_kind, parent_id, title, in_trash, has_children, properties, properties_at, learned_at)
  SELECT current_workspace(), o.kind, o.id, o.parent_kind, o.parent_id, o.title, o.in_trash, o.has_children, o.properties,
         CASE WHEN o.properties IS NOT NULL THEN t.at END, t.at
    FROM (SELECT clock_timestamp() - ${seconds(write ? 0 : ageSeconds)} AS at) t,
         jsonb_to_recordset(${learned}::jsonb)
           AS o (kind text, id uuid, parent_kind text, parent_id uuid, title text, in_trash boolean, has_children boolean, properties jsonb)
   WHERE o.kind <> 'page' OR o.parent_kind <> 'database' OR NOT EXISTS (
           SELECT FROM page_index p JOIN page_index source ON source.workspace_id = p.workspace_id AND source.notion_id = p.parent_id
            WHERE p.workspace_id = current_workspace() AND p.notion_id = o.id
              AND p.parent_kind = 'data_source' AND source.parent_id = o.parent_id)
   ORDER BY o.id
  ON CONFLICT (workspace_id, notion_id) DO UPDATE SET
    kind = CASE WHEN excluded.kind = 'block' THEN known.kind ELSE excluded.kind END,
    parent_kind = excluded.parent_kind, parent_id = excluded.parent_id,
    title = coalesce(excluded.title, known.title), in_trash = coalesce(excluded.in_trash, known.in_trash),
    has_children = coalesce(excluded.has_children, known.has_children),
    properties = coalesce(excluded.properties, known.properties),
    properties_at = coalesce(excluded.properties_at, known.properties_at),
    learned_at = excluded.learned_at,
    doubted_at = CASE WHEN ${contradicts(write ? ageSeconds : 0)} THEN clock_timestamp() ELSE known.doubted_at END
  WHERE CASE
    WHEN known.learned_at > excluded.learned_at - ${seconds(write ? ageSeconds : 0)} THEN ${differs}
    ELSE ${differs} OR known.learned_at IS NULL OR known.learned_at < excluded.learned_at - interval '1 second'
      OR known.doubted_at >= known.learned_at OR ${changedAt('known')} >= known.learned_at
      OR (excluded.title IS NOT NULL AND known.title IS DISTINCT FROM excluded.title)
      OR (excluded.in_trash IS NOT NULL AND known.in_trash IS DISTINCT FROM excluded.in_trash)
      OR (excluded.has_children IS NOT NULL AND known.has_children IS DISTINCT FROM excluded.has_children)
      OR (excluded.properties IS NOT NULL AND known.properties IS DISTINCT FROM excluded.properties)
    END`;

const seconds = (count: number) => sql`make_interval(secs => ${count}::float8)`;

const differs = sql`(known.parent_kind, known.parent_id) IS DISTINCT FROM (excluded.parent_kind, excluded.parent_id)`;

/** Something else was learned after the request was sent. The request was sent this long before its answer. */
const contradicts = (secondsBefore: number) =>
  sql`known.learned_at > excluded.learned_at - ${seconds(secondsBefore)} AND ${differs}`;

const titleCharsMax = 200;

function toRow(
  { kind, id, parent, title, inTrash, hasChildren, properties }: LearnedObject,
  tested: readonly string[],
) {
  return {
    kind,
    id,
    parent_kind: parent === 'workspace' ? parent : parent.kind,
    parent_id: parent === 'workspace' ? null : parent.id,
    title: title === undefined ? null : [...title].slice(0, titleCharsMax).join(''),
    in_trash: inTrash ?? null,
    has_children: hasChildren ?? null,
    properties: properties && Object.fromEntries(tested.map(name => [name, properties[name] ?? null])),
  };
}

function toIndexed(row: Row & { readonly id: string }): IndexedObject {
  return {
    kind: row.kind,
    id: row.id,
    parent: parentOf(row),
    title: row.title,
    inTrash: row.in_trash,
    hasChildren: row.has_children,
    properties: row.properties,
    propertiesAgeMs: row.properties_age_ms,
    ageMs: row.age_ms,
    doubted: row.doubted,
    missing: row.missing_to === null ? null : { to: row.missing_to, ageMs: row.missing_age_ms },
  };
}

function parentOf({ parent_kind: kind, parent_id: id }: Row): NotionRef | 'workspace' | null {
  if (kind === 'workspace') return kind;
  return kind === null || id === null ? null : { kind, id };
}
