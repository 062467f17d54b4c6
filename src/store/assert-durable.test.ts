import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { end } from '../../test/children.ts';
import { ask, temporaryPlace } from '../../test/embedded-postgres.ts';
import { freshDatabase, type TestDatabase } from '../../test/postgres.ts';
import { startTransactionPooler } from '../../test/transaction-pooler.ts';
import { until } from '../../test/until.ts';
import { chooseAccount } from '../postgres/account.ts';
import { prepareBinaries } from '../postgres/binaries.ts';
import { dataDirectoryArgument, under } from '../postgres/cluster.ts';
import { assertDurable } from './assert-durable.ts';
import { openDatabase } from './database.ts';

describe('rule 24: the database server that Portcullis starts on', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
  });

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

  it('is refused with fsync off', async () => {
    const place = await temporaryPlace();
    const { connection, stop } = await place.start();
    await stop();
    const cluster = join(place.path, 'data', 'cluster');
    const account = await chooseAccount(cluster);
    const { postgres } = await prepareBinaries(account);
    const settings = ['listen_addresses=', 'unix_socket_directories=.', 'fsync=off'].flatMap(setting => [
      '-c',
      setting,
    ]);
    const careless = spawn(postgres, ['-D', dataDirectoryArgument(cluster), ...settings], {
      cwd: cluster,
      ...under(account),
    });
    try {
      await until('the server', () =>
        ask(connection, 'SELECT 1').then(
          () => true,
          () => false,
        ),
      );
      await assert.rejects(assertDurable(openDatabase(connection)), {
        code: 'server_refused',
        message: /^The server in DATABASE_URL runs with fsync = off/,
      });
    } finally {
      await end(careless, 'SIGINT');
      await place.remove();
    }
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
