import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open, readdir, readFile, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeDirectory } from '../../disk/make-directory.ts';
import { draftEnding, removeOldDrafts } from '../../disk/replace-file.ts';
import { type AttemptId, type ConnectionId, isId, type RegistrationId, type WorkspaceId } from '../../domain/ids.ts';
import { KiB } from '../../domain/units.ts';
import type { NewTokens, RefreshAttempt } from './token-refreshes.ts';

/** What an attempt got, until it is in the database: everything that is needed to store it there later. */
export interface Spooled extends NewTokens {
  readonly attempt: RefreshAttempt;
  /** The server that issued them, and their installation: for revoking them if the connection is gone. */
  readonly origin: string;
  readonly botId: string;
}

/**
 * Keeps answers on their way from Notion to the database, each in its own file (rule 21). The tokens in a file are
 * sealed for their place, under the same keys as in the database.
 */
export interface Spool {
  /** The directory lies on storage that forgets when the machine stops. */
  readonly volatile: boolean;
  /** Durable when it resolves. */
  write(spooled: Spooled): Promise<void>;
  /** The names of all spools, or of those of one connection. */
  names(of?: ConnectionId): Promise<string[]>;
  /** `gone`: another process has stored it. `unreadable`: it is not what was written here. */
  read(name: string): Promise<Spooled | 'gone' | 'unreadable'>;
  remove(name: string): Promise<void>;
}

/** The directory cannot store a file. */
export class SpoolError extends Error {
  constructor(directory: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${directory} cannot keep refreshed tokens: ${reason}. Put the data directory on a disk that can.`, {
      cause,
    });
    this.name = 'SpoolError';
  }
}

const ending = '.json';
/** Two sealed tokens of the greatest size that is accepted of a server take half of it. */
const fileBytesMax = 64 * KiB;

export function nameOf({ connectionId, generation, attemptId }: RefreshAttempt): string {
  return `${connectionId}.${generation}.${attemptId}${ending}`;
}

/** Opens the directory, made with mode 0700 when missing, and tries whether it keeps files. Throws `SpoolError`. */
export async function openSpool(directory: string): Promise<Spool> {
  try {
    await makeDirectory(directory, 0o700);
    await removeOldDrafts(directory);
    await probe(directory);
    return {
      ...(await lookIntoSpool(directory)),
      write: spooled => writeDurably(directory, nameOf(spooled.attempt), JSON.stringify({ v: 1, ...spooled })),
      async remove(name) {
        await rm(join(directory, name), { force: true });
        await syncDirectory(directory);
      },
    };
  } catch (error) {
    throw new SpoolError(directory, error);
  }
}

/** For a reader that only looks: makes nothing and changes nothing. Throws if a spool could not be written there. */
export async function lookIntoSpool(directory: string): Promise<Pick<Spool, 'volatile' | 'names' | 'read'>> {
  await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  return {
    volatile: await isVolatile(directory),
    async names(of) {
      const names = await readdir(directory);
      return names.filter(name => name.endsWith(ending) && (of === undefined || name.startsWith(`${of}.`)));
    },
    read: name => read(directory, name),
  };
}

/**
 * A file appears under its name only when it is complete. `wx` is O_EXCL: an existing file is never overwritten. The
 * rename is durable once the directory is synced.
 */
async function writeDurably(directory: string, name: string, text: string): Promise<void> {
  const draft = join(directory, `${name}.${randomUUID()}${draftEnding}`);
  try {
    await writeAndSync(draft, text);
    await rename(draft, join(directory, name));
  } catch (error) {
    // A full disk is not made fuller.
    await rm(draft, { force: true }).catch(() => {});
    throw error;
  }
  await syncDirectory(directory);
}

async function writeAndSync(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Does once what will have to work when a grant has been spent (rule 21). */
async function probe(directory: string): Promise<void> {
  const name = `probe.${randomUUID()}${draftEnding}`;
  await writeDurably(directory, name, name);
  if ((await readFile(join(directory, name), 'utf8')) !== name) throw new Error('it does not read what was written');
  await rm(join(directory, name));
  await syncDirectory(directory);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Linux: `TMPFS_MAGIC` and `RAMFS_MAGIC` of statfs(2). */
const volatileTypes: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

async function isVolatile(directory: string): Promise<boolean> {
  return process.platform === 'linux' && volatileTypes.has((await statfs(directory)).type);
}

/**
 * A stranger may have put files into the directory. So links are not followed, pipes are not waited for, and files are
 * read up to a limit.
 */
async function read(directory: string, name: string): Promise<Spooled | 'gone' | 'unreadable'> {
  try {
    const { v, ...spooled } = format.parse(JSON.parse(await readBounded(join(directory, name))));
    return nameOf(spooled.attempt) === name ? spooled : 'unreadable';
  } catch (error) {
    return isMissing(error) ? 'gone' : 'unreadable';
  }
}

async function readBounded(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > fileBytesMax) throw new Error('not a spool');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

const time = z.iso.datetime().transform(text => new Date(text));
const format = z.object({
  v: z.literal(1),
  attempt: z.object({
    workspaceId: z.custom<WorkspaceId>(value => isId('wsp', value)),
    connectionId: z.custom<ConnectionId>(value => isId('con', value)),
    attemptId: z.custom<AttemptId>(value => isId('att', value)),
    generation: z.int(),
    nextGeneration: z.int(),
    startedAt: time,
    registrationId: z
      .custom<RegistrationId>(value => isId('reg', value))
      .nullable()
      .default(null),
  }),
  origin: z.string(),
  botId: z.string(),
  endsAt: time.nullable(),
  tokens: z.array(
    z.object({
      field: z.enum(['access_token', 'refresh_token']),
      generation: z.int(),
      sealed: z.string(),
      kid: z.string(),
    }),
  ),
});
