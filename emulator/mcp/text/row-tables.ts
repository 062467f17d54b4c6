import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { invalid } from '../../http/errors.ts';
import type { Call } from '../../http/route.ts';
import { propertyObject } from '../../rest/property-object.ts';
import { rowsOf } from '../../rest/query.ts';
import type { DataSourceNode, PageNode } from '../../world/records.ts';
import { isTrashed } from '../../world/tree.ts';
import { addressOf } from '../reference.ts';
import { columnsOf } from './database-text.ts';
import { cellsOf, columnName, type SimpleValue } from './simple-values.ts';

/** A row as a query answers it. */
export type Row = Record<string, SimpleValue>;

/** A row of a data source with all its columns. */
export function rowCells(call: Call, source: DataSourceNode, page: PageNode): Row {
  const row: Row = { url: addressOf(page.id), createdTime: new Date(page.createdAt).toISOString() };
  for (const config of source.schema.values()) {
    for (const [name, cell] of cellsOf(columnName(config.name), propertyObject(call, page, config))) row[name] = cell;
  }
  return row;
}

/**
 * Answers SQL over data sources: each is a table called `collection://…` in a database that lives as long as the query.
 * @throws ApiError 400 with SQLite's complaint, or where the text is not a query
 */
export function runSql(
  call: Call,
  sources: readonly DataSourceNode[],
  sql: string,
  params: readonly SimpleValue[],
): Row[] {
  // Nothing but a query: ATTACH, for one, would open files of this machine.
  if (!/^\s*(select|with)\b/i.test(sql)) throw invalid('SQL error: only SELECT statements are supported');
  const database = new DatabaseSync(':memory:');
  try {
    for (const source of sources) fill(database, call, source);
    database.exec('PRAGMA query_only = ON');
    const statement = database.prepare(sql);
    return statement.all(...(params as SQLInputValue[])) as Row[];
  } catch (error) {
    throw invalid(`SQL error: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    database.close();
  }
}

function fill(database: DatabaseSync, call: Call, source: DataSourceNode): void {
  const columns = [
    { name: 'url', type: 'TEXT UNIQUE' },
    { name: 'createdTime', type: 'TEXT' },
    ...[...source.schema.values()].flatMap(columnsOf),
  ];
  const table = quoted(`collection://${source.id}`);
  database.exec(`CREATE TABLE ${table} (${columns.map(({ name, type }) => `${quoted(name)} ${type}`).join(', ')})`);
  const insert = database.prepare(`INSERT INTO ${table} VALUES (${columns.map(() => '?').join(', ')})`);
  for (const page of rowsOf(call, source)) {
    if (isTrashed(call.world, page)) continue;
    const row = rowCells(call, source, page);
    insert.run(...columns.map(({ name }) => row[name] ?? null));
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
