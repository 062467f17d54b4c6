import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { type OpenServer, openServer, type ServerParts } from './open-server.ts';
import { readLockFile, stopServer } from './postmaster.ts';
import { isLivePostgres } from './process-state.ts';

/** A server that is started again when it crashes. */
export interface KeptServer {
  readonly adopted: boolean;
  pid(): number;
  stop(): Promise<void>;
}

/**
 * The pause between a crash and the next start, so that a server which crashes at once does not keep the machine busy.
 */
const restartDelayMs = 1_000;

/** Watches over a server that is ours, until `stop()`. */
export function keepServer(place: ServerParts, first: OpenServer): KeptServer {
  const { cluster } = place.directory;
  const stopping = new AbortController();
  let server = first;

  const watch = async () => {
    while (await endedByItself(server.session, stopping.signal)) {
      const lockFile = await readLockFile(cluster);
      if (lockFile === undefined || lockFile.status === 'stopping') {
        place.log.warn('another process stopped the embedded PostgreSQL; Portcullis does not start it again');
        return;
      }
      place.log.warn('the embedded PostgreSQL crashed; starting it again');
      server = await reopen(place, server.pid, stopping.signal);
    }
  };
  const watching = watch().catch(ignoreAbort);

  return {
    adopted: first.adopted,
    pid: () => server.pid,
    stop: async () => {
      stopping.abort();
      await watching;
      await stopServer(server.pid);
      await server.session.end();
    },
  };
}

/** Waits until the session ends, or returns false once the server is to be stopped. */
function endedByItself(session: Client, stopping: AbortSignal): Promise<boolean> {
  return new Promise(resolve => {
    // Not `once` of node:events, which would take the error that comes before the end for its own.
    session.once('end', () => resolve(!stopping.aborted));
    stopping.addEventListener('abort', () => resolve(false));
    if (stopping.aborted) resolve(false);
  });
}

async function reopen(place: ServerParts, crashedPid: number, stopping: AbortSignal): Promise<OpenServer> {
  for (;;) {
    // If only one of its processes crashed, the server lives and cuts all sessions: it is ready again in a moment.
    if (!(await isLivePostgres(crashedPid))) await delay(restartDelayMs, undefined, { signal: stopping });
    try {
      return await openServer(place, stopping);
    } catch (error) {
      stopping.throwIfAborted();
      place.log.warn(`the embedded PostgreSQL does not start: ${(error as Error).message}`);
      await delay(restartDelayMs, undefined, { signal: stopping });
    }
  }
}

function ignoreAbort(error: Error): void {
  if (error.name !== 'AbortError') throw error;
}
