import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { from, to } from 'pg-copy-streams';
import { linesOf } from './lines.ts';

/** Runs `COPY … TO STDOUT` and gives its rows, as they come: in text format one line each. */
export function copyOut(client: ClientBase, statement: string): AsyncIterable<Buffer> {
  return linesOf(client.query(to(statement)));
}

/** Runs `COPY … FROM STDIN` with the given rows. If `rows` throws, the statement ends and nothing is copied. */
export async function copyIn(client: ClientBase, statement: string, rows: AsyncIterable<Buffer>): Promise<void> {
  await pipeline(Readable.from(rows), client.query(from(statement)));
}
