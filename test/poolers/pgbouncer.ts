import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddedConnection } from '../../src/postgres/embedded-postgres.ts';
import { end } from '../children.ts';
import { freePort } from '../e2e/free-port.ts';
import { until } from '../until.ts';

const env = { PATH: `${process.env.PATH}:/usr/sbin` };

/** Why PgBouncer cannot be used here; undefined where it can. */
export function pgbouncerMissing(): string | undefined {
  try {
    execFileSync('pgbouncer', ['--version'], { stdio: 'ignore', env });
    return undefined;
  } catch {
    return "there is no PgBouncer on this machine: .ci/run installs Debian's where it may";
  }
}

export interface PgBouncer {
  /** A `DATABASE_URL` that leads through it, for one login. */
  urlFor(name: string, password: string): string;
  stop(): Promise<void>;
}

/**
 * PgBouncer on a port of loopback, before one database. Runs as the account that may reach the server's socket. Knows the
 * login of `server`, and `users` with their passwords. `forced` is added to the line of the database.
 */
export async function startPgBouncer(
  server: EmbeddedConnection,
  settings: Readonly<Record<string, string>>,
  { users = {}, forced = '' }: { users?: Readonly<Record<string, string>>; forced?: string } = {},
): Promise<PgBouncer> {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-pgbouncer-'));
  const port = await freePort();
  const { uid, gid } = await stat(join(server.host, `.s.PGSQL.${server.port}`));
  const { user, password, database } = server;
  const everybody = { [user]: password, ...users };
  const userFile = join(directory, 'users');
  const file = join(directory, 'pgbouncer.ini');
  const lines = {
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: userFile,
    ...settings,
  };
  const entries = Object.entries(everybody).map(([name, secret]) => `"${name}" "${secret}"\n`);
  await writeFile(userFile, entries.join(''));
  await writeFile(
    file,
    `[databases]\n${database} = host=/proc/self/cwd port=${server.port} ${forced}\n[pgbouncer]\n${Object.entries(lines)
      .map(([name, value]) => `${name} = ${value}`)
      .join('\n')}\n`,
  );
  for (const path of [directory, userFile, file]) await chown(path, uid, gid);
  await chmod(directory, 0o700);
  // Its account may not pass the directories above the socket, so it is put there before it changes its user.
  const account = process.geteuid?.() === 0 ? { uid, gid } : {};
  const bouncer: ChildProcess = spawn('pgbouncer', [file], { cwd: server.host, env, stdio: 'ignore', ...account });
  await until('PgBouncer listens', () => isListening(port));
  return {
    urlFor: (name, secret) => `postgres://${name}:${encodeURIComponent(secret)}@127.0.0.1:${port}/${database}`,
    async stop() {
      await end(bouncer, 'SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function isListening(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
