import type { Pool, PoolClient } from 'pg';
import type { TreeHash } from '../audit/proof/merkle.ts';
import type {
  LogEnd,
  LogName,
  NewBatch,
  NewEntries,
  SequencerSession,
  Sequencing,
  StoredKey,
  WaitingEntry,
} from '../audit/sequence/sequencing.ts';
import type { EventId } from '../domain/ids.ts';

/** Key of the advisory lock of the sequencer. */
const sequencerLock = 7_130_001;

/** Logs in PostgreSQL, on a pool of the role `portcullis_system`. */
export function createSequencing(pool: Pool): Sequencing {
  return {
    async lead() {
      const client = await pool.connect();
      try {
        const { rows } = await client.query<{ ours: boolean }>('SELECT pg_try_advisory_lock($1) AS ours', [
          sequencerLock,
        ]);
        if (rows[0]?.ours === true) return sessionOn(client);
        client.release();
        return null;
      } catch (error) {
        client.release(true);
        throw error;
      }
    },
    async keys() {
      const { rows } = await pool.query<StoredKey>(
        `SELECT number, name, public_key AS "publicKey",
                number = max(number) OVER () OR
                (number = max(number) OVER () - 1 AND clock_timestamp() < last_value(overlap_until) OVER all_keys
                 AND name = last_value(name) OVER all_keys) AS signs
           FROM audit_key
         WINDOW all_keys AS (ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
          ORDER BY number`,
      );
      return rows;
    },
    async addKey({ number, name, publicKey, overlapMs }) {
      await pool.query(
        `INSERT INTO audit_key (number, name, public_key, overlap_until)
         VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))`,
        [number, name, publicKey, overlapMs / 1000],
      );
    },
    async mark() {
      const { rows } = await pool.query<{ mark: string }>('SELECT clock_timestamp()::text AS mark');
      return rows[0]?.mark ?? '';
    },
    async isPlaced(mark) {
      const { rows } = await pool.query<{ placed: boolean }>(
        'SELECT NOT EXISTS (SELECT FROM audit_waiting WHERE at <= $1::timestamptz) AS placed',
        [mark],
      );
      return rows[0]?.placed === true;
    },
    async isLate(ms) {
      const { rows } = await pool.query<{ late: boolean }>(
        `SELECT EXISTS (SELECT FROM audit_waiting WHERE at < clock_timestamp() - make_interval(secs => $1)) AS late`,
        [ms / 1000],
      );
      return rows[0]?.late === true;
    },
  };
}

function sessionOn(client: PoolClient): SequencerSession {
  return {
    waiting: rowsMax => waiting(client, rowsMax),
    ends: logs => ends(client, logs),
    add: batch => add(client, batch),
    async close() {
      // The lock belongs to the session, and ends with it in every state of the session.
      client.release(true);
    },
  };
}

async function waiting(client: PoolClient, rowsMax: number) {
  const { rows } = await client.query<{
    row: string;
    id: EventId;
    entry: string | null;
    workspaceId: WaitingEntry['workspaceId'];
    atMs: number;
  }>({
    name: 'audit_waiting',
    text: `SELECT w.id AS row, i.id, e.entry, e.workspace_id AS "workspaceId",
                  (extract(epoch FROM coalesce(decided.at, e.at)) * 1000)::double precision AS "atMs"
             FROM (SELECT id, entries FROM audit_waiting ORDER BY id LIMIT $1) w
             CROSS JOIN LATERAL unnest(w.entries) AS i(id)
             LEFT JOIN audit_entry e ON e.id = i.id
             LEFT JOIN audit_entry decided ON decided.id = e.intent_id
            ORDER BY w.id, i.id`,
    values: [rowsMax],
  });
  return {
    rows: [...new Set(rows.map(({ row }) => row))],
    entries: rows.filter((row): row is typeof row & { entry: string } => row.entry !== null),
    lost: rows.filter(({ entry }) => entry === null).map(({ id }) => id),
  };
}

async function ends(client: PoolClient, logs: readonly (LogName | 'root')[]) {
  const { rows } = await client.query<{ log: LogName | 'root'; size: number; edge: Buffer; newestMs: number }>({
    name: 'audit_log_ends',
    text: `SELECT l.log, b.size, b.edge, coalesce(extract(epoch FROM b.newest) * 1000, 0)::double precision AS "newestMs"
             FROM unnest($1::text[]) AS l(log)
             CROSS JOIN LATERAL (SELECT size, edge, newest FROM audit_batch WHERE log = l.log ORDER BY first DESC LIMIT 1) b`,
    values: [logs],
  });
  return new Map(
    rows.map(({ log, size, edge, newestMs }): [LogName | 'root', LogEnd] => [
      log,
      { size, edge: hashesIn(edge), newestMs },
    ]),
  );
}

const insertBatches = `
  INSERT INTO audit_batch (log, workspace_id, first, size, entries, leaves, edge, note, root_index, oldest, newest)
  SELECT log, NULLIF(log, 'deployment'), first, size, string_to_array(entries, ' ')::uuid[], leaves, edge, note, root_index,
         to_timestamp(oldest / 1000), to_timestamp(newest / 1000)
    FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::bytea[], $6::bytea[], $7::text[], $8::bigint[],
                $9::double precision[], $10::double precision[])
      AS b(log, first, size, entries, leaves, edge, note, root_index, oldest, newest)`;

const insertRoot = `
  INSERT INTO audit_batch (log, first, size, entries, leaves, edge, note, taken)
  VALUES ('root', $1, $2, '{}', $3, $4, $5, $6)`;

async function add(
  client: PoolClient,
  { entries, root, taken }: { entries: readonly NewEntries[]; root: NewBatch; taken: readonly string[] },
): Promise<void> {
  const columns = [
    entries.map(({ log }) => log),
    entries.map(({ first }) => first),
    entries.map(({ end }) => end.size),
    entries.map(batch => batch.entries.map(id => id.slice('evt_'.length)).join(' ')),
    entries.map(({ leaves }) => bytesOf(leaves)),
    entries.map(({ end }) => bytesOf(end.edge)),
    entries.map(({ note }) => note),
    entries.map(({ rootIndex }) => rootIndex),
    entries.map(({ oldestMs }) => oldestMs),
    entries.map(({ end }) => end.newestMs),
  ];
  await client.query('BEGIN');
  try {
    await client.query({ name: 'audit_add_batches', text: insertBatches, values: columns });
    const values = [root.first, root.end.size, bytesOf(root.leaves), bytesOf(root.end.edge), root.note, taken];
    await client.query({ name: 'audit_add_root', text: insertRoot, values });
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

function bytesOf(hashes: readonly TreeHash[]): Buffer {
  return Buffer.from(hashes.join(''), 'latin1');
}

/** The hashes in these bytes, one after another. */
export function hashesIn(bytes: Buffer): TreeHash[] {
  const text = bytes.toString('latin1');
  return Array.from({ length: text.length / 32 }, (_, at) => text.slice(at * 32, at * 32 + 32));
}
