import { type FileHandle, open, readdir, rename, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fromFile } from './audit-verdict.ts';
import { type Terminal, UsageError } from './command.ts';
import { progressBar } from './progress-bar.ts';
import { answerOf, linesOf, type Remote } from './remote.ts';

/** Lines that are written at once. */
const linesAtOnce = 2_000;

/**
 * Writes the whole log of a workspace, with what proves it, to a file. One that was interrupted is continued: until it is
 * whole, the file is called `OUT.part-SIZE`. In memory are some lines at a time.
 */
export async function exportBundle(
  remote: Remote,
  out: string,
  workspace: { readonly workspace?: string },
  terminal: Terminal,
): Promise<void> {
  if ((await stat(out).catch(() => null)) !== null)
    throw new UsageError(`${out} is there already`, 'a bundle is never overwritten: name another file');
  const begun = await fromFile(findBegun(out));
  const { keys, size } =
    begun === null
      ? await answerOf(remote.GET('/api/audit/checkpoint', { params: { query: workspace } }))
      : { keys: null, size: begun.size };
  const draft = `${out}.part-${size}`;
  const file = await fromFile(open(draft, begun === null ? 'wx' : 'r+', 0o600));
  try {
    const from = begun === null ? 0 : await keepWholeEntries(file);
    if (from > 0) terminal.err(`goes on after ${from} of ${size} entries`);
    const params = { query: { ...workspace, size, from } };
    await append(file, linesOf(remote.GET('/api/audit/bundle', { params, parseAs: 'stream' })), written =>
      terminal.progress(progressBar(from + written, size, 'entries')),
    );
    await file.sync();
  } finally {
    await file.close();
  }
  terminal.progress('');
  await fromFile(rename(draft, out));
  terminal.err(`${size} entries are in ${out}; check them with: portcullis audit verify ${out} --key VKEY`);
  for (const key of keys?.slice(-1) ?? []) terminal.err(`this gateway says that VKEY is ${key}`);
}

/** An export to this file that was interrupted, and how many entries it was to have. */
async function findBegun(out: string): Promise<{ size: number } | null> {
  const prefix = `${basename(out)}.part-`;
  const names = await readdir(dirname(out)).catch(() => []);
  const sizes = names.filter(name => name.startsWith(prefix)).map(name => Number(name.slice(prefix.length)));
  const size = sizes.find(one => Number.isSafeInteger(one) && one > 0);
  return size === undefined ? null : { size };
}

/** Cuts a begun file after its last whole entry, and counts the entries before that. */
async function keepWholeEntries(file: FileHandle): Promise<number> {
  let entries = 0;
  let end = 0;
  let at = 0;
  let rest = Buffer.alloc(0);
  for await (const piece of file.createReadStream({ start: 0, autoClose: false })) {
    const bytes = Buffer.concat([rest, piece as Buffer]);
    let start = 0;
    for (let feed = bytes.indexOf(10); feed >= 0; feed = bytes.indexOf(10, start)) {
      if (isOfEntry(bytes.subarray(start, Math.min(start + 10, feed)))) {
        entries += 1;
        end = at + feed + 1;
      }
      start = feed + 1;
    }
    rest = bytes.subarray(start);
    at += start;
  }
  await file.truncate(end);
  return entries;
}

/** Whether a line has an entry, or says that one is missing. */
function isOfEntry(start: Buffer): boolean {
  const text = start.toString('latin1');
  return text.startsWith('{"entry":') || text.startsWith('{"index":');
}

async function append(file: FileHandle, lines: AsyncIterable<string>, progress: (entries: number) => void) {
  let { size: position } = await file.stat();
  let [count, waiting]: [number, string[]] = [0, []];
  const flush = async () => {
    const bytes = Buffer.from(waiting.map(line => `${line}\n`).join(''));
    await file.write(bytes, 0, bytes.length, position);
    position += bytes.length;
    count += waiting.length;
    waiting = [];
    progress(count);
  };
  for await (const line of lines) {
    waiting.push(line);
    if (waiting.length === linesAtOnce) await flush();
  }
  await flush();
}
