import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { RootKeyError } from '../../domain/root-key-error.ts';

/**
 * Rule 24: a copy of the data directory must not include the key that opens it. Throws `RootKeyError` `misplaced` if
 * the key's path, with symbolic links followed, is the data directory or below it. Neither has to exist yet.
 */
export async function assertOutsideDataDirectory(keyPath: string, dataDirectory: string): Promise<void> {
  const way = relative(await realPlace(dataDirectory), await realPlace(keyPath));
  const outside = way === '..' || way.startsWith(`..${sep}`);
  if (!outside) {
    throw new RootKeyError(
      'misplaced',
      'The root key lies in the data directory. Keep it elsewhere, away from backups.',
    );
  }
}

/** The path, with the links of its existing part followed. */
async function realPlace(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch (error) {
    const parent = dirname(absolute);
    if (parent === absolute || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return join(await realPlace(parent), basename(absolute));
  }
}
