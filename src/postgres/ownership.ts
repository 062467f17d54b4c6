import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { StoreError } from '../domain/store-error.ts';
import type { Presence } from './presence.ts';

/** Key of the advisory lock that one session holds as long as its Portcullis owns the directory. "PCLS" in ASCII. */
const ownerLock = 0x50434c53;

/** A session of a killed Portcullis ends within milliseconds; longer than this and the holder is alive. */
const waitMs = 1_000;

/** How the owner's session names itself in pg_stat_activity, for the sentence that a second opener reads. */
export function ownerName(pid = process.pid, host = hostname()): string {
  return `portcullis process ${pid} on ${host}`.replace(/[^ -~]/g, '?').slice(0, 63);
}

/**
 * Takes the directory for the process behind `session`, until that session ends. Never takes it from a live process.
 * Throws StoreError `directory_in_use`, whose message names the process that has it.
 */
export async function takeOwnership(session: Client, dataDir: string, presence: Presence): Promise<void> {
  const deadline = performance.now() + waitMs;
  while (!(await tryLock(session))) {
    if (performance.now() > deadline) throw inUse(await holderOf(session), dataDir);
    await delay(20);
  }
  // When a server crashes the lock is free for a moment, although its former holder still lives.
  const owner = await presence.claim();
  if (owner !== null) throw inUse(owner, dataDir);
  // Any other session belonged to a Portcullis that is gone. Sessions of superusers are starts that are about to be
  // refused.
  await session.query(
    `SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity
     WHERE backend_type = 'client backend' AND usename <> current_user`,
  );
}

async function tryLock(session: Client): Promise<boolean> {
  const { rows } = await session.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [ownerLock]);
  return rows[0]?.locked === true;
}

async function holderOf(session: Client): Promise<string> {
  const { rows } = await session.query<{ name: string; since: Date }>(
    `SELECT application_name AS name, backend_start AS since
     FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE locktype = 'advisory' AND classid = 0 AND objid = $1 AND granted`,
    [ownerLock],
  );
  const [holder] = rows;
  return holder ? `${holder.name}, since ${holder.since.toISOString()}` : 'another Portcullis';
}

function inUse(who: string, dataDir: string): StoreError {
  return new StoreError(
    'directory_in_use',
    `The database in ${dataDir} is in use by ${who}. Stop that one, or name another directory with --data-dir.`,
  );
}
