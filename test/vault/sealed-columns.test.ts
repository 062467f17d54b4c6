/** Rotation knows every column with sealed values, from every migration. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sealedColumns } from '../../src/store/rotation/sealed-tables.ts';
import { type Custody, openCustody } from './a-custody.ts';

/** What names like a sealed value or a key, and is neither: hashes open nothing, and keys have tables of their own. */
const keyTables = ['workspace_key', 'root_key', 'root_key_proof', 'deployment_secret'];

describe('sealed columns', () => {
  let custody: Custody;
  before(async () => {
    custody = await openCustody();
  });
  after(() => custody.close());

  async function columnsLike(pattern: string): Promise<string[]> {
    return custody.database.asOwner(async client => {
      const { rows } = await client.query<{ column: string }>(
        `SELECT table_name || '.' || column_name AS column FROM information_schema.columns
          WHERE table_schema = 'portcullis' AND column_name ~ $1 AND table_name <> ALL($2) ORDER BY 1`,
        [pattern, keyTables],
      );
      return rows.map(({ column }) => column);
    });
  }

  it('are all in the list of what is sealed anew, or in that of what is sealed for the deployment', async () => {
    const rotated = sealedColumns.map(({ table }) => `${table}.sealed`);
    const derived = [
      'client_registration.sealed_secret',
      'client_registration.sealed_management_token',
      'connect_attempt.sealed',
    ];
    // Under a key of the deployment, for an hour at most: a row that does not open is a link that ends early.
    const shortLived = ['file_ticket.sealed'];
    assert.deepEqual(
      await columnsLike('sealed|wrapped|cipher|encrypted'),
      [...rotated, ...derived, ...shortLived].sort(),
      'Add the table to src/store/rotation/sealed-tables.ts: what is missing there is lost with the next rotation. Or here and to deployment-values.ts beside it: what is missing there is never verified.',
    );
  });

  it('name their key beside them wherever it can be rotated', async () => {
    const named = sealedColumns.map(({ table }) => `${table}.kid`);
    assert.deepEqual(
      await columnsLike('kid'),
      named.sort(),
      'The same list; a kid without it keeps a retired key alive.',
    );
  });

  it('refuse a destroyed key by a trigger, in every table that is rotated', async () => {
    const tables = await custody.database.asOwner(async client => {
      const { rows } = await client.query<{ table: string }>(
        `SELECT DISTINCT tgrelid::regclass::text AS table FROM pg_trigger
          WHERE tgfoid = 'require_living_workspace_key'::regproc ORDER BY 1`,
      );
      return rows.map(({ table }) => table);
    });
    assert.deepEqual(tables, sealedColumns.map(({ table }) => table).sort());
  });
});
