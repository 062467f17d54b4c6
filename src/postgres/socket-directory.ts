import { type FileHandle, open } from 'node:fs/promises';
import { StoreError } from '../domain/store-error.ts';

/** The longest path that a Unix socket address holds, in bytes, on Linux; other systems hold a few less. */
const socketPathBytesMax = process.platform === 'linux' ? 107 : 103;

const socketName = '.s.PGSQL.5432';

/** A name for a directory that is short enough to connect to the socket in it. */
export interface SocketDirectory {
  readonly host: string;
  close(): Promise<void>;
}

/**
 * The name of the directory `cluster` for clients. If its path is too long, Linux reaches it through an opened
 * descriptor. Throws StoreError `directory_unusable` on other systems.
 */
export async function openSocketDirectory(cluster: string): Promise<SocketDirectory> {
  if (Buffer.byteLength(`${cluster}/${socketName}`) <= socketPathBytesMax) {
    return { host: cluster, close: async () => {} };
  }
  if (process.platform !== 'linux') {
    throw new StoreError(
      'directory_unusable',
      `The path ${cluster} is too long for a Unix socket (${socketPathBytesMax} bytes). Name a shorter one with --data-dir.`,
    );
  }
  const handle: FileHandle = await open(cluster, 'r');
  return { host: `/proc/self/fd/${handle.fd}`, close: () => handle.close() };
}
