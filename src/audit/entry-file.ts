import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectory } from '../disk/make-directory.ts';
import { replaceFile } from '../disk/replace-file.ts';
import type { AuditRow } from './audit-log.ts';

/** Entries in a file beside the log, a JSON object a line, each synced before it counts. */
export interface EntryFile {
  read(): Promise<readonly AuditRow[]>;
  append(row: AuditRow): Promise<void>;
  /** Only these are in it from now on. */
  replace(rows: readonly AuditRow[]): Promise<void>;
  close(): Promise<void>;
}

export function openEntryFile(path: string): EntryFile {
  let handle: FileHandle | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  /** One thing at a time: an entry is never written into a file that is about to be replaced. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
  }

  async function close(): Promise<void> {
    const open = handle;
    handle = null;
    await open?.close();
  }

  return {
    async read() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      // The last line of a killed process may be incomplete; then its call did not go on.
      return text.split('\n').slice(0, -1).map(rowOf);
    },
    append: row =>
      inTurn(async () => {
        await makeDirectory(dirname(path), 0o700);
        handle ??= await open(path, 'a', 0o600);
        await handle.appendFile(`${JSON.stringify(row)}\n`);
        await handle.datasync();
      }),
    replace: rows =>
      inTurn(async () => {
        await close();
        await replaceFile(path, rows.map(row => `${JSON.stringify(row)}\n`).join(''));
      }),
    close: () => inTurn(close),
  };
}

function rowOf(line: string): AuditRow {
  const row = JSON.parse(line) as AuditRow;
  return { ...row, at: new Date(row.at) };
}
