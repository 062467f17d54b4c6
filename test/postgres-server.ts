import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/store/embedded/embedded-postgres.ts';

/** A PostgreSQL server for tests, in a temporary directory that goes away with it. */
export interface TestServer {
  readonly postgres: EmbeddedPostgres;
  stop(): Promise<void>;
}

/** Where the runner tells the test files about the server that they share: the superuser's connection, as JSON. */
export const serverVariable = 'TEST_POSTGRES_SERVER';

/** Starts one. Quiet, and with the same settings as in production: fsync on. */
export async function startTestServer(): Promise<TestServer> {
  const directory = await makeServerDirectory();
  const log = { info: () => {}, warn: (message: string) => process.stderr.write(`${message}\n`) };
  const postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres'), log });
  return {
    postgres,
    stop: async () => {
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The path of the socket must fit into an address: other processes cannot share a descriptor of its directory. */
export function makeServerDirectory(): Promise<string> {
  const parent = tmpdir().length < 60 ? tmpdir() : '/tmp';
  return mkdtemp(join(parent, 'pcl-test-'));
}
