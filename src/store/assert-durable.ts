import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { StoreError } from '../domain/store-error.ts';
import type { Database } from './database.ts';

/** Major versions of PostgreSQL that the tests run with, or that do not differ in anything we use. */
const versions = { min: 16, max: 18 };

/**
 * Refuses a server on which "durably committed" would not mean that, or sessions would not be sessions: fsync or
 * synchronous_commit off, a version that Portcullis is not made for, a transaction pooler in between.
 * Throws StoreError `server_refused`.
 */
export async function assertDurable(database: Pick<Database<unknown>, 'asOwner'>): Promise<void> {
  await database.asOwner(first =>
    database.asOwner(async second => {
      await requireVersion(first);
      await requireSyncedCommits(first);
      await requireSessions(first, second);
    }),
  );
}

async function requireVersion(client: Client): Promise<void> {
  const number = Number(await show(client, 'server_version_num'));
  const major = Math.floor(number / 10_000);
  if (major >= versions.min && major <= versions.max) return;
  throw refused(
    `The server in DATABASE_URL is PostgreSQL ${major}, and Portcullis needs version ${versions.min} to ${versions.max}.`,
  );
}

async function requireSyncedCommits(client: Client): Promise<void> {
  for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    if ((await show(client, setting)) !== 'off') continue;
    throw refused(
      `The server in DATABASE_URL runs with ${setting} = off: after a power cut, entries of the audit log could be lost that were already answered for. ` +
        'Turn it on for the server, or for this role and database.',
    );
  }
}

/**
 * A pooler that shares server connections between transactions breaks advisory locks and LISTEN. Such a pooler shows in
 * two sessions that are open at the same time: they take turns on one backend, or one session wanders between several.
 */
async function requireSessions(first: Client, second: Client): Promise<void> {
  const mark = randomUUID();
  await first.query("SELECT set_config('portcullis.session_mark', $1, false)", [mark]);
  const before = await backend(first);
  await second.query('BEGIN');
  const other = await backend(second);
  // Asked only now: a pooler with a single connection would make the first wait for the second.
  const after = other.pid === before.pid ? other : await backend(first);
  await second.query('ROLLBACK');
  if (other.pid !== before.pid && after.pid === before.pid && after.mark === mark) return;
  throw refused(
    'A connection pooler in transaction or statement mode stands before the server in DATABASE_URL, and Portcullis relies on sessions. ' +
      'Let it lend whole sessions (in PgBouncer: pool_mode = session), or name the address of PostgreSQL itself.',
  );
}

async function backend(client: Client): Promise<{ pid: number; mark: string | null }> {
  const { rows } = await client.query<{ pid: number; mark: string | null }>(
    "SELECT pg_backend_pid() AS pid, current_setting('portcullis.session_mark', true) AS mark",
  );
  const [row] = rows;
  if (!row) throw refused('The server answers a SELECT without rows.');
  return row;
}

async function show(client: Client, setting: string): Promise<string> {
  const { rows } = await client.query<{ value: string }>('SELECT current_setting($1) AS value', [setting]);
  return rows[0]?.value ?? '';
}

function refused(message: string): StoreError {
  return new StoreError('server_refused', message);
}
