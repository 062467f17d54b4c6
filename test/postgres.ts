import { randomBytes } from 'node:crypto';
import { after } from 'node:test';
import pg from 'pg';
import { minuteMs } from '../src/domain/units.ts';
import type { EmbeddedConnection } from '../src/postgres/embedded-postgres.ts';
import { bringUpToDate } from '../src/store/bring-up-to-date.ts';
import { openDatabase } from '../src/store/database.ts';
import { serverVariable, startTestServer, type TestServer } from './postgres-server.ts';

/**
 * A database for one test alone. It disappears with the server: dropping one would make all others wait for the disk.
 */
export interface TestDatabase {
  readonly connection: EmbeddedConnection;
  /** The same as a `DATABASE_URL`, for processes that a test starts. */
  readonly url: string;
  /** The superuser of the server, in this database. */
  readonly superuser: EmbeddedConnection;
}

/** The login of Portcullis: owner of each test database, no superuser. */
const login = 'portcullis';

/** Most time for one step of preparing a database: a test that waits for longer fails instead of hanging. */
const msMax = 2 * minuteMs;

/** Key of the advisory lock under which one test file prepares the template while others wait for it. */
const templateLock = 1;

/**
 * Creates an empty database, or with `migrated` one that has the whole schema.
 * All test files share the server that `npm test` starts; a file that is run by itself starts its own.
 */
export async function freshDatabase({ migrated = false } = {}): Promise<TestDatabase> {
  const superuser = await findServer();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await connected(superuser, async client => {
    const template = migrated ? await ensureTemplate(client, superuser) : 'template1';
    await client.query(`CREATE DATABASE ${name} OWNER ${login} TEMPLATE ${template}`);
  });
  const connection = { ...superuser, user: login, database: name };
  return { connection, url: toUrl(connection), superuser: { ...superuser, database: name } };
}

let ownServer: Promise<TestServer> | undefined;

async function findServer(): Promise<EmbeddedConnection> {
  const given = process.env[serverVariable];
  if (given) return JSON.parse(given) as EmbeddedConnection;
  ownServer ??= startTestServer();
  return (await ownServer).postgres.superuser;
}

after(async () => (await ownServer)?.stop());

/** A connection as a `DATABASE_URL`. */
export function toUrl({ user, password, database, host }: EmbeddedConnection): string {
  return `postgres://${user}:${encodeURIComponent(password)}@localhost/${database}?host=${encodeURIComponent(host)}`;
}

/** Migrates once for each server; copying the result takes a fraction of the time. */
async function ensureTemplate(client: pg.Client, superuser: EmbeddedConnection): Promise<string> {
  const template = 'template_portcullis';
  const draft = `${template}_draft`;
  await client.query('SELECT pg_advisory_lock($1)', [templateLock]);
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (rowCount) return template;
    await client.query(`DROP DATABASE IF EXISTS ${draft}`);
    await client.query(`CREATE DATABASE ${draft} OWNER ${login}`);
    const database = openDatabase({ ...superuser, user: login, database: draft });
    await bringUpToDate(database);
    await database.close();
    await client.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
    return template;
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [templateLock]);
  }
}

async function connected<T>(connection: EmbeddedConnection, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: msMax, statement_timeout: msMax });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
