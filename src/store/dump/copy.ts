import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { from, to } from 'pg-copy-streams';

/** Runs `COPY … TO STDOUT` and gives its rows, as they come: in text format one line each. */
export function copyOut(client: ClientBase, statement: string): AsyncIterable<Buffer> {
  return linesOf(client.query(to(statement)));
}

/** Runs `COPY … FROM STDIN` with the given rows. If `rows` throws, the statement ends and nothing is copied. */
export async function copyIn(client: ClientBase, statement: string, rows: AsyncIterable<Buffer>): Promise<void> {
  await pipeline(Readable.from(rows), client.query(from(statement)));
}

const newline = 0x0a;

/** Cuts a stream of bytes after each newline. What follows the last newline is not a line, and is dropped. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      yield Buffer.concat([...pending, chunk.subarray(start, end + 1)]);
      pending = [];
      start = end + 1;
    }
    pending.push(chunk.subarray(start));
  }
}
