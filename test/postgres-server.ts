import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/postgres/embedded-postgres.ts';

/** A PostgreSQL server for tests, in a temporary directory that goes away with it. */
export interface TestServer {
  readonly postgres: EmbeddedPostgres;
  readonly directory: string;
  stop(): Promise<void>;
}

/** Where the runner tells the test files about the server that they share: the superuser's connection, as JSON. */
export const serverVariable = 'TEST_POSTGRES_SERVER';

/** Starts one. Quiet, and with the same settings as in production: fsync on. */
export async function startTestServer(): Promise<TestServer> {
  const directory = await makeServerDirectory();
  const log = { info: () => {}, warn: (message: string) => process.stderr.write(`${message}\n`) };
  const survivor = removeAfterUs(directory);
  const postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres'), log });
  return {
    postgres,
    directory,
    stop: async () => {
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
      survivor.kill();
    },
  };
}

/**
 * The server outlives the process that started it, as in production, but here no process adopts it. When this process
 * ends in any way, killed or not, a shell that waits for just that stops the server and removes the directory.
 */
export function removeAfterUs(directory: string): ChildProcess {
  const lockFile = join(directory, 'postgres', 'cluster', 'postmaster.pid');
  const script = `cat; if [ -f "$2" ]; then
    read -r server < "$2"; kill -INT "$server"; while kill -0 "$server"; do sleep 0.1; done
  fi; rm -rf "$1"`;
  // Its input is a pipe from us that nothing is ever written to.
  const survivor = spawn('/bin/sh', ['-c', script, 'sh', directory, lockFile], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  survivor.unref();
  if (survivor.stdin instanceof Socket) survivor.stdin.unref();
  return survivor;
}

/** The path of the socket must fit into an address: other processes cannot share a descriptor of its directory. */
export function makeServerDirectory(): Promise<string> {
  const parent = tmpdir().length < 60 ? tmpdir() : '/tmp';
  return mkdtemp(join(parent, 'pcl-test-'));
}
