// Holds an embedded PostgreSQL until it is killed: node hold-embedded-postgres.ts DATA_DIR [UID GID]
// With a user and a group it becomes them first, for good: a Portcullis that is not root. Prints one line of JSON.
import { startEmbeddedPostgres } from '../src/postgres/embedded-postgres.ts';

const [dataDir = '', uid, gid] = process.argv.slice(2);
if (uid && gid) {
  process.setgroups?.([]);
  process.setgid?.(Number(gid));
  process.setuid?.(Number(uid));
}
const log = { info: () => {}, warn: () => {} };
try {
  const { pid, adopted, connection } = await startEmbeddedPostgres({ dataDir, log });
  process.stdout.write(`${JSON.stringify({ server: { pid, adopted, connection } })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: (error as Error).message })}\n`);
}
