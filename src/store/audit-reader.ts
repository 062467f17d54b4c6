import { type RawBuilder, sql } from 'kysely';
import type { AuditFilter, AuditReader, AuditRecord } from '../audit/audit-reader.ts';
import type { LogName } from '../audit/sequence/sequencing.ts';
import { idsBeginAt, type WorkspaceId } from '../domain/ids.ts';
import { minuteMs } from '../domain/units.ts';
import { conditionsOf } from './audit-conditions.ts';
import { createAuditCounts } from './audit-counts.ts';
import { createAuditNames } from './audit-names.ts';
import { bordersOf, type Places, placesIn } from './audit-places.ts';
import { type RecordRow, recordsIn, toRecord } from './audit-records.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** Entries that one reading looks at: a search that finds little in a long log answers in time, and goes on when asked. */
const lookedAtMax = 20_000;
/** Entries that are looked at first. Most readings find enough there. */
const firstLook = 512;
/** Rows of the waiting list that are looked at. */
const waitingMax = 1_000;

/** Reads the log: a workspace's under row-level security, the deployment's own as the system. */
export function createAuditReader(
  database: Database<Schema>,
  { lookAt = lookedAtMax }: { readonly lookAt?: number } = {},
): AuditReader {
  async function rowsOf<T>(workspaceId: WorkspaceId | null, query: RawBuilder<T>): Promise<readonly T[]> {
    const { rows } = await (workspaceId === null
      ? query.execute(database.system)
      : database.inWorkspace(workspaceId, tx => query.execute(tx)));
    return rows;
  }

  async function recordsAt(
    workspaceId: WorkspaceId | null,
    filter: AuditFilter,
    places: Places,
    { order, limit }: { readonly order: 'ASC' | 'DESC'; readonly limit: number },
  ): Promise<AuditRecord[]> {
    const records = recordsIn(placesIn(logOf(workspaceId), places), workspaceId, filter);
    const rows = await rowsOf(
      workspaceId,
      sql<RecordRow>`${records} ORDER BY p.index ${sql.raw(order)} LIMIT ${limit}`,
    );
    return rows.map(toRecord);
  }

  async function size(workspaceId: WorkspaceId | null): Promise<number> {
    const [all] = await rowsOf(workspaceId, bordersOf(logOf(workspaceId), {}, null));
    return all?.to ?? 0;
  }

  return {
    size,

    async read(workspaceId, filter, { before, limit }) {
      const [all = { from: 0, to: 0 }] = await rowsOf(workspaceId, bordersOf(logOf(workspaceId), filter, before));
      const start = Math.min(all.to, before ?? all.to);
      const end = Math.max(all.from, start - lookAt);
      const records: AuditRecord[] = [];
      for (let to = start, look = firstLook; to > end && records.length < limit; look *= 4) {
        const from = Math.max(end, to - look);
        const left = { order: 'DESC', limit: limit - records.length } as const;
        records.push(...(await recordsAt(workspaceId, filter, { from, to }, left)));
        to = from;
      }
      if (records.length === limit) return { records, next: records.at(-1)?.index ?? null };
      return { records, next: end > all.from ? end : null };
    },

    async follow(workspaceId, filter, { from, limit }) {
      const to = Math.min(await size(workspaceId), from + lookAt);
      if (to <= from) return { records: [], next: from };
      const records = await recordsAt(workspaceId, filter, { from, to }, { order: 'ASC', limit });
      return { records, next: records.length === limit ? (records.at(-1)?.index ?? from) + 1 : to };
    },

    async waiting(workspaceId, filter, limit) {
      // The waiting list does not say which workspace an entry belongs to. The entries themselves are read with the
      // rights of the reader.
      const { rows } = await sql<{ id: string }>`
        SELECT u.id FROM (SELECT entries FROM audit_waiting ORDER BY id DESC LIMIT ${waitingMax}) w, unnest(w.entries) AS u(id)`.execute(
        database.system,
      );
      if (rows.length === 0) return [];
      const ids = rows.map(({ id }) => id);
      const places = sql`(SELECT u.id, NULL::bigint AS index FROM unnest(${ids}::text[]) AS u(id))`;
      const found = await rowsOf(
        workspaceId,
        sql<RecordRow>`${recordsIn(places, workspaceId, filter)} ORDER BY p.id DESC LIMIT ${limit}`,
      );
      return found.map(toRecord);
    },

    async firstCallWith(workspaceId, key, since) {
      const [first] = await rowsOf(
        workspaceId,
        sql<RecordRow>`
          SELECT e.entry, o.entry AS outcome, NULL AS index
            FROM (SELECT id, kind, operation, entry FROM audit_entry
                   WHERE kind <> 'outcome' AND workspace_id = ${workspaceId} AND at >= ${since}
                     AND id >= ${idsBeginAt('evt', new Date(since.getTime() - minuteMs))}
                   ORDER BY id LIMIT ${lookAt}) e
            LEFT JOIN audit_entry o ON o.intent_id = e.id AND o.kind = 'outcome'
           WHERE ${sql.join(conditionsOf(workspaceId, { credential: key, activity: ['notion'] }), sql` AND `)}
           ORDER BY e.id LIMIT 1`,
      );
      return first === undefined ? null : toRecord(first);
    },

    counts: createAuditCounts(rowsOf, lookAt * 10),
    namesOf: createAuditNames(database),
  };
}

function logOf(workspaceId: WorkspaceId | null): LogName {
  return workspaceId ?? 'deployment';
}
