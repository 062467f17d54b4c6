import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import pg, { type ClientConfig } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/postgres/embedded-postgres.ts';
import { readServerPid, stopServer } from '../src/postgres/postmaster.ts';
import { end } from './children.ts';

/** A temporary place for data directories of embedded servers. */
export interface TemporaryPlace {
  readonly path: string;
  /** Starts the server of a directory below the place. What it logs goes to `notices`. */
  start(name?: string, notices?: string[]): Promise<EmbeddedPostgres>;
  /** Stops what was started here, and what a killed process left running in the same directories. */
  stopAll(): Promise<void>;
  remove(): Promise<void>;
}

export async function temporaryPlace(): Promise<TemporaryPlace> {
  const path = await mkdtemp(join(tmpdir(), 'pcl-embedded-'));
  const started: EmbeddedPostgres[] = [];
  return {
    path,
    start: async (name = 'data', notices = []) => {
      const note = (message: string) => void notices.push(message);
      const server = await startEmbeddedPostgres({ dataDir: join(path, name), log: { info: note, warn: note } });
      started.push(server);
      return server;
    },
    stopAll: async () => {
      for (const server of started.splice(0)) await server.stop();
      for (const name of await readdir(path)) {
        const cluster = join(path, name, 'cluster');
        const pid = await readServerPid(cluster);
        if (pid !== undefined) await stopServer(pid);
      }
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** A process of its own that runs an embedded server, and is there to be killed. */
export interface Holder {
  readonly pid: number;
  readonly server?: { readonly pid: number; readonly adopted: boolean; readonly connection: ClientConfig };
  /** Why there is no server. */
  readonly error?: string;
  kill(): Promise<void>;
}

/** Starts one, as `account` if given, which takes root; answers when its server is ready or was refused. */
export async function startHolder(dataDir: string, account?: { uid: number; gid: number }): Promise<Holder> {
  const script = fileURLToPath(new URL('./hold-embedded-postgres.ts', import.meta.url));
  const identity = account ? [String(account.uid), String(account.gid)] : [];
  const holder = spawn(process.execPath, [script, dataDir, ...identity], { stdio: ['ignore', 'pipe', 'inherit'] });
  return {
    pid: holder.pid ?? 0,
    ...JSON.parse(await firstLineOf(holder.stdout)),
    kill: async () => {
      await end(holder, 'SIGKILL');
    },
  };
}

async function firstLineOf(output: Readable): Promise<string> {
  for await (const line of createInterface(output)) return line;
  throw new Error('a process ended without having said anything');
}

/** The server of a holder that has one. */
export function ready({ server, error }: Holder): NonNullable<Holder['server']> {
  return server ?? assert.fail(error);
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
