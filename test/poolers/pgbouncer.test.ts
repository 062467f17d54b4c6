/** PgBouncer between Portcullis and its database: refused in each mode, with the one remedy that is true. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { report } from '../../src/cli/report.ts';
import { Secret } from '../../src/domain/secret.ts';
import { openStore } from '../../src/store/open-store.ts';
import { freshDatabase, type TestDatabase } from '../postgres.ts';
import { pgbouncerMissing, startPgBouncer } from './pgbouncer.ts';

/** What lets a client in that sets parameters when it connects: PgBouncer then drops them. */
const ignoring = {
  ignore_startup_parameters:
    'extra_float_digits,options,statement_timeout,lock_timeout,idle_in_transaction_session_timeout',
};

describe('PgBouncer before the database', { skip: pgbouncerMissing() }, () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase({ migrated: true });
  });

  for (const [name, settings, expected] of [
    ['in session mode', { pool_mode: 'session' }, /unsupported startup parameter/],
    ['in session mode, dropping parameters', { pool_mode: 'session', ...ignoring }, /works as portcullis\. /],
    ['in transaction mode', { pool_mode: 'transaction' }, /in transaction or statement mode/],
    ['in transaction mode, dropping parameters', { pool_mode: 'transaction', ...ignoring }, /in transaction or/],
  ] as const) {
    it(`is refused ${name}, and the message says what to do`, async () => {
      const bouncer = await startPgBouncer(database.connection, settings);
      try {
        const log = { info: () => {}, warn: () => {} };
        const error = await openStore({ kind: 'external', url: new Secret(bouncer.url) }, { stamp: 'serve', log }).then(
          () => assert.fail('it was accepted'),
          (refusal: unknown) => refusal,
        );
        const { lines, exitCode } = report(error);
        const said = lines.join('\n');
        assert.match(said, expected);
        assert.match(said, /(?:Name|name) the address of PostgreSQL itself/);
        assert.doesNotMatch(said, /session mode/);
        assert.equal(exitCode, 6, said);
      } finally {
        await bouncer.stop();
      }
    });
  }
});
