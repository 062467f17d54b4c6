/** PgBouncer between Portcullis and its database: what works, and what is refused with the remedy. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { report } from '../../src/cli/report.ts';
import { Secret } from '../../src/domain/secret.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { freshDatabase, type TestDatabase } from '../postgres.ts';
import { anAdministeredDatabase } from '../store/administered-database.ts';
import { type PgBouncer, pgbouncerMissing, startPgBouncer } from './pgbouncer.ts';

const session = { pool_mode: 'session' };
const log = { info: () => {}, warn: () => {} };

describe('PgBouncer before the database', { skip: pgbouncerMissing() }, () => {
  let database: TestDatabase;
  /** How PgBouncer learns of the logins that Portcullis makes: it asks the server for their verifiers. */
  let asking: { settings: Record<string, string>; users: Record<string, string> };
  before(async () => {
    database = await freshDatabase({ migrated: true });
    const { user, password } = database.superuser;
    asking = {
      settings: { auth_user: user, auth_query: 'SELECT usename, passwd FROM pg_shadow WHERE usename = $1' },
      users: { [user]: password },
    };
  });

  const open = (bouncer: PgBouncer): Promise<Store> => {
    const { user, password } = database.connection;
    return openStore({ kind: 'external', url: new Secret(bouncer.urlFor(user, password)) }, { stamp: 'serve', log });
  };

  async function through<T>(starting: Promise<PgBouncer>, work: (bouncer: PgBouncer) => Promise<T>): Promise<T> {
    const bouncer = await starting;
    try {
      return await work(bouncer);
    } finally {
      await bouncer.stop();
    }
  }

  async function saidOf(opening: Promise<Store>): Promise<string> {
    const { lines, exitCode } = report(
      await opening.then(
        () => assert.fail('it was accepted'),
        (error: unknown) => error,
      ),
    );
    assert.equal(exitCode, 6, lines.join('\n'));
    return lines.join('\n');
  }

  it('works in session mode: each session is its login, with its limits, and leaves nothing to the next', async () => {
    const starting = startPgBouncer(database.connection, { ...session, ...asking.settings }, asking);
    await through(starting, async bouncer => {
      const settings = sql<Record<string, string>>`
        SELECT current_user AS role, current_setting('search_path') AS path, current_setting('statement_timeout') AS statement,
               current_setting('lock_timeout') AS lock, current_setting('idle_in_transaction_session_timeout') AS idle`;
      const limits = { path: 'portcullis, pg_temp', statement: '10s', lock: '5s', idle: '10s' };
      for (const round of [1, 2]) {
        const store = await open(bouncer);
        const { app, system, inWorkspace, asOwner } = store.database;
        assert.deepEqual((await settings.execute(app)).rows, [{ role: 'portcullis_app', ...limits }], `round ${round}`);
        assert.deepEqual((await settings.execute(system)).rows, [{ role: 'portcullis_system', ...limits }]);
        assert.deepEqual((await asOwner(owner => owner.query('SELECT current_user AS role'))).rows, [
          { role: 'portcullis' },
        ]);
        assert.deepEqual(await inWorkspace('wsp_a', tx => tx.selectFrom('workspace').select('id').execute()), []);
        assert.equal(
          (await store.auditPool.query('SHOW plan_cache_mode')).rows[0].plan_cache_mode,
          'force_generic_plan',
        );
        await store.close();
      }
    });
  });

  it('works in session mode with logins that an administrator made and told it', async () => {
    const { app, system, owner } = await anAdministeredDatabase();
    const users = { [app.user]: app.password, [system.user]: system.password };
    await through(startPgBouncer(owner, session, { users }), async bouncer => {
      const url = (name: string, password: string) => new Secret(bouncer.urlFor(name, password));
      const logins = { app: url(app.user, app.password), system: url(system.user, system.password) };
      const config = { kind: 'external', url: url(owner.user, owner.password), logins } as const;
      const store = await openStore(config, { stamp: 'serve', log });
      const { rows } = await sql`SELECT current_user AS role`.execute(store.database.app);
      assert.deepEqual(rows, [{ role: app.user }]);
      await store.close();
    });
  });

  it('is refused in transaction mode', async () => {
    const settings = { pool_mode: 'transaction', ...asking.settings };
    const said = await through(startPgBouncer(database.connection, settings, asking), bouncer => saidOf(open(bouncer)));
    assert.match(said, /in transaction or statement mode stands before .*pool_mode = session/);
  });

  it('is refused where it does not know the logins', async () => {
    const said = await through(startPgBouncer(database.connection, session), bouncer => saidOf(open(bouncer)));
    assert.match(said, /The login portcullis_app, .* cannot sign in: .*users of the pooler/);
  });

  it('is refused where it signs everybody in as one user', async () => {
    const { user, password } = database.connection;
    const forced = `user=${user} password=${password}`;
    const starting = startPgBouncer(database.connection, { ...session, ...asking.settings }, { ...asking, forced });
    const said = await through(starting, bouncer => saidOf(open(bouncer)));
    assert.match(
      said,
      /A session that signed in as portcullis_system works as portcullis\. .*"user=" in \[databases\]/,
    );
  });
});
