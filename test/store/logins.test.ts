/** The two logins of Portcullis: made by itself, or by an administrator. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { sql } from 'kysely';
import pg from 'pg';
import { bringUpToDate } from '../../src/store/bring-up-to-date.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import type { DatabaseConnection } from '../../src/store/logins/logins.ts';
import type { Schema } from '../../src/store/schema.ts';
import { freshDatabase, toUrl } from '../postgres.ts';
import { type AdministeredDatabase, anAdministeredDatabase } from './administered-database.ts';
import { aWorkspace } from './rows.ts';

/** Opens a database, brings it up to date, runs `work`, closes it. */
async function upToDate<T>(
  connection: DatabaseConnection,
  work: (database: Database<Schema>) => Promise<T>,
): Promise<T> {
  const database = openDatabase<Schema>(connection, { poolSize: 1 });
  try {
    await bringUpToDate(database);
    return await work(database);
  } finally {
    await database.close();
  }
}

async function refusalOf(connection: DatabaseConnection): Promise<string> {
  const error = await upToDate(connection, async () => {}).then(
    () => assert.fail('it was accepted'),
    (refusal: Error & { code?: string }) => refusal,
  );
  assert.match(error.code ?? '', /^(login|rights)_refused$/, error.message);
  return error.message;
}

/** Works as both logins do, in a workspace of its own. */
async function work(database: Database<Schema>): Promise<void> {
  const id = await aWorkspace(database);
  assert.deepEqual(await database.inWorkspace(id, tx => tx.selectFrom('workspace').select('id').execute()), [{ id }]);
}

describe('logins that Portcullis makes', () => {
  const anOwner = async (ownerName?: string) => {
    const given = ownerName === undefined ? {} : { ownerName };
    return anAdministeredDatabase({ ...given, attributes: 'CREATEROLE' });
  };

  it('are named after the owner, and only a verifier of their passwords is in the server', async () => {
    const { owner, asSuperuser } = await anOwner();
    const names = await upToDate(owner, async database => {
      await work(database);
      return [database.logins.app.name, database.logins.system.name];
    });
    assert.deepEqual(names, [`${owner.user}_app`, `${owner.user}_system`]);
    const stored = await asSuperuser<{ verifier: string }>(
      `SELECT rolpassword AS verifier FROM pg_authid WHERE rolname IN ('${names.join("','")}')`,
    );
    for (const { verifier } of stored)
      assert.match(verifier, /^SCRAM-SHA-256\$4096:[\w+/]{22}==\$[\w+/]{43}=:[\w+/]{43}=$/);
    assert.equal(new Set(stored.map(({ verifier }) => verifier)).size, 2);
  });

  it('take no other password, and not that of the owner or of each other', async () => {
    const { owner } = await anOwner();
    await upToDate(owner, async ({ logins }) => {
      const wrong = [owner.password, new pg.Client(logins.system.connection).password, ''];
      for (const password of wrong) {
        const client = new pg.Client({ ...owner, user: logins.app.name, password: password ?? '' });
        await assert.rejects(client.connect(), /password/);
        // Without a password the client gives up and the server waits for it, for a minute.
        await client.end();
      }
    });
  });

  it('follow the password of the owner, and stay as they are while it stays', async () => {
    const { owner, asSuperuser } = await anOwner();
    const verifier = () =>
      asSuperuser(`SELECT rolpassword FROM pg_authid WHERE rolname LIKE '${owner.user}%' ORDER BY rolname`);
    await upToDate(owner, work);
    const first = await verifier();
    await upToDate(owner, work);
    assert.deepEqual(await verifier(), first);
    await asSuperuser(`ALTER ROLE ${owner.user} PASSWORD 'another one'`);
    await upToDate({ ...owner, password: 'another one' }, work);
    assert.notDeepEqual(await verifier(), first);
  });

  it('of two deployments on one server differ, with the same password too, and reach nothing of each other', async () => {
    const [one, other] = [await anOwner(), await anOwner()];
    await one.asSuperuser(
      `ALTER ROLE ${one.owner.user} PASSWORD 'same'; ALTER ROLE ${other.owner.user} PASSWORD 'same'`,
    );
    const passwords = await Promise.all(
      [one, other].map(({ owner }) =>
        upToDate(
          { ...owner, password: 'same' },
          async ({ logins }) => new pg.Client(logins.system.connection).password,
        ),
      ),
    );
    assert.notEqual(passwords[0], passwords[1]);
    await upToDate({ ...one.owner, password: 'same' }, async ({ logins }) => {
      const intruder = new pg.Client({ ...logins.system.connection, database: other.owner.database });
      await intruder.connect();
      await assert.rejects(
        intruder.query('SELECT FROM portcullis.workspace'),
        /permission denied for schema portcullis/,
      );
      await intruder.end();
    });
  });

  it('are made once where two processes start together, for two databases of one owner', async () => {
    const { owner, asSuperuser } = await anOwner();
    await asSuperuser(`CREATE DATABASE ${owner.user}_2 OWNER ${owner.user}`);
    const databases = [owner, owner, { ...owner, database: `${owner.user}_2` }];
    await Promise.all(databases.map(connection => upToDate(connection, work)));
  });

  it('work for an owner with an odd name and password, given as a URL', async () => {
    const { owner, asSuperuser } = await anOwner(`o'w"n@ %41 ${'é'.repeat(20)}`);
    const password = 'p@ss:/%41?# word';
    await asSuperuser(`ALTER ROLE ${pg.escapeIdentifier(owner.user)} PASSWORD '${password}'`);
    const url = toUrl({ ...owner, user: encodeURIComponent(owner.user), password });
    await upToDate({ connectionString: `${url}&application_name=x` }, work);
    const { app } = openDatabase({ ...owner, user: 'é'.repeat(31) }).logins;
    assert.match(app.name, /^portcullis_[0-9a-f]{32}_app$/);
  });

  it('cannot be made without a password to derive theirs from', () => {
    assert.throws(() => openDatabase({ connectionString: 'postgres://portcullis@localhost/x' }), {
      code: 'login_refused',
      message: /^DATABASE_URL has no password.*PORTCULLIS_DATABASE_APP_URL and PORTCULLIS_DATABASE_SYSTEM_URL/,
    });
  });
});

