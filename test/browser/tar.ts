import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

const blockBytes = 512;

/**
 * Writes the files of a ustar archive (POSIX.1-1988, without long names and links: the browser's archives have none)
 * below `directory`. Throws on an entry that would land outside of it.
 */
export async function untar(archive: Buffer, directory: string): Promise<void> {
  for (let at = 0; at + blockBytes <= archive.length; ) {
    const header = archive.subarray(at, at + blockBytes);
    const name = text(header, 0, 100);
    if (name === '') return;
    const size = Number.parseInt(text(header, 124, 12), 8);
    const content = archive.subarray(at + blockBytes, at + blockBytes + size);
    if (text(header, 156, 1) !== '5') await writeEntry(directory, name, text(header, 100, 8), content);
    at += blockBytes + Math.ceil(size / blockBytes) * blockBytes;
  }
}

async function writeEntry(directory: string, name: string, mode: string, content: Buffer): Promise<void> {
  if (normalize(name).startsWith('..') || name.startsWith('/'))
    throw new Error(`archive entry ${name} leaves its directory`);
  const path = join(directory, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, { mode: Number.parseInt(mode, 8) & 0o777 });
}

/** A field of the header: text up to the first NUL. */
function text(header: Buffer, offset: number, length: number): string {
  const field = header.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end === -1 ? length : end).trim();
}
