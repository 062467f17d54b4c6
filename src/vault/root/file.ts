import { randomBytes } from 'node:crypto';
import { constants, type FileHandle, link, lstat, open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeDirectory } from '../../disk/make-directory.ts';
import { RootKeyError } from '../../domain/root-key-error.ts';
import { deriveKeysFrom } from '../derive-key.ts';
import { openValue, type SealingKey, sealingKeyBytes, sealValue } from '../sealed-value.ts';
import type { RootKey } from './root-key.ts';

/** The fewest bytes that a root key may have; one that Portcullis makes has twice as many. */
const secretBytesMin = 32;
const secretBytesMade = 64;
const fileBytesMax = 4096;

/**
 * Reads the root key from its file: one line of base64url or base64, 32 bytes or more. Throws `RootKeyError`:
 * `missing`, `unreadable`, `exposed` (other accounts may read it), `malformed`.
 */
export async function readRootKeyFile(path: string): Promise<RootKey> {
  const secret = parseSecret(await readPrivate(path), path);
  return fromSecret(secret);
}

/** Like `readRootKeyFile`, but makes the file, with a new key and mode 0600, if nothing is there yet. */
export async function openRootKeyFile(path: string): Promise<RootKey> {
  const key = await readRootKeyFile(path).catch(async error => {
    if (!(error instanceof RootKeyError && error.code === 'missing')) throw error;
    await makeRootKeyFile(path).catch(cause => {
      throw notMade(path, cause);
    });
    return readRootKeyFile(path);
  });
  await removeDrafts(path);
  return key;
}

function fromSecret(secret: Buffer): RootKey {
  const deriveKey = deriveKeysFrom(secret);
  // The name is derived from the key: it tells keys apart without a list of them, and reveals nothing about the key.
  const kid = `root_${deriveKey('name of the root key', 12).toString('base64url')}`;
  const key: SealingKey = { kid, bytes: deriveKey('wrapping of workspace keys', sealingKeyBytes) };
  return {
    kid,
    wrap: (plaintext, context) => sealValue(key, context, plaintext),
    unwrap: (wrapped, context) => openValue(key, context, wrapped),
  };
}

/**
 * The file appears complete or not at all, and never replaces an existing key: a lost key means the loss of every
 * token.
 */
async function makeRootKeyFile(path: string): Promise<void> {
  const directory = dirname(path);
  const draft = `${path}.${randomBytes(6).toString('hex')}${draftEnding}`;
  await makeDirectory(directory, 0o700);
  try {
    await withFile(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, async file => {
      await file.writeFile(`${randomBytes(secretBytesMade).toString('base64url')}\n`);
      await file.sync();
    });
    await link(draft, path);
  } catch (error) {
    // Another process was faster: its key is the key, and it may have removed this draft.
    if (!(await isThere(path))) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  await withFile(directory, constants.O_RDONLY, handle => handle.sync());
}

/**
 * A start that was killed leaves its draft behind, which may be a second name of the key file. An operator who destroys
 * the key would not know about it.
 */
async function removeDrafts(path: string): Promise<void> {
  const [directory, prefix] = [dirname(path), `${basename(path)}.`];
  // If an operator put the key there, this process may not be allowed to list the directory.
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    if (name.startsWith(prefix) && name.endsWith(draftEnding)) await rm(join(directory, name), { force: true });
  }
}

const draftEnding = '.draft';

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function readPrivate(path: string): Promise<string> {
  try {
    return await withFile(path, constants.O_RDONLY, async file => {
      const stat = await file.stat();
      if (!stat.isFile()) throw new RootKeyError('unreadable', `The root key ${path} is not a file.`);
      if (stat.size > fileBytesMax) throw malformed(path);
      if (isExposed(stat)) {
        throw new RootKeyError(
          'exposed',
          `Others may read the root key ${path}. Make it yours alone (chown, chmod 600), or give it to root and let a group of yours read it (chmod 640; in a volume of Kubernetes defaultMode: 0440 and fsGroup).`,
        );
      }
      return file.readFile('latin1');
    });
  } catch (error) {
    if (error instanceof RootKeyError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') {
      throw new RootKeyError('unreadable', `The root key ${path} cannot be read: ${message}.`, { cause: error });
    }
    if (!(await isThere(path))) throw missing(path, error);
    const todo = 'Put back what it led to.';
    throw new RootKeyError('unreadable', `The root key ${path} is a link that leads nowhere. ${todo}`, {
      cause: error,
    });
  }
}

function missing(path: string, cause: unknown): RootKeyError {
  const todo =
    'Put the file back from where a copy is kept, or name its place in PORTCULLIS_ROOT_KEY_FILE or PORTCULLIS_ROOT_KEYS';
  const made = 'one is made only when a gateway starts on a database that has never had a root key';
  return new RootKeyError('missing', `There is no root key at ${path}. ${todo}; ${made}.`, { cause });
}

function notMade(path: string, cause: Error): RootKeyError {
  const todo = 'Name another place in PORTCULLIS_ROOT_KEY_FILE, or put a key there';
  return new RootKeyError('missing', `No root key can be made at ${path}: ${cause.message}. ${todo}.`, { cause });
}

/**
 * Whether another account may read or replace the key. PostgreSQL judges its own key files the same way: a file of our
 * account must be for our account alone. A file of root may be readable by a group, because secrets are mounted like
 * this for processes that are not root. Any other owner of the file could read it, with every mode.
 */
function isExposed({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  if (uid === 0) return (mode & 0o037) !== 0;
  return uid !== process.geteuid?.() || (mode & 0o077) !== 0;
}

function parseSecret(text: string, path: string): Buffer {
  const line = text.trim();
  const secret = Buffer.from(line, 'base64');
  if (!/^[\w+/-]+={0,2}$/.test(line) || secret.length < secretBytesMin) throw malformed(path);
  return secret;
}

function malformed(path: string): RootKeyError {
  return new RootKeyError('malformed', `The root key ${path} must be one line of base64 that holds 32 bytes or more.`);
}

async function withFile<T>(path: string, flags: number, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags, 0o600);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}