describe('logins that an administrator made', () => {
  let at: AdministeredDatabase;
  let given: DatabaseConnection;
  before(async () => {
    at = await anAdministeredDatabase();
    given = { ...at.owner, logins: { app: at.app, system: at.system } };
  });

  it('are asked for where the owner may make none', async () => {
    assert.match(
      await refusalOf(at.owner),
      /may not make the login .*CREATEROLE, or make two logins .*PORTCULLIS_DATABASE_APP_URL/,
    );
  });

  it('get their rights, and Portcullis makes no roles', async () => {
    const roles = () => at.asSuperuser(`SELECT rolname FROM pg_roles WHERE rolname LIKE '${at.owner.user}%'`);
    const before = await roles();
    await upToDate(given, work);
    assert.deepEqual(await roles(), before);
  });

  it('take the place of those that Portcullis made, which keep nothing', async () => {
    await at.asSuperuser(`ALTER ROLE ${at.owner.user} CREATEROLE`);
    await upToDate(at.owner, async own => {
      await work(own);
      await upToDate(given, work);
      await assert.rejects(sql`SELECT FROM portcullis.workspace`.execute(own.system), /permission denied/);
    });
    await upToDate(at.owner, work);
    await upToDate(given, work);
    await at.asSuperuser(`ALTER ROLE ${at.owner.user} NOCREATEROLE`);
  });

  const cases = [
    [
      'cannot connect',
      'REVOKE CONNECT ON DATABASE %d FROM PUBLIC',
      'GRANT CONNECT ON DATABASE %d TO PUBLIC',
      /The login in PORTCULLIS_DATABASE_APP_URL cannot sign in: permission denied for database/,
    ],
    ['is a superuser', 'ALTER ROLE %a SUPERUSER', 'ALTER ROLE %a NOSUPERUSER', /\n- app_\w+ is a superuser/],
    [
      'may pass row-level security',
      'ALTER ROLE %a BYPASSRLS',
      'ALTER ROLE %a NOBYPASSRLS',
      /\n- app_\w+ may pass row-level security \(BYPASSRLS\)/,
    ],
    [
      'may become the owner',
      'GRANT %o TO %a',
      'REVOKE %o FROM %a',
      /\n- app_\w+ is a member of owner_\w+, which is another login of Portcullis/,
    ],
    [
      'may become the other login',
      'GRANT %s TO %a WITH INHERIT FALSE',
      'REVOKE %s FROM %a',
      /\n- app_\w+ is a member of system_\w+, which is another login/,
    ],
    [
      'reads everything by another role',
      'GRANT pg_read_all_data TO %a',
      'REVOKE pg_read_all_data FROM %a',
      /\n- too much: app_\w+ SELECT on session/,
    ],
    [
      'writes everything by another role',
      'GRANT pg_write_all_data TO %s',
      'REVOKE pg_write_all_data FROM %s',
      /\n- too much: system_\w+ DELETE on audit_entry/,
    ],
  ] as const;
  for (const [what, damage, mend, message] of cases) {
    it(`are refused when one ${what}, and the message says so`, async () => {
      const { owner, app, system } = at;
      const names: Record<string, string> = { d: owner.database, a: app.user, o: owner.user, s: system.user };
      const run = (text: string) => at.asSuperuser(text.replace(/%(.)/g, (_, name: string) => names[name] ?? ''));
      await run(damage);
      const said = await refusalOf(given);
      await run(mend);
      assert.match(said, message);
    });
  }

  it('get back what was taken from them, and lose what others gave them and everybody', async () => {
    const { app, system } = at;
    await at.asSuperuser(`
      REVOKE SELECT ON portcullis.workspace FROM ${app.user};
      GRANT SELECT ON portcullis.session TO ${app.user};
      GRANT DELETE ON portcullis.audit_entry TO PUBLIC;
      GRANT UPDATE (entry) ON portcullis.audit_entry TO ${system.user};
      ALTER TABLE portcullis.session NO FORCE ROW LEVEL SECURITY;
      CREATE POLICY more ON portcullis.connection USING (true)`);
    await upToDate(given, async database => {
      await work(database);
      await assert.rejects(sql`SELECT FROM session`.execute(database.app), /permission denied/);
      await assert.rejects(sql`DELETE FROM audit_entry`.execute(database.system), /permission denied/);
      await assert.rejects(sql`UPDATE audit_entry SET entry = ''`.execute(database.system), /permission denied/);
    });
    const left = await at.asSuperuser("SELECT FROM pg_policies WHERE policyname = 'more'");
    assert.equal(left.length, 0);
  });

  it('are three with the owner, of the same database', async () => {
    const { owner, app, system } = at;
    assert.match(await refusalOf({ ...owner, logins: { app, system: app } }), /must name three different logins/);
    assert.match(await refusalOf({ ...owner, logins: { app, system: owner } }), /must name three different logins/);
    const elsewhere = await freshDatabase();
    const lost = { ...system, database: elsewhere.connection.database };
    assert.match(
      await refusalOf({ ...owner, logins: { app, system: lost } }),
      /PORTCULLIS_DATABASE_SYSTEM_URL .*leads to another database/,
    );
  });
});
