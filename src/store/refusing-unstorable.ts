import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { PortcullisError } from '../domain/errors.ts';

/**
 * PostgreSQL's errors for a text that it cannot keep: U+0000 in a text (22021), and in JSON, where it is spelled
 * `\u0000` (22P05). https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const unstorable: ReadonlySet<unknown> = new Set(['22021', '22P05']);

/**
 * A pool whose queries throw `PortcullisError('validation_error')` for a text that PostgreSQL cannot keep. Doors refuse
 * such texts when they read them; this is for a text that a door forgot. It stands here because every statement about a
 * call comes through here. PostgreSQL itself knows what it cannot keep, so the parameters are not searched a second
 * time.
 */
export function refusingUnstorable(pool: Pool): PostgresPool {
  const refusing = new WeakMap<PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      const known = refusing.get(client);
      if (known !== undefined) return known;
      const wrapped = refusingClient(client);
      refusing.set(client, wrapped);
      return wrapped;
    },
  };
}

function refusingClient(client: PoolClient): PostgresPoolClient {
  const query = (text: string, parameters: readonly unknown[]) =>
    client.query(text, [...parameters]).catch((error: unknown) => {
      throw unstorableError(error);
    });
  // Kysely would also pass a cursor if one were set up; none is.
  return { query: query as never, release: broken => client.release(broken) };
}

function unstorableError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (!unstorable.has(code)) return error;
  return new PortcullisError('validation_error', 'A text has a character that cannot be stored, such as U+0000.', {
    log: `the database cannot keep a text (${code})`,
  });
}
