import { type RawBuilder, sql } from 'kysely';
import type { ArchivedEntry, EntryPlaces, LogArchive, PublishedCheckpoint } from '../audit/proof/log-archive.ts';
import { pathNearEdge } from '../audit/proof/tree-proofs.ts';
import { originOf } from '../audit/sequence/sequence-round.ts';
import type { LogName } from '../audit/sequence/sequencing.ts';
import type { EventId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';
import { hashesIn } from './sequencing.ts';

/** Entries that one question reads. */
const entriesAtOnce = 4_000;

/** A log in PostgreSQL: a workspace's under row-level security, the deployment's as the system. */
export function createLogArchive(database: Database<Schema>, name: string, log: LogName): LogArchive & EntryPlaces {
  async function rowsOf<T>(query: RawBuilder<T>): Promise<readonly T[]> {
    const { rows } = await (log === 'deployment'
      ? query.execute(database.system)
      : database.inWorkspace(log, tx => query.execute(tx)));
    return rows;
  }
  const origin = originOf(name, log);
  const checkpoint = sql<PublishedCheckpoint>`
    SELECT size, note FROM audit_batch WHERE log = ${log} AND starts_with(note, ${`${origin}\n`})`;

  return {
    origin,
    async keys() {
      const rows = await rowsOf(
        sql<{ key: string }>`SELECT public_key AS key FROM audit_key WHERE name = ${name} ORDER BY number`,
      );
      return rows.map(({ key }) => key);
    },
    async newest() {
      return (await rowsOf(sql<PublishedCheckpoint>`${checkpoint} ORDER BY size DESC LIMIT 1`))[0] ?? null;
    },
    async checkpoints(size, apart) {
      const found: PublishedCheckpoint[] = [];
      for (let from = apart; from < size; from = (found.at(-1)?.size ?? size) + apart) {
        const [next] = await rowsOf(
          sql<PublishedCheckpoint>`${checkpoint} AND size >= ${from} AND size < ${size} ORDER BY size LIMIT 1`,
        );
        if (next === undefined) break;
        found.push(next);
      }
      return [...found, ...(await rowsOf(sql<PublishedCheckpoint>`${checkpoint} AND size = ${size}`))];
    },
    async rootPlace(size) {
      const [own] = await rowsOf(
        sql<{ at: number }>`SELECT root_index AS at FROM audit_batch WHERE log = ${log} AND size = ${size}`,
      );
      // The root log names every workspace's checkpoints by their hashes alone, and is no workspace's: the system reads it.
      const { rows } = await sql<{ first: number; note: string; leaves: Buffer; edge: Buffer | null }>`
        SELECT r.first, r.note, r.leaves, before.edge
          FROM audit_batch r LEFT JOIN audit_batch before ON before.log = 'root' AND before.size = r.first
         WHERE r.log = 'root' AND r.first <= ${own?.at ?? -1} ORDER BY r.first DESC LIMIT 1`.execute(database.system);
      const [root] = rows;
      if (own === undefined || root === undefined) return null;
      const before = { size: root.first, edge: root.edge === null ? [] : hashesIn(root.edge) };
      return { root: root.note, rootIndex: own.at, rootPath: pathNearEdge(before, hashesIn(root.leaves), own.at) };
    },
    async placeOf(id) {
      const [batch] = await rowsOf(batchOf(log, origin, id));
      if (batch === undefined) return null;
      const { at, entry, note, first, leaves, edge } = batch;
      const before = { size: first, edge: edge === null ? [] : hashesIn(edge) };
      return { index: at, entry, path: pathNearEdge(before, hashesIn(leaves), at), checkpoint: note };
    },
    async *entries(from, to) {
      for (let at = from; at < to; ) {
        const until = Math.min(at + entriesAtOnce, to);
        const rows = await rowsOf(placesOf(log, at, until));
        const entries = rows.map(({ leaf, ...row }): ArchivedEntry => ({ ...row, leaf: leaf.toString('latin1') }));
        yield entries;
        at = until;
      }
    },
    async strays(limit) {
      const of = log === 'deployment' ? sql`workspace_id IS NULL` : sql`workspace_id = ${log}`;
      // Counting is cheap, and for nearly every log it shows that there are no strays.
      const { rows } = await sql<{ strays: boolean }>`
        SELECT (SELECT count(*) FROM audit_entry WHERE ${of}) >
               (SELECT coalesce(max(size), 0) FROM audit_batch WHERE log = ${log}) +
               (SELECT count(*) FROM audit_waiting w, unnest(w.entries) AS i(id) JOIN audit_entry e ON e.id = i.id
                 WHERE e.${of}) AS strays`.execute(database.system);
      if (rows[0]?.strays !== true) return [];
      const found = await sql<{ id: EventId }>`
        SELECT id FROM audit_entry WHERE ${of}
        EXCEPT SELECT 'evt_' || u.id FROM audit_batch b, unnest(b.entries) AS u(id) WHERE b.log = ${log}
        EXCEPT SELECT i.id FROM audit_waiting w, unnest(w.entries) AS i(id)
        ORDER BY id LIMIT ${limit}`.execute(database.system);
      return found.rows.map(({ id }) => id);
    },
  };
}

/** The entries that came with the checkpoint that covers this one first, and what the tree was before them. */
function batchOf(log: LogName, origin: string, id: EventId) {
  const uuid = id.slice('evt_'.length);
  return sql<{ at: number; entry: string | null; note: string; first: number; leaves: Buffer; edge: Buffer | null }>`
    SELECT b.first + array_position(b.entries, ${uuid}::uuid) - 1 AS at, b.note, b.first, b.leaves, before.edge,
           (SELECT entry FROM audit_entry WHERE id = ${id} LIMIT 1) AS entry
      FROM audit_batch b LEFT JOIN audit_batch before ON before.log = b.log AND before.size = b.first
     WHERE b.log = ${log} AND starts_with(b.note, ${`${origin}\n`}) AND ${uuid}::uuid = ANY (b.entries)
     ORDER BY b.first DESC LIMIT 1`;
}

/**
 * Places from the first index to before the second, each with its entry if there still is one: by its id, one by one. A plain
 * join would read the whole log of the workspace each time.
 */
export function placesOf(log: LogName, from: number, to: number) {
  return sql<{ id: EventId; index: number; leaf: Buffer; entry: string | null }>`
    SELECT place.id, place.index, place.leaf, e.entry
      FROM (SELECT 'evt_' || u.id AS id, b.start + u.at - 1 AS index,
                   substring(b.leaves FROM (b.start + u.at - 1 - b.first)::integer * 32 + 1 FOR 32) AS leaf
              FROM (SELECT *, greatest(first, ${from}::bigint) AS start FROM audit_batch
                     WHERE log = ${log} AND size > ${from} AND first < ${to}) b
             CROSS JOIN LATERAL unnest(b.entries[(b.start - b.first + 1)::integer : (${to}::bigint - b.first)::integer])
                  WITH ORDINALITY AS u(id, at)) place
      LEFT JOIN LATERAL (SELECT entry FROM audit_entry WHERE id = place.id LIMIT 1) e ON true
     ORDER BY place.index`;
}
