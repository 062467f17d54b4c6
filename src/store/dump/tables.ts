import type { ClientBase } from 'pg';
import { schemaName } from '../database.ts';
import { bookkeeping } from '../rights/table-rights.ts';

/** A table of ours and the columns in a dump: all except generated ones. */
export interface DumpedTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Which migrations a database has, told apart by content. */
export type SchemaVersion = readonly { readonly name: string; readonly sha256: string }[];

/**
 * Every table of the schema except the one of the migrations: a dump names the migrations, and its target already has
 * them. Each table comes after those that it refers to, so rows can be inserted in this order.
 */
export async function tablesInOrder(client: ClientBase): Promise<DumpedTable[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; refers_to: string[] }>(
    `SELECT c.relname AS name,
            ARRAY(SELECT a.attname::text FROM pg_attribute a
                   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                   ORDER BY a.attnum) AS columns,
            ARRAY(SELECT DISTINCT f.confrelid::regclass::text FROM pg_constraint f
                   WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid) AS refers_to
       FROM pg_class c
      WHERE c.relkind = 'r' AND c.relnamespace = $1::regnamespace AND c.relname <> $2
      ORDER BY c.relname`,
    [schemaName, bookkeeping],
  );
  const ordered: DumpedTable[] = [];
  const waiting = new Map(rows.map(row => [row.name, row]));
  while (waiting.size > 0) {
    const next = [...waiting.values()].find(row => !row.refers_to.some(other => waiting.has(other)));
    if (next === undefined)
      throw new Error(`these tables refer to each other in a circle: ${[...waiting.keys()].join(', ')}`);
    waiting.delete(next.name);
    ordered.push({ name: next.name, columns: next.columns });
  }
  return ordered;
}

export async function schemaVersion(client: ClientBase): Promise<SchemaVersion> {
  const { rows } = await client.query<{ name: string; sha256: string }>(
    `SELECT name, sha256 FROM ${bookkeeping} ORDER BY name`,
  );
  return rows;
}

/** `table (column, …)`, quoted, for COPY. */
export function copyTarget(client: ClientBase, { name, columns }: DumpedTable): string {
  return `${client.escapeIdentifier(name)} (${columns.map(column => client.escapeIdentifier(column)).join(', ')})`;
}
