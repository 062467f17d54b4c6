import { type RawBuilder, sql } from 'kysely';
import type { ResealedRow, SealedRow, SealedTable, StaleRow } from '../../vault/rotation/sealed-tables.ts';
import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';

/** The place of a table's sealed values. All have the columns `workspace_id`, `sealed` and `kid`. */
interface SealedColumns {
  readonly table: string;
  /** The columns of the primary key, in its order, and their types. */
  readonly key: Readonly<Record<string, string>>;
  /** SQL for the binding: the same names and values as in the code that seals the values. */
  readonly binding: string;
  /** The row that all code locks before it changes such a row, and the key column that leads to it. */
  readonly lockedFirst: { readonly table: string; readonly by: string };
}

/**
 * A table with a new column of sealed values needs a row here: values that are missing here would be lost with the next
 * rotation.
 */
export const sealedColumns: readonly SealedColumns[] = [
  {
    table: 'connection_secret',
    key: { workspace_id: 'text', connection_id: 'text', generation: 'bigint', field: 'text' },
    binding: `jsonb_build_object('workspace', t.workspace_id, 'connection', t.connection_id,
                                 'field', t.field, 'generation', t.generation)`,
    lockedFirst: { table: 'connection', by: 'connection_id' },
  },
  {
    table: 'webhook_subscription',
    key: { workspace_id: 'text', id: 'text' },
    binding: `jsonb_build_object('workspace', t.workspace_id, 'webhook', t.id,
                                 'field', 'verification_token', 'generation', t.generation)`,
    lockedFirst: { table: 'webhook_subscription', by: 'id' },
  },
  {
    table: 'sink',
    key: { workspace_id: 'text', id: 'text' },
    binding: `jsonb_build_object('workspace', t.workspace_id, 'sink', t.id,
                                 'field', 'secret', 'generation', t.generation)`,
    lockedFirst: { table: 'sink', by: 'id' },
  },
];

/**
 * Every table with sealed values, in PostgreSQL. Rows of no workspace are not sealed under these keys, and are skipped.
 */
export function createSealedTables(database: Pick<Database<Schema>, 'system'>): SealedTable[] {
  return sealedColumns.map(columns => createSealedTable(database, columns));
}

function createSealedTable({ system }: Pick<Database<Schema>, 'system'>, columns: SealedColumns): SealedTable {
  const { table, key, binding, lockedFirst } = columns;
  const names = Object.keys(key);
  const target = sql.table(table);
  const keyColumns = sql.raw(names.map(name => `t.${name}`).join(', '));
  const keyRecord = sql.raw(
    Object.entries(key)
      .map(([name, type]) => `${name} ${type}`)
      .join(', '),
  );
  const row = sql.raw(
    `jsonb_build_object(${names.map(name => `'${name}', t.${name}`).join(', ')}) AS key,
     t.workspace_id AS "workspaceId", ${binding} AS binding, t.sealed, t.kid`,
  );
  const following = (after: SealedRow | null): RawBuilder<unknown> =>
    after === null
      ? sql`true`
      : sql`(${keyColumns}) > (SELECT * FROM jsonb_to_record(${JSON.stringify(after.key)}::jsonb) AS k(${keyRecord}))`;
  // Without an active key there is none to seal under. The next connect or refresh in the workspace makes one.
  const stale = sql`${target} t JOIN workspace_key old ON old.workspace_id = t.workspace_id AND old.kid = t.kid
                     AND old.state = 'decrypt_only'
                     JOIN workspace_key new ON new.workspace_id = t.workspace_id AND new.state = 'active'`;

  return {
    name: table,
    async countStale() {
      const { rows } = await sql<{ count: number }>`SELECT count(*) FROM ${stale}`.execute(system);
      return rows[0]?.count ?? 0;
    },
    async stale(after, limit) {
      const { rows } = await sql<StaleRow>`
        SELECT ${row}, new.kid AS "activeKid" FROM ${stale}
         WHERE ${following(after)} ORDER BY ${keyColumns} LIMIT ${limit}`.execute(system);
      return rows;
    },
    async all(after, limit) {
      const { rows } = await sql<SealedRow>`
        SELECT ${row} FROM ${target} t WHERE t.sealed IS NOT NULL AND t.workspace_id IS NOT NULL AND ${following(after)}
         ORDER BY ${keyColumns} LIMIT ${limit}`.execute(system);
      return rows;
    },
    replace: rows =>
      system.transaction().execute(async tx => {
        const ids = [...new Set(rows.map(resealed => String(resealed.row.key[lockedFirst.by])))];
        // Locks in the same order as all other code, so that processes cannot wait for each other in a circle. It does
        // not wait for locked rows.
        const { rows: locked } = await sql<{ id: string }>`
          SELECT id FROM ${sql.table(lockedFirst.table)} WHERE id = ANY(${ids}) ORDER BY id
             FOR NO KEY UPDATE SKIP LOCKED`.execute(tx);
        const free = new Set(locked.map(({ id }) => id));
        const mine = rows.filter(resealed => free.has(String(resealed.row.key[lockedFirst.by])));
        const { numAffectedRows } = await sql`
          UPDATE ${target} t SET sealed = r.after, kid = r.kid
            FROM jsonb_to_recordset(${changesOf(mine)}::jsonb) AS r(${keyRecord}, before text, after text, kid text)
           WHERE ${sql.raw(names.map(name => `t.${name} = r.${name}`).join(' AND '))} AND t.sealed = r.before`.execute(
          tx,
        );
        return Number(numAffectedRows ?? 0);
      }),
  };
}

function changesOf(rows: readonly ResealedRow[]): string {
  return JSON.stringify(
    rows.map(({ row, sealed }) => ({ ...row.key, before: row.sealed, after: sealed, kid: row.activeKid })),
  );
}
