import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Shows that a process has a directory, for as long as the process lives, whether or not the server in it runs. */
export interface Presence {
  /** Returns the name of another live process that was first; null if the directory is ours from now on. */
  claim(): Promise<string | null>;
  release(): Promise<void>;
}

/** A live process says its name at once, unless it was suspended. */
const nameMsMax = 500;

/**
 * A Unix socket in the directory `host`. It accepts connections while its process lives, and never afterwards. A
 * session is no such proof: when one PostgreSQL process crashes, PostgreSQL cuts the sessions of live processes too.
 */
export function createPresence(host: string, name: string): Presence {
  const path = `${host}/.s.portcullis`;
  let server: Server | undefined;
  return {
    async claim() {
      if (server !== undefined) return null;
      const other = await nameOfLiving(path);
      if (other !== null) return other;
      await rm(path, { force: true });
      const made = createServer(socket => socket.on('error', () => {}).end(name));
      await once(made.listen(path), 'listening');
      server = made.unref();
      return null;
    },
    async release() {
      if (server === undefined) return;
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

async function nameOfLiving(path: string): Promise<string | null> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    const said = once(socket, 'data').then(([data]) => String(data));
    return await Promise.race([said, delay(nameMsMax, 'another Portcullis', { ref: false })]);
  } catch {
    return null;
  } finally {
    socket.on('error', () => {}).destroy();
  }
}
