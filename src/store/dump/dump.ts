import type { ClientBase } from 'pg';
import { copyOut } from './copy.ts';
import { copyTarget, schemaVersion, tablesInOrder } from './tables.ts';

/** First line of a dump. */
export const dumpFormat = 'portcullis-dump/1';

/** Ends the rows of a table. In COPY's text format no row can look like this. */
export const endOfTable = '\\.\n';

/**
 * Everything in the database, as of one moment, while others go on working. In this order:
 *
 *     {"format": …, "schema": [{"name", "sha256"}, …]}      one line of JSON
 *     {"table": …, "columns": […]}                         one line of JSON for each table,
 *     …                                                    its rows in COPY's text format,
 *     \.                                                   and this
 *     {"end": true, "rows": …}                             without it, the dump is not whole
 *
 * Tokens and workspace keys in it are sealed. The root key is not in the database, and so not in a dump.
 *
 * @param client signed in as the system, which may read every workspace's rows, with no transaction open
 */
export async function* dump(client: ClientBase): AsyncGenerator<Buffer> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const schema = await schemaVersion(client);
    const tables = await tablesInOrder(client);
    yield line({ format: dumpFormat, schema });
    let rows = 0;
    for (const table of tables) {
      yield line({ table: table.name, columns: table.columns });
      for await (const row of copyOut(client, `COPY ${copyTarget(client, table)} TO STDOUT`)) {
        rows += 1;
        yield row;
      }
      yield Buffer.from(endOfTable);
    }
    yield line({ end: true, rows });
  } finally {
    await client.query('ROLLBACK');
  }
}

function line(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}
