import type { ClientBase } from 'pg';
import { z } from 'zod';
import { StoreError } from '../../domain/store-error.ts';
import { copyIn } from './copy.ts';
import { dumpFormat, endOfTable } from './dump.ts';
import { copyTarget, type DumpedTable, schemaVersion, tablesInOrder } from './tables.ts';

const header = z.object({
  format: z.literal(dumpFormat),
  schema: z.array(z.object({ name: z.string(), sha256: z.string() })),
});
const tableLine = z.object({ table: z.string(), columns: z.array(z.string()) });
const endLine = z.object({ end: z.literal(true), rows: z.number() });

/**
 * Fills an empty, migrated database from a dump: all of it or nothing. Returns the number of rows. Throws StoreError
 * `dump_refused` if the dump is incomplete or has another schema, or if the database is not empty.
 *
 * @param client signed in as the owner of the schema, with no transaction open
 * @param lines of the dump, each with its newline
 */
export async function restore(client: ClientBase, lines: AsyncIterable<Buffer>): Promise<number> {
  const reader = lines[Symbol.asyncIterator]();
  await client.query('BEGIN');
  try {
    const tables = await tablesInOrder(client);
    await requireSameSchema(client, parse(header, await next(reader)));
    await suspendGuards(client, tables);
    await requireEmpty(client, tables);
    const rows = await restoreTables(client, tables, reader);
    await resumeGuards(client, tables);
    await client.query('COMMIT');
    return rows;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

async function restoreTables(
  client: ClientBase,
  tables: readonly DumpedTable[],
  reader: AsyncIterator<Buffer>,
): Promise<number> {
  let rows = 0;
  for (const table of tables) {
    const { table: name, columns } = parse(tableLine, await next(reader));
    if (name !== table.name || columns.join() !== table.columns.join()) throw damaged();
    const counted = rowsOfTable(reader, () => {
      rows += 1;
    });
    await copyIn(client, `COPY ${copyTarget(client, table)} FROM STDIN`, counted);
  }
  if (parse(endLine, await next(reader)).rows !== rows) throw damaged();
  return rows;
}

async function* rowsOfTable(reader: AsyncIterator<Buffer>, count: () => void): AsyncGenerator<Buffer> {
  for (;;) {
    const row = await next(reader);
    if (row.equals(Buffer.from(endOfTable))) return;
    count();
    yield row;
  }
}

/**
 * The owner switches off row-level security, which COPY FROM does not support, and the triggers that move revisions: a
 * restored row must equal the dumped row. Both end with the transaction, whose locks keep others out.
 */
async function suspendGuards(client: ClientBase, tables: readonly DumpedTable[]): Promise<void> {
  for (const { name } of tables) {
    const table = client.escapeIdentifier(name);
    await client.query(`ALTER TABLE ${table} DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY`);
  }
}

async function resumeGuards(client: ClientBase, tables: readonly DumpedTable[]): Promise<void> {
  for (const { name } of tables) {
    const table = client.escapeIdentifier(name);
    await client.query(`ALTER TABLE ${table} ENABLE TRIGGER USER, FORCE ROW LEVEL SECURITY`);
  }
}

async function requireSameSchema(client: ClientBase, { schema }: z.infer<typeof header>): Promise<void> {
  const here = await schemaVersion(client);
  if (JSON.stringify(here) === JSON.stringify(schema)) return;
  throw refused(
    `The dump was taken at schema ${schema.at(-1)?.name ?? 'none'}, and this database is at ${here.at(-1)?.name ?? 'none'}. ` +
      'Dump and restore with the same version of Portcullis, and upgrade afterwards.',
  );
}

async function requireEmpty(client: ClientBase, tables: readonly DumpedTable[]): Promise<void> {
  for (const { name } of tables) {
    const { rows } = await client.query(`SELECT FROM ${client.escapeIdentifier(name)} LIMIT 1`);
    if (rows.length > 0) throw refused(`The database is not empty: ${name} has rows. Restore into a new database.`);
  }
}

async function next(reader: AsyncIterator<Buffer>): Promise<Buffer> {
  const { value, done } = await reader.next();
  if (done === true) throw damaged();
  return value;
}

function parse<T>(shape: z.ZodType<T>, line: Buffer): T {
  try {
    return shape.parse(JSON.parse(line.toString('utf8')));
  } catch (cause) {
    throw new StoreError('dump_refused', damaged().message, { cause });
  }
}

function damaged(): StoreError {
  return refused('This is not a whole dump of Portcullis. It may have been cut off, or edited.');
}

function refused(message: string): StoreError {
  return new StoreError('dump_refused', message);
}
