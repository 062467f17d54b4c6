import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg, { type ClientConfig } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/store/embedded/embedded-postgres.ts';
import { readServerPid, stopServer } from '../src/store/embedded/postmaster.ts';

/** A temporary place for data directories of embedded servers. */
export interface TemporaryPlace {
  readonly path: string;
  /** Starts the server of a directory below the place. `notices` collects what it logs. */
  start(name?: string, notices?: string[]): Promise<EmbeddedPostgres>;
  /** Stops whatever still runs in those directories, and removes the place. */
  clear(): Promise<void>;
}

export async function temporaryPlace(prefix = 'pcl-embedded-'): Promise<TemporaryPlace> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  const used = new Set<string>();
  return {
    path,
    start: (name = 'data', notices = []) => {
      const dataDir = join(path, name);
      used.add(dataDir);
      const note = (message: string) => void notices.push(message);
      return startEmbeddedPostgres({ dataDir, log: { info: note, warn: note } });
    },
    clear: async () => {
      for (const dataDir of used) {
        const cluster = join(dataDir, 'cluster');
        const pid = await readServerPid(cluster);
        if (pid !== undefined) await stopServer(cluster, pid);
      }
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** A process of its own that runs an embedded server, and is there to be killed. */
export interface Holder {
  readonly process: ChildProcess;
  /** What the process said when its server was ready, or in `error` why it was not. */
  readonly server: { pid: number; adopted: boolean; connection: ClientConfig } | { error: string };
  kill(): Promise<void>;
}

/** Starts one; as `account` if given, which takes root. */
export async function startHolder(dataDir: string, account?: { uid: number; gid: number }): Promise<Holder> {
  const script = fileURLToPath(new URL('./hold-embedded-postgres.ts', import.meta.url));
  const identity = account ? [String(account.uid), String(account.gid)] : [];
  const holder = spawn(process.execPath, [script, dataDir, ...identity], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(holder, 'exit');
  const [line] = await once(createInterface(holder.stdout), 'line');
  return {
    process: holder,
    server: JSON.parse(line),
    kill: async () => {
      holder.kill('SIGKILL');
      await exited;
    },
  };
}

/** Asks one question on a connection of its own, and answers the first row. */
export async function ask(connection: ClientConfig, question: string): Promise<Record<string, unknown> | undefined> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const { rows } = await client.query(question);
    return rows[0];
  } finally {
    await client.end();
  }
}
