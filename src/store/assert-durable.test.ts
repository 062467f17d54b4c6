import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { freshDatabase, type TestDatabase } from '../../test/postgres.ts';
import { startTransactionPooler } from '../../test/transaction-pooler.ts';
import { assertDurable } from './assert-durable.ts';
import { openDatabase } from './database.ts';

describe('rule 24: the database server that Portcullis starts on', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.drop());

  it('is accepted as it usually is', async () => {
    await assertDurable(openDatabase(database.connection));
  });

  it('is refused with synchronous_commit off', async () => {
    const careless = openDatabase({ ...database.connection, options: '-c synchronous_commit=off' });
    await assert.rejects(assertDurable(careless), {
      code: 'server_refused',
      message: /^The server in DATABASE_URL runs with synchronous_commit = off: after a power cut/,
    });
  });

  for (const kind of [
    { poolSize: 1, lendFirst: 'newest' },
    { poolSize: 2, lendFirst: 'newest' },
    { poolSize: 3, lendFirst: 'oldest' },
  ] as const) {
    it(`is refused behind a transaction pooler that lends the ${kind.lendFirst} of ${kind.poolSize} first`, async () => {
      const pooler = await startTransactionPooler(database.connection, kind);
      try {
        await assert.rejects(assertDurable(openDatabase(pooler.connection)), {
          code: 'server_refused',
          message: /^A connection pooler in transaction or statement mode stands before the server/,
        });
      } finally {
        await pooler.stop();
      }
    });
  }
});
